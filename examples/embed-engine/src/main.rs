//! The command line: two repositories, one per team, served on a loopback port.

use std::error::Error;
use std::io::Write;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Parser;
use embed_engine::platform::Platform;
use tokio::net::TcpListener;

/// Serves two teams that share one engine and see only their own repository.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
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
    let arguments = Arguments::parse();
    let (platform, codes) = Platform::start([arguments.repository_a, arguments.repository_b]).await?;
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
