//! What every handler can reach.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use prodops::core::clock::Clock;
use prodops::core::entropy::Entropy;
use prodops::core::input::{ConnectionTarget, WorkspaceSlug};
use prodops::engine::Engine;
use tokio_util::sync::CancellationToken;

use crate::syncing::SyncBoard;

/// The running program.
#[derive(Debug)]
pub struct App {
    /// The engine.
    pub engine: Engine,
    /// Syncs under way.
    pub board: SyncBoard,
    /// Ends open streams when the server stops.
    pub stopping: CancellationToken,
    /// What members of each workspace may connect. A connector knows folders, not tenants: without this, whoever may
    /// connect in one workspace could read what another one was set up with.
    pub targets: BTreeMap<WorkspaceSlug, BTreeSet<ConnectionTarget>>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of random bytes.
    pub entropy: Arc<dyn Entropy>,
}

impl App {
    /// Whether this deployment lets members of a workspace connect a target.
    #[must_use]
    pub fn offers(&self, workspace: &WorkspaceSlug, target: &ConnectionTarget) -> bool {
        self.targets.get(workspace).is_some_and(|offered| offered.contains(target))
    }
}
