//! The proof that a policy allowed one action on one resource.

use std::fmt;
use std::marker::PhantomData;

use prodops_core::id::WorkspaceId;
use prodops_core::tenancy::{AuthorityId, Principal, WorkspaceScope};

use crate::action::Action;
use crate::hash::ProgramHash;
use crate::resource::{ResourceFacts, ResourceKey};

/// Proof that [`Policy::authorize`](crate::Policy::authorize) allowed `A` on one resource for one principal.
///
/// # Security
/// Private fields, not `Clone`, no deserialisation: there is no other way to one. A function that takes
/// `&Permit<RunSync>` cannot be called without a decision on that action; whoever takes a permit beside a scope must ask
/// [`Permit::covers`], since a type cannot say *which* workspace a permit is for, and [`Permit::is_for`] or
/// [`Permit::resource`] for the row.
#[must_use = "a permit that nothing asks for guards nothing"]
pub struct Permit<A: Action> {
    authority: AuthorityId,
    workspace: WorkspaceId,
    principal: Principal,
    resource: ResourceKey,
    version: Option<u64>,
    program: ProgramHash,
    action: PhantomData<fn() -> A>,
}

impl<A: Action> Permit<A> {
    /// INVARIANT: called only after a decision that allowed `A`, whose tenant policy saw to it that the resource
    /// belongs to the workspace of the scope.
    pub(crate) fn new(
        scope: &WorkspaceScope,
        resource: ResourceKey,
        version: Option<u64>,
        program: ProgramHash,
    ) -> Self {
        Self {
            authority: scope.authority(),
            workspace: scope.workspace(),
            principal: scope.principal(),
            resource,
            version,
            program,
            action: PhantomData,
        }
    }

    /// The action's name, for the audit log.
    #[must_use]
    pub const fn action(&self) -> &'static str {
        A::NAME
    }

    /// The workspace in which it was allowed.
    #[must_use]
    pub const fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    /// What it was allowed on.
    #[must_use]
    pub const fn resource(&self) -> ResourceKey {
        self.resource
    }

    /// The version of the row that was decided on, when it was said: see [`Policy::authorize_version`].
    ///
    /// [`Policy::authorize_version`]: crate::Policy::authorize_version
    #[must_use]
    pub const fn version(&self) -> Option<u64> {
        self.version
    }

    /// The policies of the deployment that allowed it.
    #[must_use]
    pub const fn program(&self) -> ProgramHash {
        self.program
    }

    /// Whether the permit was given to the principal of this scope, in its workspace, by way of its authority.
    #[must_use]
    pub fn covers(&self, scope: &WorkspaceScope) -> bool {
        self.authority == scope.authority()
            && self.workspace == scope.workspace()
            && self.principal == scope.principal()
    }

    /// Whether the permit is for exactly this resource.
    #[must_use]
    pub fn is_for(&self, resource: &A::Resource) -> bool {
        self.workspace == resource.workspace() && self.resource == resource.key()
    }
}

impl<A: Action> fmt::Debug for Permit<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit")
            .field("action", &A::NAME)
            .field("workspace", &self.workspace)
            .field("resource", &self.resource)
            .finish_non_exhaustive()
    }
}
