//! What every handler can reach.

use std::sync::Arc;

use prodops::core::clock::Clock;
use prodops::core::entropy::Entropy;
use prodops::engine::Engine;
use prodops::web::Site;
use tokio_util::sync::CancellationToken;

use crate::login::Login;
use crate::syncing::SyncBoard;

/// The running program.
#[derive(Debug)]
pub struct App {
    /// The engine.
    pub engine: Engine,
    /// Where the server is reached.
    pub site: Site,
    /// The identity provider at which people sign in, where there is one.
    pub login: Option<Login>,
    /// Syncs under way.
    pub board: SyncBoard,
    /// Ends open streams when the server stops.
    pub stopping: CancellationToken,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of random bytes.
    pub entropy: Arc<dyn Entropy>,
}
