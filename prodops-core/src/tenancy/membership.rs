//! The tie between a user and a workspace: the row, and the proof that the caller has one.

use serde::{Deserialize, Serialize};

use super::authority::{Authority, AuthorityError, AuthorityId};
use super::role::Role;
use super::scope::{Principal, WorkspaceScope};
use super::workspace::WorkspaceRecord;
use crate::id::{MembershipId, UserId, WorkspaceId};
use crate::input::WorkspaceSlug;
use crate::session::VerifiedSession;

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

/// Proof that the bearer of a verified session is an active member of a workspace.
///
/// # Security
/// Private fields, no deserialisation, no public constructor: it comes from [`Membership::resolve`] only.
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
    pub async fn resolve(
        authority: &Authority,
        session: &VerifiedSession,
        slug: &WorkspaceSlug,
    ) -> Result<Option<Self>, AuthorityError> {
        let all = Self::of_session(authority, session).await?;
        Ok(all.into_iter().find(|membership| membership.workspace.slug == *slug))
    }

    /// Lists the caller's own active memberships, ordered by slug.
    ///
    /// # Errors
    /// When the source of memberships cannot be read.
    pub async fn of_session(
        authority: &Authority,
        session: &VerifiedSession,
    ) -> Result<Vec<Self>, AuthorityError> {
        if session.authority() != authority.id() {
            return Err(AuthorityError::ForeignAuthority);
        }
        let rows = authority.sources().memberships(session.user()).await?;
        let mut own: Vec<Self> = rows
            .into_iter()
            // INVARIANT: the source answers by user, but the proof does not rest on that.
            .filter(|(record, workspace)| record.user == session.user() && record.workspace == workspace.id)
            .filter(|(record, _)| record.state == MembershipState::Active)
            .map(|(record, workspace)| Self { authority: authority.id(), record, workspace })
            .collect();
        own.sort_by(|a, b| a.workspace.slug.cmp(&b.workspace.slug));
        Ok(own)
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

    /// The role that the member has in it.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.record.role
    }
}
