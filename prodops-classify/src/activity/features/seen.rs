//! Which names of files a commit has shown already.

/// A set of hashes with room for the names of one commit; when it is full it says that it has seen everything.
pub(super) struct Seen {
    /// Zero is an empty place.
    slots: Box<[u64; SLOTS]>,
    used: usize,
}

const SLOTS: usize = 1024;

impl Default for Seen {
    fn default() -> Self {
        Self { slots: Box::new([0; SLOTS]), used: 0 }
    }
}

impl Seen {
    pub(super) fn clear(&mut self) {
        if self.used > 0 {
            self.slots.fill(0);
            self.used = 0;
        }
    }

    /// Adds a hash; whether it is new.
    pub(super) fn insert(&mut self, hash: u64) -> bool {
        if self.used >= SLOTS / 2 {
            return false;
        }
        let hash = hash.max(1);
        let start = (hash >> 40) as usize % SLOTS;
        let (before, after) = self.slots.split_at_mut(start);
        for slot in after.iter_mut().chain(before) {
            if *slot == hash {
                return false;
            }
            if *slot == 0 {
                *slot = hash;
                self.used += 1;
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_new_once_and_a_full_set_takes_no_more() {
        let mut seen = Seen::default();
        assert!(seen.insert(0) && !seen.insert(0) && seen.insert(u64::MAX) && !seen.insert(u64::MAX));
        let new = (2..10_000).filter(|hash| seen.insert(*hash)).count();
        assert_eq!(new, SLOTS / 2 - 2);
        seen.clear();
        assert!(seen.insert(0));
    }
}
