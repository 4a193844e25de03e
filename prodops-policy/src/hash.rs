//! What a set of policies is recognised by.

use std::fmt;

use cedar_policy::PolicySet;
use prodops_core::id::WorkspaceId;
use sha2::{Digest, Sha256};

use crate::file::SCHEMA;

/// The hash of a set of policies with the schema that they are read by: the same policies have the same hash, whichever files
/// they stand in and in whichever order.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProgramHash([u8; 32]);

impl ProgramHash {
    pub(crate) fn of(set: &PolicySet) -> Self {
        Self::begun(b"prodops-policy/1", &[], set)
    }

    pub(crate) fn of_overlay(workspace: WorkspaceId, set: &PolicySet) -> Self {
        Self::begun(b"prodops-policy/1/overlay", workspace.as_bytes(), set)
    }

    /// Every part with its length before it, so that no two lists of parts run into the same bytes.
    fn begun(kind: &[u8], owner: &[u8], set: &PolicySet) -> Self {
        let mut policies: Vec<(String, String)> = set
            .policies()
            .map(|policy| (policy.id().to_string(), policy.to_cedar().unwrap_or_default()))
            .collect();
        policies.sort();
        let mut hash = Sha256::new();
        let texts = policies.iter().flat_map(|(id, text)| [id.as_bytes(), text.as_bytes()]);
        for part in [kind, owner, SCHEMA.text.as_bytes()].into_iter().chain(texts) {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for ProgramHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ProgramHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProgramHash({self})")
    }
}
