//! The tie between a user and a workspace: the row, and the proof that the caller has one.

use serde::{Deserialize, Serialize};

use super::authority::{Authority, AuthorityError, AuthorityId};
use super::claim::Claim;
use super::role::Role;
use super::scope::{Principal, WorkspaceScope};
use super::workspace::{WorkspaceRecord, WorkspaceState};
use crate::id::{MembershipId, UserId, WorkspaceId};
use crate::input::WorkspaceSlug;

/// Whether a member may act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MembershipState {
    /// May act.
    Active,
    /// Kept on the list, may do nothing.
    Suspended,
}

/// A membership as the store keeps it: data, not a proof of anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembershipRecord {
    /// The membership's id.
    pub id: MembershipId,
    /// Where.
    pub workspace: WorkspaceId,
    /// Who.
    pub user: UserId,
    /// As what.
    pub role: Role,
    /// Whether it is in force.
    pub state: MembershipState,
}

/// A membership with what is looked up beside it, as of one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembershipEvidence {
    /// The membership.
    pub membership: MembershipRecord,
    /// Its workspace.
    pub workspace: WorkspaceRecord,
    /// The workspace's mark: see [`RevocationSubject`](crate::session::RevocationSubject).
    pub revoked: u64,
}

/// Proof that the bearer of a verified session or API token is an active member of a workspace.
///
/// # Security
/// Private fields, no deserialisation, no public constructor: it comes from [`Membership::resolve`] and
/// [`Membership::of`] only.
#[derive(Debug)]
pub struct Membership {
    authority: AuthorityId,
    record: MembershipRecord,
    workspace: WorkspaceRecord,
}

impl Membership {
    /// Finds the caller's own active membership in the workspace that the slug names.
    ///
    /// `Ok(None)` when there is no such workspace or the caller is no active member of it: the two look the same.
    ///
    /// # Errors
    /// When the source of memberships cannot be read.
    pub async fn resolve<'c>(
        authority: &Authority,
        claim: impl Into<Claim<'c>>,
        slug: &WorkspaceSlug,
    ) -> Result<Option<Self>, AuthorityError> {
        let all = Self::of(authority, claim).await?;
        Ok(all.into_iter().find(|membership| membership.workspace.slug == *slug))
    }

    /// Lists the caller's own active memberships, ordered by slug. For an API token it is the one of the token's own
    /// row, with the lesser of the token's cap and the member's present role; for a session those that no revocation has
    /// closed to it.
    ///
    /// # Errors
    /// When the source of memberships cannot be read.
    pub async fn of<'c>(
        authority: &Authority,
        claim: impl Into<Claim<'c>>,
    ) -> Result<Vec<Self>, AuthorityError> {
        let claim = claim.into();
        if claim.authority() != authority.id() {
            return Err(AuthorityError::ForeignAuthority);
        }
        let rows = authority.sources().memberships(claim.user()).await?;
        let mut own: Vec<Self> =
            rows.into_iter().filter_map(|found| Self::of_row(authority.id(), claim, found)).collect();
        own.sort_by(|a, b| a.workspace.slug.cmp(&b.workspace.slug));
        Ok(own)
    }

    fn of_row(authority: AuthorityId, claim: Claim<'_>, found: MembershipEvidence) -> Option<Self> {
        // INVARIANT: the source answers by user, but the proof does not rest on that.
        let own = found.membership.user == claim.user() && found.membership.workspace == found.workspace.id;
        let active = found.membership.state == MembershipState::Active;
        let role = claim.role_in(&found).filter(|_| own && active)?;
        // INVARIANT: in its grace, a workspace is there for those who may call its deletion off, and for nobody else.
        if found.workspace.state == WorkspaceState::Deleting && role != Role::Owner {
            return None;
        }
        Some(Self {
            authority,
            record: MembershipRecord { role, ..found.membership },
            workspace: found.workspace,
        })
    }

    /// The scope of this workspace for this member.
    #[must_use]
    pub fn scope(&self) -> WorkspaceScope {
        let principal =
            Principal::Member { membership: self.record.id, user: self.record.user, role: self.record.role };
        WorkspaceScope::mint(self.authority, self.workspace.id, self.workspace.state, principal)
    }

    /// The workspace.
    #[must_use]
    pub const fn workspace(&self) -> &WorkspaceRecord {
        &self.workspace
    }

    /// The membership's id.
    #[must_use]
    pub const fn id(&self) -> MembershipId {
        self.record.id
    }

    /// Whose membership it is.
    #[must_use]
    pub const fn user(&self) -> UserId {
        self.record.user
    }

    /// The role that the caller has in it.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.record.role
    }
}
