//! The tie between a user and a workspace: the row, and the proof that the caller has one.

use serde::{Deserialize, Serialize};

use super::authority::{Authority, AuthorityError, AuthorityId};
use super::claim::Claim;
use super::kept::KeptMembership;
use super::role::Role;
use super::scope::{Principal, Via, WorkspaceScope};
use super::workspace::{WorkspaceRecord, WorkspaceState};
use crate::id::{MembershipId, UserId, WorkspaceId};
use crate::input::{InputError, WorkspaceSlug};
use crate::time::Timestamp;

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
#[serde(from = "KeptMembership", into = "KeptMembership")]
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
    /// From then on it is as good as none; `None` when it has no end.
    pub until: Option<Timestamp>,
}

impl MembershipRecord {
    /// Whether its holder may act at `now`: it is not suspended, not over, and of a role that is only given for a time it has
    /// an end.
    #[must_use]
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        let lasts = self.until.map_or(!self.role.needs_end(), |end| now < end);
        self.state == MembershipState::Active && lasts
    }

    /// Checks what no store keeps otherwise: who helps from outside does so until a time that the row names.
    ///
    /// # Errors
    /// With what to change.
    pub const fn check(&self) -> Result<(), InputError> {
        if self.role.needs_end() && self.until.is_none() {
            return Err(InputError::broken("membership with the role support", "must say until when"));
        }
        Ok(())
    }
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

/// Proof that the bearer of a verified session or API token was an active member of a workspace when it was asked for.
///
/// # Security
/// Private fields, no deserialisation, no public constructor: it comes from [`Membership::resolve`] and
/// [`Membership::of`] only.
#[derive(Debug)]
pub struct Membership {
    authority: AuthorityId,
    record: MembershipRecord,
    workspace: WorkspaceRecord,
    via: Via,
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
    /// row, with what the token's cap and the member's present role have in common; for a session those that no revocation has
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
        let (rows, now) = (authority.sources().memberships(claim.user()).await?, authority.clock().now());
        let mut own: Vec<Self> =
            rows.into_iter().filter_map(|found| Self::of_row(authority.id(), claim, found, now)).collect();
        own.sort_by(|a, b| a.workspace.slug.cmp(&b.workspace.slug));
        Ok(own)
    }

    fn of_row(
        authority: AuthorityId,
        claim: Claim<'_>,
        found: MembershipEvidence,
        now: Timestamp,
    ) -> Option<Self> {
        // INVARIANT: the source answers by user, but the proof does not rest on that.
        let own = found.membership.user == claim.user() && found.membership.workspace == found.workspace.id;
        let in_force = found.membership.is_in_force(now);
        let role = claim.role_in(&found).filter(|_| own && in_force)?;
        // INVARIANT: in its grace, a workspace is there for those who may call its deletion off, and for nobody else.
        if found.workspace.state == WorkspaceState::Deleting && role != Role::Owner {
            return None;
        }
        Some(Self {
            authority,
            record: MembershipRecord { role, ..found.membership },
            workspace: found.workspace,
            via: claim.via(),
        })
    }

    /// The scope of this workspace for this member.
    #[must_use]
    pub fn scope(&self) -> WorkspaceScope {
        let MembershipRecord { id: membership, user, role, until, .. } = self.record;
        let principal = Principal::Member { membership, user, role, until, via: self.via };
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
