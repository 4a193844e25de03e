//! How hard the control flow of a file is to follow, before and after a change.

use serde::{Deserialize, Serialize};

/// The complexity of a file's text on both sides of a change, in points: branches weighted by how deep they lie.
///
/// `prodops-classify` says what counts. A side that is not there has 0, since it holds no branch; a file of which one side is not
/// known has no `ComplexityDelta` at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ComplexityDelta {
    /// Before the change.
    pub before: u32,
    /// After it.
    pub after: u32,
}

impl ComplexityDelta {
    /// By how many points it rose, or fell where the number is negative.
    #[must_use]
    pub fn change(&self) -> i64 {
        i64::from(self.after) - i64::from(self.before)
    }
}
