//! Where a history ends and in which order it is read, as fingerprints that fit into a cursor.

use gix::ObjectId;

/// The commits at which a shallow history is cut off: what lies before them counts as absent, as git has it.
pub(super) struct Cut(Vec<ObjectId>);

impl Cut {
    pub(super) fn of(repository: &gix::Repository) -> Self {
        let listed = repository.shallow_commits().ok().flatten();
        let mut ids: Vec<ObjectId> = listed.map(|ids| ids.iter().copied().collect()).unwrap_or_default();
        ids.sort_unstable();
        Self(ids)
    }

    /// Whether the history goes back to its beginning.
    pub(super) const fn is_whole(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the history ends with this commit.
    pub(super) fn at(&self, id: &ObjectId) -> bool {
        self.0.binary_search(id).is_ok()
    }

    /// Equal for equal ends; 0 for a whole history.
    pub(super) fn fingerprint(&self) -> u64 {
        if self.is_whole() { 0 } else { fingerprint(&self.0) }
    }
}

/// Equal for the same ids in the same order.
pub(super) fn fingerprint(ids: &[ObjectId]) -> u64 {
    let mut hasher = gix::hash::hasher(gix::hash::Kind::Sha256);
    for id in ids {
        hasher.update(id.as_bytes());
    }
    // A collision that cannot be computed hides no more than a fingerprint that was never taken.
    let Ok(hash) = hasher.try_finalize() else { return 0 };
    hash.as_bytes().iter().take(8).fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_tells_order_and_length() {
        let id = |byte: u8| ObjectId::try_from([byte; 20].as_slice()).unwrap();
        let marks =
            [vec![], vec![id(1)], vec![id(1), id(2)], vec![id(2), id(1)]].map(|ids| fingerprint(&ids));
        for (n, mark) in marks.iter().enumerate() {
            assert!(!marks[..n].contains(mark), "{n}");
        }
        assert_eq!(marks[2], fingerprint(&[id(1), id(2)]));
    }
}
