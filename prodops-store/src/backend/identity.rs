//! The identity plane of a backend.

use async_trait::async_trait;
use prodops_core::id::{UserId, WorkspaceId};
use prodops_core::session::{SignInLinkRecord, SubjectKey, TokenHash, UserRecord};
use prodops_core::tenancy::{MembershipEvidence, MembershipRecord};

use crate::error::StoreError;

/// Users, memberships and sign-in links: exact-key look-ups only.
#[async_trait]
pub trait IdentityBackend: Send + Sync {
    /// Adds a user, and with a subject the way to find them again.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] when the id or the subject is taken; then nothing is kept.
    async fn create_user(&self, user: &UserRecord, subject: Option<&SubjectKey>) -> Result<(), StoreError>;

    /// The user with this subject.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn user_by_subject(&self, subject: &SubjectKey) -> Result<Option<UserId>, StoreError>;

    /// Adds the membership, or replaces the one with the same id, user and workspace. When that changes what the member
    /// may do, each of the user's sessions gets a new token with its next request.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when user or workspace is unknown, [`StoreError::AlreadyExists`] when the user has
    /// another membership in this workspace.
    async fn put_membership(&self, membership: &MembershipRecord) -> Result<(), StoreError>;

    /// Puts `after` in the place of the membership that is just as `before`, with the effect of
    /// [`IdentityBackend::put_membership`]. `false`, and nothing is kept, when it is not.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn replace_membership(
        &self,
        before: &MembershipRecord,
        after: &MembershipRecord,
    ) -> Result<bool, StoreError>;

    /// The membership of a user in a workspace, in force or not.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn membership(
        &self,
        user: UserId,
        workspace: WorkspaceId,
    ) -> Result<Option<MembershipRecord>, StoreError>;

    /// The memberships of a user with their workspaces and the marks of those, from one snapshot.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn memberships(&self, user: UserId) -> Result<Vec<MembershipEvidence>, StoreError>;

    /// Adds a one-time link.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when the user is unknown, [`StoreError::AlreadyExists`] when the token is taken.
    async fn put_sign_in_link(&self, token: &TokenHash, link: &SignInLinkRecord) -> Result<(), StoreError>;

    /// Removes the link and hands it over: of many callers at once exactly one gets it.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn take_sign_in_link(&self, token: &TokenHash) -> Result<Option<SignInLinkRecord>, StoreError>;
}
