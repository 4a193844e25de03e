//! The store as an engine holds it: one backend, bound to one authority.

use std::fmt;
use std::sync::Arc;

use prodops_core::tenancy::{Authority, AuthorityId, ControlCapability, WorkspaceScope};

use crate::backend::Backend;
use crate::error::StoreError;
use crate::plane::{AuditStore, ControlStore, IdentityStore, JobStore, LifecycleStore, WorkspaceStore};

/// Three planes behind three doors; each door opens only for evidence of the authority that the store is bound to.
#[derive(Clone)]
pub struct Store {
    backend: Arc<dyn Backend>,
    authority: AuthorityId,
}

impl Store {
    /// Binds a backend to the authority whose scopes it obeys.
    #[must_use]
    pub fn bind(backend: Arc<dyn Backend>, authority: &Authority) -> Self {
        Self { backend, authority: authority.id() }
    }

    /// The identity plane.
    ///
    /// # Errors
    /// [`StoreError::ScopeViolation`] for another authority than the one that the store is bound to.
    pub fn identity<'s>(&self, authority: &'s Authority) -> Result<IdentityStore<'s>, StoreError> {
        self.expect(authority.id())?;
        Ok(IdentityStore::new(Arc::clone(&self.backend), authority))
    }

    /// The control plane.
    ///
    /// # Errors
    /// [`StoreError::ScopeViolation`] for a capability of another authority.
    pub fn control<'s>(&self, capability: &'s ControlCapability) -> Result<ControlStore<'s>, StoreError> {
        self.expect(capability.authority())?;
        Ok(ControlStore::new(Arc::clone(&self.backend), capability))
    }

    /// The job queue.
    ///
    /// # Errors
    /// [`StoreError::ScopeViolation`] for a capability of another authority.
    pub fn jobs<'s>(&self, capability: &'s ControlCapability) -> Result<JobStore<'s>, StoreError> {
        self.expect(capability.authority())?;
        Ok(JobStore::new(Arc::clone(&self.backend), capability))
    }

    /// The audit logs of the deployment and of all workspaces.
    ///
    /// # Errors
    /// [`StoreError::ScopeViolation`] for a capability of another authority.
    pub fn audit<'s>(&self, capability: &'s ControlCapability) -> Result<AuditStore<'s>, StoreError> {
        self.expect(capability.authority())?;
        Ok(AuditStore::new(Arc::clone(&self.backend), capability))
    }

    /// Tombstones, purges, snapshots and restores.
    ///
    /// # Errors
    /// [`StoreError::ScopeViolation`] for a capability of another authority.
    pub fn lifecycle<'s>(&self, capability: &'s ControlCapability) -> Result<LifecycleStore<'s>, StoreError> {
        self.expect(capability.authority())?;
        Ok(LifecycleStore::new(Arc::clone(&self.backend), capability))
    }

    /// The workspace plane, seen from inside the scope's workspace.
    ///
    /// # Errors
    /// [`StoreError::ScopeViolation`] for a scope of another authority.
    pub fn workspace<'s>(&self, scope: &'s WorkspaceScope) -> Result<WorkspaceStore<'s>, StoreError> {
        self.expect(scope.authority())?;
        Ok(WorkspaceStore::new(Arc::clone(&self.backend), scope))
    }

    fn expect(&self, authority: AuthorityId) -> Result<(), StoreError> {
        if authority == self.authority { Ok(()) } else { Err(StoreError::ScopeViolation) }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("authority", &self.authority).finish_non_exhaustive()
    }
}
