//! Databases for tests: one throw-away cluster for all test processes of a machine, one database for each test.
//!
//! The server is `PRODOPS_TEST_DATABASE_URL` where that is set (a superuser's URL), else one that is started from the
//! programs of PostgreSQL, on a unix socket, and that ends by itself some seconds after the last test. Where there are no
//! such programs the test fails and says what to install. `PRODOPS_SKIP_POSTGRES=1` skips, and says so.

mod cluster;
mod own;
pub mod program;
mod wire;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use prodops_core::environment::Environment;
use prodops_core::keyring::RowKeySource;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection, QueryBuilder, Row};

use super::{KeysOnDemand, Subject};
use crate::postgres::{Postgres, PostgresConfig, migrate, migrate_keyring};
use cluster::Server;
pub use own::{OwnServer, SmallDisk};
pub use wire::{Said, Tamper, Wire};

/// The role that tests log in as, like a server in production.
pub const LOGIN: &str = "prodops_test_login";
/// The role that tests reach a keyring as.
const KEYRING_LOGIN: &str = "prodops_test_keyring";
const TEMPLATE: &str = "prodops_test_template";
const KEYRING_TEMPLATE: &str = "prodops_test_keyring_template";

static COUNTER: AtomicU32 = AtomicU32::new(0);

/// An empty database with the schema in it; it is dropped with this.
#[derive(Debug)]
pub struct TestDatabase {
    server: Server,
    name: String,
    login: &'static str,
}

/// Whether tests with PostgreSQL were switched off by hand.
#[must_use]
pub fn skipped() -> bool {
    let skipped = program::variable("PRODOPS_SKIP_POSTGRES").is_some_and(|value| value == "1");
    if skipped {
        eprintln!("SKIPPED: PRODOPS_SKIP_POSTGRES=1 is set, nothing was tested against PostgreSQL");
    }
    skipped
}

impl TestDatabase {
    /// A new one.
    ///
    /// # Panics
    /// When there is no PostgreSQL, with the command that installs it.
    pub async fn new() -> Self {
        Self::on(Server::running().await, Some(TEMPLATE), LOGIN).await
    }

    /// A new one with the schema of a keyring in it.
    ///
    /// # Panics
    /// As [`TestDatabase::new`].
    pub async fn keyring() -> Self {
        Self::on(Server::running().await, Some(KEYRING_TEMPLATE), KEYRING_LOGIN).await
    }

    /// A new one with nothing in it.
    ///
    /// # Panics
    /// As [`TestDatabase::new`].
    pub async fn empty() -> Self {
        Self::on(Server::running().await, None, LOGIN).await
    }

    async fn on(server: Server, template: Option<&str>, login: &'static str) -> Self {
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let name = format!("prodops_test_{}_{number}", std::process::id());
        let mut admin = server.admin("postgres").await;
        let _ = run(&mut admin, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        let create = format!("CREATE DATABASE {name} TEMPLATE {}", template.unwrap_or("template0"));
        run(&mut admin, create).await.expect("a database from the template");
        Self { server, name, login }
    }

    /// How a server in production would reach it.
    #[must_use]
    pub fn config(&self) -> PostgresConfig {
        self.server.config(self.login, &self.name)
    }

    /// The same as a URL, for programs.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_as(self.login)
    }

    /// The same, as somebody else; the owner of the schemas is [`TestDatabase::superuser`].
    #[must_use]
    pub fn url_as(&self, user: &str) -> String {
        let options = self.server.options();
        let host = options
            .get_socket()
            .map_or_else(|| options.get_host().to_owned(), |folder| folder.display().to_string());
        format!("postgres:///{}?user={user}&host={host}&port={}", self.name, options.get_port())
    }

    /// Who may do everything.
    #[must_use]
    pub fn superuser(&self) -> String {
        self.server.admin_options("postgres").get_username().to_owned()
    }

    /// How the superuser reaches it, to migrate it for example.
    #[must_use]
    pub fn admin_config(&self) -> PostgresConfig {
        self.server.admin_config(&self.name)
    }

    /// The same, as somebody else.
    #[must_use]
    pub fn config_as(&self, user: &str) -> PostgresConfig {
        self.server.config(user, &self.name)
    }

    /// The same through pgbouncer in transaction mode.
    #[must_use]
    pub fn pooled_config(&self) -> PostgresConfig {
        self.server.pooled(LOGIN, &self.name).behind_pooler()
    }

    /// A wire in front of its server.
    #[must_use]
    pub fn wire(&self, tamper: Tamper) -> Wire {
        self.server.wire(tamper)
    }

    /// How a server in production would reach it through a wire.
    #[must_use]
    pub fn through(&self, wire: &Wire) -> PostgresConfig {
        self.server.on_socket(wire.folder(), self.login, &self.name)
    }

    /// Takes row-level security away, as only the owner can; stores that are open stay open.
    pub async fn drop_row_security(&self) {
        let mut admin = self.admin().await;
        let tables = sqlx::query(
            "SELECT format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY', c.oid::regclass) \
             FROM pg_class c WHERE c.relrowsecurity",
        );
        for row in tables.fetch_all(&mut admin).await.expect("the catalogue") {
            run(&mut admin, row.get(0)).await.expect("a table without row-level security");
        }
    }

    /// Has the superuser do something to it, whatever that is.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn execute(&self, sql: &str) {
        run(&mut self.admin().await, sql.to_owned()).await.expect("what a test does to its database");
    }

    /// A connection of the superuser, who is below every lock.
    pub async fn admin(&self) -> PgConnection {
        self.server.admin(&self.name).await
    }

    /// A connection of the role that the store logs in as.
    pub async fn login(&self) -> PgConnection {
        let options = self.server.options().username(self.login).database(&self.name);
        PgConnection::connect_with(&options).await.expect("the login role of tests")
    }

    /// The folder of the server's socket, and its port.
    #[must_use]
    pub fn socket(&self) -> (&Path, u16) {
        (self.server.folder(), cluster::PORT)
    }

    /// The name of the database.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A store in it.
    pub async fn store(&self, keys: Arc<dyn RowKeySource>) -> Postgres {
        Postgres::connect(&self.config().connections(8), Environment::Test, keys).await.expect("a store")
    }
}

/// Two stores under the same keys, each in a database of its own, for the conformance suite.
pub async fn subject() -> Subject {
    two(|database| database.config()).await
}

/// The same behind pgbouncer.
pub async fn pooled_subject() -> Subject {
    two(TestDatabase::pooled_config).await
}

async fn two(config: impl Fn(&TestDatabase) -> PostgresConfig) -> Subject {
    let keys = KeysOnDemand::new(Environment::Test).await;
    let (one, two) = (TestDatabase::new().await, TestDatabase::new().await);
    let open = async |database: &TestDatabase| {
        let config = config(database).connections(8);
        let keys: Arc<dyn RowKeySource> = Arc::<KeysOnDemand>::clone(&keys);
        Arc::new(Postgres::connect(&config, Environment::Test, keys).await.expect("a store"))
    };
    let (first, second) = (open(&one).await, open(&two).await);
    Subject::new(first, second).keeping((one, two))
}

/// Makes the login roles and the databases that all others are copied from.
async fn make_template(server: &Server) {
    let mut admin = server.admin("postgres").await;
    for (login, template) in [(LOGIN, TEMPLATE), (KEYRING_LOGIN, KEYRING_TEMPLATE)] {
        let make = format!(
            "DO $$ BEGIN CREATE ROLE {login} LOGIN NOINHERIT; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        );
        run(&mut admin, make).await.expect("a login role");
        let drop = format!("DROP DATABASE IF EXISTS {template} WITH (FORCE)");
        run(&mut admin, drop).await.expect("no old template");
        run(&mut admin, format!("CREATE DATABASE {template}")).await.expect("a template");
    }
    migrate(&server.admin_config(TEMPLATE), Environment::Test).await.expect("migrations");
    migrate_keyring(&server.admin_config(KEYRING_TEMPLATE), Environment::Test).await.expect("migrations");
    let grant = format!("GRANT prodops_app, prodops_identity, prodops_control, prodops_purger TO {LOGIN}");
    run(&mut admin, grant).await.expect("the roles of the planes");
    let grant = format!("ALTER ROLE {KEYRING_LOGIN} INHERIT");
    run(&mut admin, grant).await.expect("a role with the rights of its role");
    run(&mut admin, format!("GRANT prodops_keyring TO {KEYRING_LOGIN}")).await.expect("the keyring's role");
}

/// What is said about databases and roles, whose names no parameter can hold.
async fn run(admin: &mut PgConnection, sql: String) -> Result<(), sqlx::Error> {
    let mut sql = QueryBuilder::<sqlx::Postgres>::new(sql);
    sql.build().persistent(false).execute(admin).await.map(drop)
}

/// The options of a URL, as `sqlx` reads them.
fn options_of(url: &str) -> PgConnectOptions {
    url.parse().expect("PRODOPS_TEST_DATABASE_URL is a URL of PostgreSQL")
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (options, name) = (self.server.admin_options("postgres"), self.name.clone());
        // A run time of its own: this runs at the end of a test, inside that of the test.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let mut admin = PgConnection::connect_with(&options).await.map_err(std::io::Error::other)?;
                let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                run(&mut admin, drop).await.map_err(std::io::Error::other)
            })
        });
        // A cluster that a test stopped has no databases left to drop.
        let _ = dropped.join();
    }
}
