//! The store as the authority's source of evidence.

use std::sync::Arc;

use async_trait::async_trait;
use prodops_core::id::{LeaseId, UserId};
use prodops_core::session::{SessionRecord, TokenHash};
use prodops_core::tenancy::{
    AuthorityError, AuthoritySource, LeaseRecord, MembershipRecord, WorkspaceRecord,
};

use crate::backend::Backend;

/// Where an [`Authority`](prodops_core::tenancy::Authority) looks up sessions, memberships and leases: the rows of
/// this backend.
#[must_use]
pub fn authority_source(backend: &Arc<dyn Backend>) -> Arc<dyn AuthoritySource> {
    Arc::new(StoredEvidence(Arc::clone(backend)))
}

struct StoredEvidence(Arc<dyn Backend>);

#[async_trait]
impl AuthoritySource for StoredEvidence {
    async fn session(&self, token: &TokenHash) -> Result<Option<SessionRecord>, AuthorityError> {
        self.0.session(token).await.map_err(|error| AuthorityError::Source(error.into()))
    }

    async fn memberships(
        &self,
        user: UserId,
    ) -> Result<Vec<(MembershipRecord, WorkspaceRecord)>, AuthorityError> {
        self.0.memberships(user).await.map_err(|error| AuthorityError::Source(error.into()))
    }

    async fn lease(&self, lease: LeaseId) -> Result<Option<LeaseRecord>, AuthorityError> {
        self.0.lease(lease).await.map_err(|error| AuthorityError::Source(error.into()))
    }
}
