//! The one place that turns evidence into the right to look into a workspace.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use super::lease::LeaseRecord;
use super::membership::MembershipEvidence;
use crate::api_token::ApiTokenRecord;
use crate::clock::Clock;
use crate::entropy::{Entropy, EntropyError};
use crate::id::{LeaseId, UserId};
use crate::session::{SessionEvidence, SessionExpiry, TokenHash};

/// Which authority minted a scope: random per authority, so that scopes of one engine mean nothing to another's store.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AuthorityId([u8; 16]);

impl fmt::Debug for AuthorityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthorityId(…)")
    }
}

/// Evidence could not be checked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorityError {
    /// The source of sessions, tokens, memberships and leases did not answer.
    #[error("identity data cannot be read")]
    Source(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The evidence was made by another authority.
    #[error("evidence of another authority")]
    ForeignAuthority,
}

/// Where an authority looks evidence up. Exact keys only: nothing here lists users, sessions or workspaces.
///
/// A store implements this; only an [`Authority`] calls it.
#[async_trait]
pub trait AuthoritySource: Send + Sync {
    /// The session that this token belongs to, the token's own row and the marks that concern it, as of one moment.
    ///
    /// # Errors
    /// [`AuthorityError::Source`] when it cannot be read.
    async fn session(&self, token: &TokenHash) -> Result<Option<SessionEvidence>, AuthorityError>;

    /// The API token with this hash.
    ///
    /// # Errors
    /// [`AuthorityError::Source`] when it cannot be read.
    async fn api_token(&self, token: &TokenHash) -> Result<Option<ApiTokenRecord>, AuthorityError>;

    /// The memberships of this user with their workspaces.
    ///
    /// # Errors
    /// [`AuthorityError::Source`] when they cannot be read.
    async fn memberships(&self, user: UserId) -> Result<Vec<MembershipEvidence>, AuthorityError>;

    /// The lease with this id.
    ///
    /// # Errors
    /// [`AuthorityError::Source`] when it cannot be read.
    async fn lease(&self, lease: LeaseId) -> Result<Option<LeaseRecord>, AuthorityError>;
}

/// Mints verified sessions, memberships, leases and the control capability. Not `Clone`; an engine makes exactly one.
pub struct Authority {
    id: AuthorityId,
    sources: Arc<dyn AuthoritySource>,
    clock: Arc<dyn Clock>,
    expiry: SessionExpiry,
}

impl Authority {
    /// Makes the authority of an engine.
    ///
    /// # Security
    /// Whoever holds an authority decides who gets in. Disallowed by lint outside the engine's builder and tests.
    ///
    /// # Errors
    /// When the entropy source fails.
    pub fn new(
        sources: Arc<dyn AuthoritySource>,
        clock: Arc<dyn Clock>,
        entropy: &dyn Entropy,
        expiry: SessionExpiry,
    ) -> Result<Self, EntropyError> {
        let mut id = [0u8; 16];
        entropy.fill(&mut id)?;
        Ok(Self { id: AuthorityId(id), sources, clock, expiry })
    }

    /// Its id, which a store is bound to.
    #[must_use]
    pub const fn id(&self) -> AuthorityId {
        self.id
    }

    /// The right to the control plane: the registry of workspaces and the leases. It opens no facts.
    #[must_use]
    pub const fn control(&self) -> ControlCapability {
        ControlCapability { authority: self.id }
    }

    /// How long sessions last.
    #[must_use]
    pub const fn expiry(&self) -> SessionExpiry {
        self.expiry
    }

    pub(crate) fn sources(&self) -> &dyn AuthoritySource {
        self.sources.as_ref()
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The right to the control plane, minted by [`Authority::control`].
#[derive(Debug)]
pub struct ControlCapability {
    authority: AuthorityId,
}

impl ControlCapability {
    /// The authority that minted it.
    #[must_use]
    pub const fn authority(&self) -> AuthorityId {
        self.authority
    }
}
