//! Syncs that run behind the pages: started once per connection, watched by whoever looks.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use prodops::connectors::contract::{Progress, ProgressEvent, Silent};
use prodops::core::id::{ConnectionId, WorkspaceId};
use prodops::engine::{EngineError, RunSyncs, SyncReport, SyncRun};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// How a sync stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyncState {
    /// Under way.
    Running {
        /// Records stored so far.
        done: u64,
        /// Records in all, where that is known.
        total: Option<u64>,
    },
    /// Everything was read.
    Complete {
        /// Commits read in this run.
        commits: u64,
    },
    /// It ended early; why, the log says.
    Failed,
}

/// All syncs of a process.
#[derive(Clone)]
pub struct SyncBoard {
    inner: Arc<Inner>,
}

struct Inner {
    states: Mutex<BTreeMap<(WorkspaceId, ConnectionId), SyncState>>,
    changes: watch::Sender<u64>,
}

impl Default for SyncBoard {
    fn default() -> Self {
        Self { inner: Arc::new(Inner { states: Mutex::default(), changes: watch::Sender::new(0) }) }
    }
}

impl fmt::Debug for SyncBoard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SyncBoard")
    }
}

impl SyncBoard {
    /// Says that a connection will be read soon, so that a page does not call the reading done before.
    pub fn expect(&self, workspace: WorkspaceId, connection: ConnectionId) {
        self.set((workspace, connection), SyncState::Running { done: 0, total: None });
    }

    /// The syncs of one workspace that this process ran or runs.
    #[must_use]
    pub fn of(&self, workspace: WorkspaceId) -> Vec<(ConnectionId, SyncState)> {
        let states = self.lock();
        let own = states.iter().filter(|((owner, _), _)| *owner == workspace);
        own.map(|((_, connection), state)| (*connection, state.clone())).collect()
    }

    /// Wakes its holder whenever something changed.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changes.subscribe()
    }

    /// Runs a sync to its end and keeps the board up to date.
    ///
    /// # Errors
    /// As the sync itself.
    pub async fn watched(
        &self,
        sync: SyncRun,
        also: &dyn Progress,
        cancel: &CancellationToken,
    ) -> Result<SyncReport, EngineError> {
        let key = (sync.workspace(), sync.connection());
        let watcher = Watcher { board: self, key, also };
        let mut entry = Entry { board: self, key, last: SyncState::Failed };
        self.set(key, SyncState::Running { done: 0, total: None });
        let result = sync.run(&watcher, cancel).await;
        if let Ok(report) = &result {
            entry.last = SyncState::Complete { commits: report.commits };
        }
        result
    }

    fn set(&self, key: (WorkspaceId, ConnectionId), state: SyncState) {
        self.lock().insert(key, state);
        self.inner.changes.send_modify(|version| *version = version.wrapping_add(1));
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<(WorkspaceId, ConnectionId), SyncState>> {
        self.inner.states.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the worker of this process reads is shown as well.
#[async_trait]
impl RunSyncs for SyncBoard {
    async fn run(&self, sync: SyncRun, cancel: &CancellationToken) -> Result<SyncReport, EngineError> {
        self.watched(sync, &Silent, cancel).await
    }
}

/// Leaves the last word on the board, also when the sync is dropped or panics.
struct Entry<'a> {
    board: &'a SyncBoard,
    key: (WorkspaceId, ConnectionId),
    last: SyncState,
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        self.board.set(self.key, self.last.clone());
    }
}

struct Watcher<'a> {
    board: &'a SyncBoard,
    key: (WorkspaceId, ConnectionId),
    also: &'a dyn Progress,
}

impl Progress for Watcher<'_> {
    fn report(&self, event: ProgressEvent<'_>) {
        // Streams without an estimate are not the commits that the board counts.
        if event.estimate.is_some() {
            self.board.set(self.key, SyncState::Running { done: event.done, total: event.estimate });
        }
        self.also.report(event);
    }
}
