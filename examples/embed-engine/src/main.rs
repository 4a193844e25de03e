//! The command line: two repositories, one per team, served on a loopback port.

use std::alloc::System;
use std::error::Error;
use std::io::Write;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Parser;
use embed_engine::platform::{Platform, Storage};
use embed_engine::schema::set_up;
use prodops::core::entropy::SystemEntropy;
use prodops::core::environment::Environment;
use prodops::core::keyring::{KeySource, LocalRoot, Roots};
use prodops::core::process::forbid_core_dumps;
use sqlx::PgPool;
use tokio::net::TcpListener;
use zeroizing_alloc::ZeroAlloc;

/// Memory that is freed is wiped, so that libraries that read git's objects leave no source text behind either.
#[global_allocator]
static WIPING: ZeroAlloc<System> = ZeroAlloc(System);

/// Serves two teams that share one engine and see only their own repository.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The database of host and engine, as the role that serves requests: postgres:///NAME?user=…&host=/run/postgresql
    #[arg(long, value_name = "URL")]
    database: String,
    /// The same database as its owner: makes the tables that are missing before the service starts.
    #[arg(long, value_name = "URL")]
    owner: Option<String>,
    /// A folder for the engine's root key and wrapped keys, apart from the database; made when it is missing.
    #[arg(long, value_name = "FOLDER", default_value = "embed-keys")]
    keys: PathBuf,
    /// The repository of team-a.
    repository_a: PathBuf,
    /// The repository of team-b.
    repository_b: PathBuf,
    /// The loopback port; 0 takes any free one.
    #[arg(long, default_value_t = 8080)]
    port: u16,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // Source text passes through this process, and keys.
    forbid_core_dumps()?;
    let arguments = Arguments::parse();
    let pool = PgPool::connect(&arguments.database).await?;
    if let Some(owner) = &arguments.owner {
        let login = pool.connect_options();
        set_up(&PgPool::connect(owner).await?, Environment::Development, login.get_username()).await?;
    }
    let storage = Storage { pool, keyring: arguments.keys.join("keyring"), roots: roots(&arguments.keys)? };
    let (platform, codes) =
        Platform::start(storage, [arguments.repository_a, arguments.repository_b]).await?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, arguments.port)).await?;
    let mut out = std::io::stdout();
    // By name: browsers take Secure cookies from `http://localhost`, not from an address.
    writeln!(out, "http://localhost:{}", listener.local_addr()?.port())?;
    for (user, code) in codes {
        // The only time that a code is readable; the program itself keeps a hash.
        writeln!(out, "{user} signs in with {}", code.reveal())?;
    }
    // Reads the connections, signs the audit log, brings rows under new keys.
    let (worker, stopped) = (platform.engine.worker(), platform.stopping.clone());
    let worker = tokio::spawn(async move { worker.run(&stopped).await });
    let platform = Arc::new(platform);
    let stopping = platform.stopping.clone();
    let stop = async move {
        let _ = tokio::signal::ctrl_c().await;
        stopping.cancel();
    };
    axum::serve(listener, embed_engine::router(platform)).with_graceful_shutdown(stop).await?;
    Ok(worker.await?)
}

/// The root key in this folder, made at the first start. In production it is elsewhere: a credential of the service manager, or
/// a key service.
fn roots(folder: &Path) -> Result<Roots, Box<dyn Error>> {
    let key = folder.join("root.key");
    if !key.exists() {
        std::fs::create_dir_all(folder)?;
        KeySource::create_file(&key, &SystemEntropy)?;
    }
    Ok(Roots::new(LocalRoot::load(&KeySource::File(key), Arc::new(SystemEntropy))?))
}
