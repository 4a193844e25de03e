//! Open keys, kept for a few minutes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::keys::DataKeys;
use super::owner::KeyOwner;
use crate::time::Timestamp;

/// How long open keys are kept, in seconds. What another process did to a keyring holds here after this at the latest.
pub(super) const LIFE: i64 = 10 * 60;

struct Kept {
    keys: Arc<DataKeys>,
    since: Timestamp,
}

/// How often keys were forgotten when somebody began to open some.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ticket(u64);

#[derive(Default)]
struct State {
    kept: BTreeMap<KeyOwner, Kept>,
    forgotten: u64,
}

#[derive(Default)]
pub(super) struct KeyCache(Mutex<State>);

impl KeyCache {
    pub(super) fn get(&self, owner: KeyOwner, now: Timestamp) -> Option<Arc<DataKeys>> {
        let all = &mut self.lock().kept;
        let age = now.seconds_since(all.get(&owner)?.since);
        // A clock that went back tells no age.
        if !(0..LIFE).contains(&age) {
            all.remove(&owner);
            return None;
        }
        all.get(&owner).map(|kept| Arc::clone(&kept.keys))
    }

    /// Whether these very keys are kept.
    pub(super) fn holds(&self, keys: &DataKeys) -> bool {
        self.lock().kept.get(&keys.owner()).is_some_and(|kept| std::ptr::eq(Arc::as_ptr(&kept.keys), keys))
    }

    /// Taken before keys are opened, for [`KeyCache::put`].
    pub(super) fn ticket(&self) -> Ticket {
        Ticket(self.lock().forgotten)
    }

    /// Keeps keys, unless some were rotated while these were opened: these may be the ones from before. Gives the keys to go
    /// on with: where somebody was faster, theirs, since nobody could write under others than those that are kept.
    pub(super) fn put(&self, keys: DataKeys, now: Timestamp, ticket: Ticket) -> Arc<DataKeys> {
        let (owner, keys) = (keys.owner(), Arc::new(keys));
        let mut state = self.lock();
        if ticket != Ticket(state.forgotten) {
            return keys;
        }
        match state.kept.get(&owner) {
            Some(kept) if (0..LIFE).contains(&now.seconds_since(kept.since)) => Arc::clone(&kept.keys),
            _ => {
                state.kept.insert(owner, Kept { keys: Arc::clone(&keys), since: now });
                keys
            }
        }
    }

    pub(super) fn forget(&self, owner: KeyOwner) {
        let mut state = self.lock();
        state.forgotten = state.forgotten.wrapping_add(1);
        state.kept.remove(&owner);
    }

    /// Drops what is too old, so that keys of owners whom nobody asks for are wiped too.
    pub(super) fn sweep(&self, now: Timestamp) {
        self.lock().kept.retain(|_, kept| (0..LIFE).contains(&now.seconds_since(kept.since)));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
