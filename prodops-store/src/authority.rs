//! The store as the authority's source of evidence.

use std::sync::Arc;

use async_trait::async_trait;
use prodops_core::api_token::ApiTokenRecord;
use prodops_core::id::{LeaseId, UserId};
use prodops_core::session::{SessionEvidence, TokenHash};
use prodops_core::tenancy::{AuthorityError, AuthoritySource, LeaseRecord, MembershipEvidence};

use crate::backend::Backend;

/// Where an [`Authority`](prodops_core::tenancy::Authority) looks up sessions, API tokens, memberships and leases: the rows of
/// this backend.
#[must_use]
pub fn authority_source(backend: &Arc<dyn Backend>) -> Arc<dyn AuthoritySource> {
    Arc::new(StoredEvidence(Arc::clone(backend)))
}

struct StoredEvidence(Arc<dyn Backend>);

#[async_trait]
impl AuthoritySource for StoredEvidence {
    async fn session(&self, token: &TokenHash) -> Result<Option<SessionEvidence>, AuthorityError> {
        self.0.session(token).await.map_err(|error| AuthorityError::Source(error.into()))
    }

    async fn api_token(&self, token: &TokenHash) -> Result<Option<ApiTokenRecord>, AuthorityError> {
        self.0.api_token(token).await.map_err(|error| AuthorityError::Source(error.into()))
    }

    async fn memberships(&self, user: UserId) -> Result<Vec<MembershipEvidence>, AuthorityError> {
        self.0.memberships(user).await.map_err(|error| AuthorityError::Source(error.into()))
    }

    async fn lease(&self, lease: LeaseId) -> Result<Option<LeaseRecord>, AuthorityError> {
        self.0.lease(lease).await.map_err(|error| AuthorityError::Source(error.into()))
    }
}
