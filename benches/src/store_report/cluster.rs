//! A throw-away cluster on disk: durable like one in production, and gone with its value.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::{fs, io};

use prodops::core::environment::Environment;
use prodops_store::postgres::{Postgres, PostgresConfig, migrate};
use prodops_store::testing::KeysOnDemand;
use prodops_store::testing::postgres::program;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection, QueryBuilder};

use super::Failure;

const PORT: u16 = 5432;
/// Who the store logs in as.
const SERVER: &str = "bench_server";
/// Who may also step past row-level security, for the comparison without it.
const PROBE: &str = "bench_probe";

/// What differs from the defaults. Vacuum is run by hand, so that it does not run into a measurement.
const SETTINGS: &str = "
listen_addresses = ''
shared_buffers = 1GB
max_wal_size = 16GB
checkpoint_timeout = 1h
maintenance_work_mem = 512MB
autovacuum = off
";

/// A running server.
#[derive(Debug)]
pub(super) struct Cluster {
    folder: PathBuf,
    programs: PathBuf,
}

impl Cluster {
    /// Makes and starts one below `parent`.
    pub(super) fn start(parent: &Path) -> Result<Self, Failure> {
        let folder = parent.join(format!("prodops-store-report-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let cluster = Self { folder, programs: program::folder() };
        if let Some(user) = program::user() {
            succeed(Command::new("chown").arg(user).arg(&cluster.folder))?;
        }
        let initdb = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--username=postgres", "-D"];
        succeed(cluster.program("initdb").args(initdb).arg(cluster.data()))?;
        let settings = cluster.data().join("postgresql.conf");
        let place = format!("unix_socket_directories = '{}'\n", cluster.folder.display());
        let text = fs::read_to_string(&settings)? + SETTINGS + &place;
        fs::write(settings, text)?;
        let log = cluster.folder.join("log");
        succeed(
            cluster.program("pg_ctl").args(["-w", "-D"]).arg(cluster.data()).arg("-l").arg(log).arg("start"),
        )?;
        Ok(cluster)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Where files of a measurement may lie; they go with the cluster.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    fn program(&self, name: &str) -> Command {
        program::command(program::user(), &self.programs.join(name))
    }

    /// A new database with the schema in it, and a store.
    pub(super) async fn database(&self, name: &'static str) -> Result<Database<'_>, Failure> {
        let mut admin = self.connect("postgres", "postgres").await?;
        say(&mut admin, &format!("CREATE DATABASE {name}")).await?;
        migrate(&PostgresConfig::on_socket(&self.folder, PORT, "postgres", name), Environment::Test).await?;
        say(&mut admin, LOGINS).await?;
        admin.close().await?;
        let mut owner = self.connect("postgres", name).await?;
        say(&mut owner, UNLOCKED).await?;
        owner.close().await?;
        let keys = KeysOnDemand::new(Environment::Test).await;
        let config = PostgresConfig::on_socket(&self.folder, PORT, SERVER, name).connections(8);
        let store = Arc::new(Postgres::connect(&config, Environment::Test, keys).await?);
        Ok(Database { cluster: self, name, store })
    }

    /// The server's name and version.
    pub(super) async fn version(&self) -> Result<String, Failure> {
        let mut admin = self.connect("postgres", "postgres").await?;
        let version: String = sqlx::query_scalar("SHOW server_version").fetch_one(&mut admin).await?;
        Ok(format!("PostgreSQL {version}"))
    }

    async fn connect(&self, user: &str, database: &str) -> Result<PgConnection, Failure> {
        let options = PgConnectOptions::new_without_pgpass().socket(&self.folder).port(PORT);
        Ok(PgConnection::connect_with(&options.username(user).database(database)).await?)
    }
}

/// The store's login, and one that may take on a role without row-level security.
const LOGINS: &str = "DO $$ BEGIN
    CREATE ROLE bench_server LOGIN NOINHERIT;
    CREATE ROLE bench_probe LOGIN NOINHERIT;
    CREATE ROLE bench_unlocked NOLOGIN BYPASSRLS;
    GRANT prodops_app, prodops_identity, prodops_control, prodops_purger TO bench_server;
    GRANT prodops_app, bench_unlocked TO bench_probe;
EXCEPTION WHEN duplicate_object THEN NULL; END $$";

/// The same rights as `prodops_app` to what is measured, without row-level security.
const UNLOCKED: &str = "GRANT USAGE ON SCHEMA prodops TO bench_unlocked;
    GRANT SELECT ON prodops.commit_fact TO bench_unlocked";

/// A database of the cluster.
pub(super) struct Database<'c> {
    cluster: &'c Cluster,
    name: &'static str,
    pub(super) store: Arc<Postgres>,
}

impl Database<'_> {
    /// The superuser.
    pub(super) async fn admin(&self) -> Result<PgConnection, Failure> {
        self.cluster.connect("postgres", self.name).await
    }

    /// Somebody who may take on `prodops_app` and `bench_unlocked`.
    pub(super) async fn probe(&self) -> Result<PgConnection, Failure> {
        self.cluster.connect(PROBE, self.name).await
    }

    /// Says something to `psql`, as the superuser.
    pub(super) fn psql(&self, command: &str) -> Result<(), Failure> {
        // Some keep the programs of clients elsewhere than those of the server.
        let own = self.cluster.programs.join("psql");
        let mut psql = Command::new(if own.is_file() { own } else { PathBuf::from("psql") });
        psql.args(["--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1", "--username=postgres", "--host"]);
        psql.arg(&self.cluster.folder).args(["--dbname", self.name, "--command", command]);
        succeed(&mut psql)
    }

    /// Nothing is left to write of what came before.
    pub(super) async fn settle(&self) -> Result<(), Failure> {
        say(&mut self.admin().await?, "CHECKPOINT").await
    }
}

/// Says something whose names no parameter can hold; several statements at once.
pub(super) async fn say(connection: &mut PgConnection, text: &str) -> Result<(), Failure> {
    use sqlx::Executor;
    let text = QueryBuilder::<sqlx::Postgres>::new(text);
    connection.execute(sqlx::raw_sql(text.into_sql())).await?;
    Ok(())
}

fn succeed(command: &mut Command) -> Result<(), Failure> {
    let output = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(io::Error::other(format!("{command:?}: {said}")).into())
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = succeed(self.program("pg_ctl").args(["-m", "immediate", "-D"]).arg(self.data()).arg("stop"));
        let _ = fs::remove_dir_all(&self.folder);
    }
}
