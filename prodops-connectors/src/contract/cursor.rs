//! Where a stream was left: versioned, ordered, stored as JSON bytes.

use std::cmp::Ordering;

use prodops_core::fact::{CommitId, Gap};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A place in a stream. Its version is stored with it, so that an old cursor is recognised, not misread.
pub trait Cursor: Serialize + DeserializeOwned + Ord + Clone + Send + Sync + 'static {
    /// The version of the stored form.
    const VERSION: u16;
}

/// A stored cursor is of another version or damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored cursor cannot be read by this version")]
pub struct CursorError;

#[derive(Serialize, Deserialize)]
struct Stored<C> {
    version: u16,
    cursor: C,
}

/// The stored form of a cursor.
///
/// # Errors
/// When the cursor cannot be written as JSON.
pub fn encode_cursor<C: Cursor>(cursor: &C) -> Result<Vec<u8>, CursorError> {
    serde_json::to_vec(&Stored { version: C::VERSION, cursor }).map_err(|_| CursorError)
}

/// Reads the stored form of a cursor.
///
/// # Errors
/// When it was written by another version or is damaged.
pub fn decode_cursor<C: Cursor>(bytes: &[u8]) -> Result<C, CursorError> {
    let stored: Stored<serde_json::Value> = serde_json::from_slice(bytes).map_err(|_| CursorError)?;
    if stored.version != C::VERSION {
        return Err(CursorError);
    }
    serde_json::from_value(stored.cursor).map_err(|_| CursorError)
}

/// A place in the history of one repository.
///
/// A walk reads every commit that `head` reaches and `done` does not, parents first, in an order that depends on these
/// two alone: so "the first `position` of them are stored" is all that has to be remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitCursor {
    /// The head up to which everything is stored; `None` before the first complete walk.
    pub done: Option<CommitId>,
    /// The head of the walk under way; equal to `done` when none is.
    pub head: Option<CommitId>,
    /// How many commits of the walk under way are stored.
    pub position: u64,
    /// How many complete walks came before: makes cursors ordered.
    pub walk: u64,
    /// A fingerprint of where a shallow history is cut off; 0 when it is whole. Another one: read all over again.
    pub cut: u64,
    /// A fingerprint of the order of the walk under way: only in the same order does `position` mean the same.
    pub order: u64,
    /// What had to be passed over since the last walk that began at the beginning.
    pub gaps: Vec<(Gap, u64)>,
}

impl Cursor for CommitCursor {
    const VERSION: u16 = 1;
}

impl PartialOrd for CommitCursor {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for CommitCursor {
    fn cmp(&self, other: &Self) -> Ordering {
        let place = |cursor: &Self| (cursor.walk, cursor.position, cursor.done, cursor.head);
        let rest = |cursor: &Self| (cursor.cut, cursor.order);
        place(self)
            .cmp(&place(other))
            .then_with(|| rest(self).cmp(&rest(other)))
            .then_with(|| self.gaps.cmp(&other.gaps))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_storage_and_another_version_is_refused() {
        let cursor = CommitCursor {
            done: None,
            head: Some(CommitId::Sha1([7; 20])),
            position: 3,
            walk: 0,
            cut: 0,
            order: u64::MAX,
            gaps: vec![],
        };
        let bytes = encode_cursor(&cursor).unwrap();
        assert_eq!(decode_cursor::<CommitCursor>(&bytes).unwrap(), cursor);
        let other = String::from_utf8(bytes).unwrap().replace("\"version\":1", "\"version\":2");
        assert_eq!(decode_cursor::<CommitCursor>(other.as_bytes()), Err(CursorError));
        assert_eq!(decode_cursor::<CommitCursor>(b"{"), Err(CursorError));
    }

    #[test]
    fn a_later_place_is_greater() {
        let at = |walk, position| CommitCursor {
            done: None,
            head: None,
            position,
            walk,
            cut: 0,
            order: 0,
            gaps: vec![],
        };
        assert!(at(0, 5) < at(0, 6));
        assert!(at(0, 6) < at(1, 0));
    }
}
