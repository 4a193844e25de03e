//! How to reach a database.

use std::net::IpAddr;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use prodops_core::environment::Environment;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgSslMode};

use super::failure::Stored;
use crate::error::StoreError;

/// Where the database is, who logs in, and how many connections there may be.
///
/// # Security
/// It may hold a password and prints none.
#[derive(Clone)]
pub struct PostgresConfig {
    options: Arc<PgConnectOptions>,
    /// One that is there already.
    pool: Option<PgPool>,
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

    /// By a pool that is there already, such as that of an application around the engine. Its login role must keep the rules of
    /// [`Postgres::posture`](super::Postgres::posture); what is set for a transaction ends with it, so that the pool can be
    /// shared. How many connections there may be, and how long a request waits for one, is the pool's.
    #[must_use]
    pub fn of_pool(pool: PgPool) -> Self {
        let options = pool.connect_options().as_ref().clone();
        Self { pool: Some(pool), ..Self::new(options) }
    }

    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn with_options(options: PgConnectOptions) -> Self {
        Self::new(options)
    }

    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn with_port(mut self, port: u16) -> Self {
        self.options = Arc::new(Arc::unwrap_or_clone(self.options).port(port));
        self
    }

    fn new(options: PgConnectOptions) -> Self {
        let options = Arc::new(options.application_name("prodops"));
        Self { options, pool: None, connections: 16, wait: Duration::from_secs(10), pooler: false }
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

    /// Whether nobody on a network can listen in or stand in between: the database is on this machine, or its certificate is
    /// verified with its name.
    #[must_use]
    pub fn is_private(&self) -> bool {
        let (host, socket) = (self.options.get_host(), self.options.get_socket());
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let here = socket.is_some()
            || host.starts_with('/')
            || host == "localhost"
            || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        here || matches!(self.options.get_ssl_mode(), PgSslMode::VerifyFull)
    }

    /// Production data crosses no network in the clear, nor to somebody who only says that they are the database.
    pub(super) fn demand_privacy(&self, environment: Environment) -> Result<(), StoreError> {
        if environment == Environment::Production && !self.is_private() {
            let rule = "must have sslmode=verify-full and sslrootcert in production, unless the database is on this machine";
            return Err(StoreError::invalid("database URL", rule));
        }
        Ok(())
    }

    /// Ends the connections of a pool from [`PostgresConfig::pool`], unless somebody else made it.
    pub(super) async fn close(&self, pool: PgPool) {
        if self.pool.is_none() {
            pool.close().await;
        }
    }

    /// Connects once, so that a wrong address is told at once.
    pub(super) async fn pool(&self) -> Result<PgPool, StoreError> {
        if let Some(pool) = &self.pool {
            return Ok(pool.clone());
        }
        let capacity = if self.pooler { 0 } else { 128 };
        let options = self.options.as_ref().clone().statement_cache_capacity(capacity);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_the_machine_needs_a_certificate_in_production() {
        for (url, private) in [
            ("postgres://u@localhost/d", true),
            ("postgres://u@127.0.0.1:5433/d", true),
            ("postgres://u@[::1]/d", true),
            ("postgres:///d?host=/run/postgresql&user=u", true),
            ("postgres://u@db.example.org/d?sslmode=verify-full", true),
            ("postgres://u@db.example.org/d", false),
            ("postgres://u@db.example.org/d?sslmode=require", false),
            ("postgres://u@db.example.org/d?sslmode=verify-ca", false),
            ("postgres://u@10.0.0.5/d?sslmode=disable", false),
            ("postgres://u@localhost.example.org/d", false),
        ] {
            let config = PostgresConfig::from_url(url).unwrap();
            assert_eq!(config.is_private(), private, "{url}");
            assert_eq!(config.demand_privacy(Environment::Production).is_ok(), private, "{url}");
            assert!(config.demand_privacy(Environment::Development).is_ok());
        }
    }
}
