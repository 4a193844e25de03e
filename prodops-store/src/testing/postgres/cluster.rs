//! One cluster that all test processes share.
//!
//! Each process holds a named pipe open for as long as it lives, killed or not. A keeper reads the pipe: when nobody holds
//! it any more, and nobody comes for some seconds, it stops the server and removes its folder. A lock file keeps starting
//! and stopping apart.

use std::fs::{self, File, OpenOptions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use tokio::sync::OnceCell;

use super::{Tamper, Wire, make_template, options_of, program};
use crate::postgres::PostgresConfig;

pub(super) const PORT: u16 = 5432;
const POOLER_PORT: u16 = 6432;

/// `$0` the folder, `$1` the programs. Under the lock it looks once more: whoever holds the pipe then has a server.
const KEEPER: &str = r#"
cd "$0" || exit 1
while :; do
    timeout 20 sh -c ': < pipe' && { cat pipe > /dev/null; continue; }
    exec 9< lock; flock 9
    timeout 1 sh -c ': < pipe' && { exec 9>&-; continue; }
    [ -f pgbouncer.pid ] && kill "$(cat pgbouncer.pid)"
    "$1/pg_ctl" -D data -m immediate stop
    rm -rf data pipe ready pgbouncer.* .s.* log
    exit 0
done
"#;

const SETTINGS: &str = "
listen_addresses = ''
fsync = off
full_page_writes = off
max_connections = 300
shared_buffers = 64MB
autovacuum = off
max_wal_size = 2GB
";

static SHARED: OnceCell<Server> = OnceCell::const_new();
static PIPE: OnceLock<File> = OnceLock::new();

/// A running server.
#[derive(Debug, Clone)]
pub(super) struct Server {
    options: PgConnectOptions,
    superuser: String,
    folder: Option<PathBuf>,
}

impl Server {
    /// The one server of this machine's tests.
    pub(super) async fn running() -> Self {
        SHARED.get_or_init(Self::find_or_start).await.clone()
    }

    async fn find_or_start() -> Self {
        if let Some(url) = program::variable("PRODOPS_TEST_DATABASE_URL") {
            let options = options_of(&url.to_string_lossy());
            let superuser = options.get_username().to_owned();
            let server = Self { options, superuser, folder: None };
            make_template(&server).await;
            return server;
        }
        let folder = folder();
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(folder.join("lock"));
        let lock = lock.expect("a lock file");
        lock.lock().expect("the lock of the cluster");
        let server = Self::in_folder(&folder);
        let running = folder.join("pipe").exists() && hold(&folder) && reachable(&folder, PORT);
        if !(running && folder.join("ready").exists()) {
            start(&folder);
            make_template(&server).await;
            fs::write(folder.join("ready"), "").expect("a mark that the cluster is ready");
        }
        drop(lock);
        server
    }

    /// A server of a folder that somebody else looks after.
    pub(super) fn in_folder(folder: &Path) -> Self {
        let options = PgConnectOptions::new_without_pgpass().socket(folder).port(PORT);
        Self { options, superuser: "postgres".to_owned(), folder: Some(folder.to_owned()) }
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.as_ref().expect("tests that look at the server need a cluster of their own")
    }

    pub(super) fn options(&self) -> PgConnectOptions {
        self.options.clone()
    }

    pub(super) fn admin_options(&self, database: &str) -> PgConnectOptions {
        self.options().username(&self.superuser).database(database)
    }

    pub(super) async fn admin(&self, database: &str) -> PgConnection {
        PgConnection::connect_with(&self.admin_options(database)).await.expect("the superuser of the tests")
    }

    pub(super) fn admin_config(&self, database: &str) -> PostgresConfig {
        PostgresConfig::with_options(self.admin_options(database))
    }

    pub(super) fn config(&self, user: &str, database: &str) -> PostgresConfig {
        PostgresConfig::with_options(self.options().username(user).database(database))
    }

    pub(super) fn wire(&self, tamper: Tamper) -> Wire {
        Wire::new(self.folder(), PORT, tamper)
    }

    pub(super) fn on_socket(&self, folder: &Path, user: &str, database: &str) -> PostgresConfig {
        PostgresConfig::with_options(self.options().socket(folder).username(user).database(database))
    }

    pub(super) fn pooled(&self, user: &str, database: &str) -> PostgresConfig {
        assert!(
            reachable(self.folder(), POOLER_PORT),
            "pgbouncer is not there: run `cargo xtask provision`, or `apt-get install pgbouncer`"
        );
        self.config(user, database).with_port(POOLER_PORT)
    }
}

/// A folder of this build, at a path that is short enough for a socket and open to the server's user.
fn folder() -> PathBuf {
    let program = std::env::current_exe().expect("this program");
    let target = program.ancestors().find(|folder| folder.ends_with("target")).unwrap_or(&program);
    let mut hash = DefaultHasher::new();
    (target, include_str!("cluster.rs"), include_str!("../../../migrations/0001_roles.sql")).hash(&mut hash);
    (include_str!("../../../migrations/0002_planes.sql"), include_str!("../../../migrations/0003_locks.sql"))
        .hash(&mut hash);
    include_str!("../../../migrations/keyring/0001_keyring.sql").hash(&mut hash);
    let folder = std::env::temp_dir().join(format!("prodops-pg-{:016x}", hash.finish()));
    fs::create_dir_all(&folder).expect("a folder for the cluster");
    folder
}

/// Holds the pipe until this process ends. Opened for both directions, which does not wait for the other side.
fn hold(folder: &Path) -> bool {
    let pipe = OpenOptions::new().read(true).write(true).open(folder.join("pipe"));
    pipe.is_ok_and(|pipe| PIPE.set(pipe).is_ok())
}

fn reachable(folder: &Path, port: u16) -> bool {
    UnixStream::connect(folder.join(format!(".s.PGSQL.{port}"))).is_ok()
}

fn start(folder: &Path) {
    make(folder, SETTINGS);
    run(program::command(program::user(), Path::new("mkfifo")).arg(folder.join("pipe")), "make a pipe");
    assert!(hold(folder), "the pipe can be held");
    keep(folder);
    launch(folder);
    start_pooler(folder, program::user());
}

/// Makes a cluster in a folder, in the place of what a start that failed has left there.
pub(super) fn make(folder: &Path, settings: &str) {
    let (programs, user, data) = (program::folder(), program::user(), folder.join("data"));
    if let Some(user) = user {
        run(Command::new("chown").arg(user).arg(folder), "hand the folder over");
    }
    if data.exists() {
        let mut stop = program::command(user, &programs.join("pg_ctl"));
        let _ = stop.args(["-m", "immediate", "stop", "-D"]).arg(&data).status();
        let _ = (fs::remove_dir_all(&data), fs::remove_file(folder.join("pipe")));
    }
    let initdb = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--username=postgres", "-D"];
    run(program::command(user, &programs.join("initdb")).args(initdb).arg(&data), "make a cluster");
    let settings = format!("{settings}unix_socket_directories = '{}'\n", folder.display());
    append(&data.join("postgresql.conf"), &settings);
}

/// Starts the server of a folder and waits until it answers.
pub(super) fn launch(folder: &Path) {
    let start = program::command(program::user(), &program::folder().join("pg_ctl"))
        .args(["-w", "-D"])
        .arg(folder.join("data"))
        .arg("-l")
        .arg(folder.join("log"))
        .arg("start")
        .status();
    assert!(start.is_ok_and(|code| code.success()), "the server starts; see {}/log", folder.display());
}

/// In a process group of its own, so that it outlives a runner that ends the group of a test.
#[allow(clippy::zombie_processes, reason = "it outlives this process on purpose, and ends by itself")]
fn keep(folder: &Path) {
    let mut keeper = program::command(program::user(), Path::new("sh"));
    keeper.args(["-c", KEEPER]).arg(folder).arg(program::folder()).process_group(0);
    keeper.spawn().expect("a keeper of the cluster");
}

/// Where there is no pgbouncer, the tests that need it fail by themselves.
fn start_pooler(folder: &Path, user: Option<&str>) {
    let Some(pgbouncer) = program::pgbouncer() else { return };
    let place = folder.display();
    let settings = format!(
        "[databases]\n* = host={place} port={PORT}\n[pgbouncer]\nunix_socket_dir = {place}\n\
         listen_addr =\nlisten_port = {POOLER_PORT}\nauth_type = trust\nauth_file = {place}/pgbouncer.users\n\
         pool_mode = transaction\ndefault_pool_size = 4\nmax_client_conn = 1000\n\
         ignore_startup_parameters = extra_float_digits\n\
         pidfile = {place}/pgbouncer.pid\nlogfile = {place}/pgbouncer.log\n"
    );
    fs::write(folder.join("pgbouncer.ini"), settings).expect("settings of pgbouncer");
    fs::write(folder.join("pgbouncer.users"), format!("\"{}\" \"\"\n", super::LOGIN)).expect("its users");
    run(program::command(user, &pgbouncer).arg("-d").arg(folder.join("pgbouncer.ini")), "start pgbouncer");
}

fn run(command: &mut Command, what: &str) {
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(status.is_ok_and(|code| code.success()), "cannot {what} for tests: {command:?}");
}

fn append(path: &Path, text: &str) {
    let before = fs::read_to_string(path).expect("the settings of a new cluster");
    fs::write(path, before + text).expect("the settings of a new cluster");
}
