//! Policies that can be changed while they are asked.

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;
use prodops_core::id::WorkspaceId;

use crate::error::PolicyError;
use crate::file::PolicyFile;
use crate::hash::ProgramHash;
use crate::overlay::Overlay;
use crate::policy::Policy;

/// How many questions a new set is compared with Cedar on before it is published.
const COMPARED: usize = 512;

/// A step of a reload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReloadStep {
    /// Reading the files as Cedar.
    Parse,
    /// Holding them against the schema.
    Validate,
    /// Making them ready.
    Lower,
    /// What must hold for every set: workspaces kept apart, lists that can be filtered.
    Invariants,
    /// A sample of questions, asked of the new program and of Cedar.
    Compare,
}

impl fmt::Display for ReloadStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Parse => "parse",
            Self::Validate => "validate",
            Self::Lower => "lower",
            Self::Invariants => "check the invariants",
            Self::Compare => "compare with cedar",
        })
    }
}

/// New policies are not taken; those from before stay in force.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot {step}: {source}; the policies from before stay in force")]
pub struct ReloadError {
    /// The step that failed.
    pub step: ReloadStep,
    /// Why.
    pub source: PolicyError,
}

/// What a reload changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reloaded {
    /// The policies from before.
    pub before: ProgramHash,
    /// Those in force from now on.
    pub after: ProgramHash,
}

/// Policies that have passed every step but the last.
#[derive(Debug)]
pub struct CheckedPolicy(Policy);

impl CheckedPolicy {
    /// Takes policies through every step but the last.
    ///
    /// # Errors
    /// [`ReloadError`], with the step that failed.
    pub fn of(files: &[PolicyFile<'_>]) -> Result<Self, ReloadError> {
        let new = Policy::built(files).map_err(|(step, source)| ReloadError { step, source })?;
        let compared = new.decider().compare_with_cedar(COMPARED);
        compared.map_err(|source| ReloadError { step: ReloadStep::Compare, source })?;
        Ok(Self(new))
    }
}

/// The policies in force, behind one pointer: whoever asks takes the whole set of one moment, and a reload replaces it at once or
/// not at all.
pub struct ReloadablePolicy {
    current: ArcSwap<Policy>,
}

impl ReloadablePolicy {
    /// Begins with this set.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self { current: ArcSwap::from_pointee(policy) }
    }

    /// The set in force. A decision and what follows from it should use one and the same.
    #[must_use]
    pub fn current(&self) -> Arc<Policy> {
        self.current.load_full()
    }

    /// Puts other policies of the deployment in force; the workspaces' own stay.
    ///
    /// # Errors
    /// [`ReloadError`], with the step that failed. Nothing has changed then.
    pub fn reload(&self, files: &[PolicyFile<'_>]) -> Result<Reloaded, ReloadError> {
        Ok(self.publish(&CheckedPolicy::of(files)?))
    }

    /// Puts a set in force that was checked before, for whoever has something to do in between: an entry in a log, for one.
    pub fn publish(&self, checked: &CheckedPolicy) -> Reloaded {
        let after = checked.0.hash();
        let before = self.current.rcu(|old| checked.0.with_overlays_of(old)).hash();
        Reloaded { before, after }
    }

    /// Puts policies of a workspace's own in force, in place of those that it had.
    pub fn set_overlay(&self, overlay: Overlay) {
        let overlay = Arc::new(overlay);
        self.current.rcu(|old| old.with_overlay(Arc::clone(&overlay)));
    }

    /// Takes the policies of a workspace's own out of force.
    pub fn remove_overlay(&self, workspace: WorkspaceId) {
        self.current.rcu(|old| old.without_overlay(workspace));
    }
}

impl fmt::Debug for ReloadablePolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ReloadablePolicy").field(&self.current.load()).finish()
    }
}
