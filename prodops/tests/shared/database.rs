//! A deployment on two databases, as each of its processes opens it.

use std::num::NonZeroU32;
use std::path::Path;

use prodops::connectors::git::GitConnector;
use prodops::core::environment::Environment;
use prodops::core::keyring::Roots;
use prodops::core::session::SessionExpiry;
use prodops::engine::{Engine, EngineBuilder, StoreLocation};
use prodops::store::postgres::PostgresConfig;

use crate::place::{load, root_key};
use crate::time::FastClock;

/// Where the data and the keys are.
#[derive(Debug, Clone)]
pub(crate) struct Urls {
    pub(crate) data: String,
    pub(crate) keys: String,
}

/// An engine on them, which may read what lies in `roots`.
pub(crate) fn builder(urls: &Urls, roots: &Path, clock: &FastClock) -> EngineBuilder {
    let config = |url: &str| PostgresConfig::from_url(url).unwrap().connections(8);
    Engine::builder(Environment::Test)
        .store(StoreLocation::Postgres(config(&urls.data)))
        .keyring_database(config(&urls.keys))
        .root_keys(Roots::new(load(&root_key(roots))))
        .clock(clock.clone())
        // The clock is fast: no session ends by itself during a test.
        .session_expiry(SessionExpiry::new(24 * 3_600, 7 * 24 * 3_600))
        // Always due, so that every kill finds something in hand.
        .sync_interval(NonZeroU32::MIN)
        .connector(GitConnector::within([roots.to_owned()]).unwrap())
}
