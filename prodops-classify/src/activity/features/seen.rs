//! Which names of files a commit has shown already.

/// A set of hashes with room for the names of one commit; when it is full it says that it has seen everything.
pub(super) struct Seen {
    /// Zero is an empty place.
    slots: Box<[u64; SLOTS]>,
    /// The places that are taken: most commits take few, so that emptying these is less than emptying all.
    taken: Vec<u16>,
}

const SLOTS: usize = 1024;

impl Default for Seen {
    fn default() -> Self {
        Self { slots: Box::new([0; SLOTS]), taken: Vec::with_capacity(SLOTS / 2) }
    }
}

impl Seen {
    pub(super) fn clear(&mut self) {
        for place in self.taken.drain(..) {
            self.slots.get_mut(usize::from(place)).into_iter().for_each(|slot| *slot = 0);
        }
    }

    /// Adds a hash; whether it is new.
    pub(super) fn insert(&mut self, hash: u64) -> bool {
        if self.taken.len() >= SLOTS / 2 {
            return false;
        }
        let hash = hash.max(1);
        let mut place = (hash >> 40) as usize % SLOTS;
        // Half of the places are empty, so that one of them ends this.
        while let Some(slot) = self.slots.get_mut(place) {
            if *slot == hash {
                return false;
            }
            if *slot == 0 {
                *slot = hash;
                self.taken.push(place as u16);
                return true;
            }
            place = (place + 1) % SLOTS;
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
