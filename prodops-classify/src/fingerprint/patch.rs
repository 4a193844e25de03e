//! The fingerprint of a patch and of the patch that takes it back.

use std::fmt;

use prodops_core::fact::PatchId;
use prodops_core::index_key::{IndexKey, IndexLabel, IndexSubkey};

use super::git_patch::GitPatch;

/// Hides git's patch ids under a key. Version 1: SipHash-2-4 with 128 bits of the 20 bytes of the id, under the subkey for
/// `fingerprint/1/patch`.
pub struct PatchKeys(IndexSubkey);

impl PatchKeys {
    /// The subkey of this key.
    #[must_use]
    pub fn of(key: &IndexKey) -> Self {
        Self(key.subkey(IndexLabel::Patch))
    }

    /// The keyed form of a patch id.
    #[must_use]
    pub fn hide(&self, patch: &GitPatch) -> (PatchId, PatchId) {
        (PatchId(self.0.hash128(&patch.forward)), PatchId(self.0.hash128(&patch.inverse)))
    }
}

impl fmt::Debug for PatchKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PatchKeys")
    }
}
