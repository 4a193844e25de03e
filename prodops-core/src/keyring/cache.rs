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

#[derive(Default)]
pub(super) struct KeyCache(Mutex<BTreeMap<KeyOwner, Kept>>);

impl KeyCache {
    pub(super) fn get(&self, owner: KeyOwner, now: Timestamp) -> Option<Arc<DataKeys>> {
        let mut all = self.lock();
        let age = now.seconds_since(all.get(&owner)?.since);
        // A clock that went back tells no age.
        if !(0..LIFE).contains(&age) {
            all.remove(&owner);
            return None;
        }
        all.get(&owner).map(|kept| Arc::clone(&kept.keys))
    }

    pub(super) fn put(&self, keys: &Arc<DataKeys>, now: Timestamp) {
        let kept = Kept { keys: Arc::clone(keys), since: now };
        self.lock().insert(keys.owner(), kept);
    }

    pub(super) fn forget(&self, owner: KeyOwner) {
        self.lock().remove(&owner);
    }

    /// Drops what is too old, so that keys of owners whom nobody asks for are wiped too.
    pub(super) fn sweep(&self, now: Timestamp) {
        self.lock().retain(|_, kept| (0..LIFE).contains(&now.seconds_since(kept.since)));
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<KeyOwner, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
