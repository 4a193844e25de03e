//! Counts every permit, so that what somebody looked at can be told even where no event is kept of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use prodops_core::audit::Actor;
use prodops_core::clock::Clock;
use prodops_core::id::WorkspaceId;
use prodops_core::tenancy::WorkspaceScope;
use prodops_core::time::Timestamp;
use prodops_store::contract::PermitCount;

const HOUR: i64 = 3_600;

/// Workspace, hour, who, action, type of resource.
type Key = (WorkspaceId, Timestamp, Actor, &'static str, &'static str);

/// The permits since they were last written down.
pub(super) struct PermitCounter {
    clock: Arc<dyn Clock>,
    counts: Mutex<HashMap<Key, u64>>,
}

/// Counts of one workspace on their way to the store.
#[derive(Default)]
pub(super) struct Taken(Vec<(Key, u64)>);

impl Taken {
    pub(super) fn rows(&self) -> Vec<PermitCount> {
        let row = |((_, hour, actor, action, object), count): &(Key, u64)| PermitCount {
            hour: *hour,
            actor: *actor,
            action: (*action).to_owned(),
            object: (*object).to_owned(),
            count: *count,
        };
        self.0.iter().map(row).collect()
    }
}

impl PermitCounter {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, counts: Mutex::default() }
    }

    pub(super) fn note(&self, scope: &WorkspaceScope, action: &'static str, resource: &'static str) {
        let now = self.clock.now();
        let into_hour = now.as_seconds().rem_euclid(HOUR);
        let hour = Timestamp::from_seconds(now.as_seconds().saturating_sub(into_hour)).unwrap_or(now);
        let key = (scope.workspace(), hour, Actor::from(scope.principal()), action, resource);
        let mut counts = self.lock();
        let count = counts.entry(key).or_default();
        *count = count.saturating_add(1);
    }

    /// Takes the counts out, by workspace.
    pub(super) fn take(&self) -> HashMap<WorkspaceId, Taken> {
        let mut by_workspace: HashMap<WorkspaceId, Taken> = HashMap::new();
        for (key, count) in std::mem::take(&mut *self.lock()) {
            by_workspace.entry(key.0).or_default().0.push((key, count));
        }
        by_workspace
    }

    /// Takes counts in again that could not be written down.
    pub(super) fn give_back(&self, taken: Taken) {
        let mut counts = self.lock();
        for (key, more) in taken.0 {
            let count = counts.entry(key).or_default();
            *count = count.saturating_add(more);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, u64>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
