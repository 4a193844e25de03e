//! How to reach a database.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::failure::Stored;
use crate::error::StoreError;

/// Where the database is, who logs in, and how many connections there may be.
///
/// # Security
/// It may hold a password and prints none.
#[derive(Clone)]
pub struct PostgresConfig {
    options: PgConnectOptions,
    connections: u32,
    wait: Duration,
    pooler: bool,
}

impl PostgresConfig {
    /// By a URL: `postgres://user:password@host:port/database?sslmode=verify-full`.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when it is none; the URL is not repeated.
    pub fn from_url(url: &str) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|_| StoreError::invalid("database URL", "must be postgres://user@host/database"))?;
        Ok(Self::new(options))
    }

    /// By the folder of a unix socket.
    #[must_use]
    pub fn on_socket(folder: &Path, port: u16, user: &str, database: &str) -> Self {
        let options = PgConnectOptions::new_without_pgpass();
        Self::new(options.socket(folder).port(port).username(user).database(database))
    }

    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn with_options(options: PgConnectOptions) -> Self {
        Self::new(options)
    }

    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn with_port(mut self, port: u16) -> Self {
        self.options = self.options.port(port);
        self
    }

    fn new(options: PgConnectOptions) -> Self {
        let options = options.application_name("prodops");
        Self { options, connections: 16, wait: Duration::from_secs(10), pooler: false }
    }

    /// How many connections there may be at most; 16 unless said otherwise.
    #[must_use]
    pub const fn connections(mut self, most: u32) -> Self {
        self.connections = most;
        self
    }

    /// How long a request waits for a connection before the store counts as not available; 10 seconds unless said
    /// otherwise.
    #[must_use]
    pub const fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// The address is that of a pooler in transaction mode, such as pgbouncer: no statement keeps a name.
    #[must_use]
    pub const fn behind_pooler(mut self) -> Self {
        self.pooler = true;
        self
    }

    pub(super) const fn is_direct(&self) -> bool {
        !self.pooler
    }

    /// Connects once, so that a wrong address is told at once.
    pub(super) async fn pool(&self) -> Result<PgPool, StoreError> {
        let capacity = if self.pooler { 0 } else { 128 };
        let options = self.options.clone().statement_cache_capacity(capacity);
        let pool = PgPoolOptions::new().max_connections(self.connections).acquire_timeout(self.wait);
        pool.connect_with(options).await.stored()
    }
}

impl std::fmt::Debug for PostgresConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let host = (self.options.get_host(), self.options.get_port());
        f.debug_struct("PostgresConfig").field("host", &host).finish_non_exhaustive()
    }
}
