//! The identity plane of a backend.

use async_trait::async_trait;
use prodops_core::id::UserId;
use prodops_core::session::{SessionRecord, SignInLinkRecord, SubjectKey, TokenHash, UserRecord};
use prodops_core::tenancy::{MembershipRecord, WorkspaceRecord};
use prodops_core::time::Timestamp;

use crate::error::StoreError;

/// Users, sessions, memberships and sign-in links: exact-key look-ups only.
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

    /// Adds the membership, or replaces the one with the same id, user and workspace.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when user or workspace is unknown, [`StoreError::AlreadyExists`] when the user has
    /// another membership in this workspace.
    async fn put_membership(&self, membership: &MembershipRecord) -> Result<(), StoreError>;

    /// The memberships of a user with their workspaces.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn memberships(&self, user: UserId)
    -> Result<Vec<(MembershipRecord, WorkspaceRecord)>, StoreError>;

    /// Adds a session.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when the user is unknown, [`StoreError::AlreadyExists`] when the token is taken.
    async fn create_session(&self, token: &TokenHash, session: &SessionRecord) -> Result<(), StoreError>;

    /// The session with this token, over or not.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn session(&self, token: &TokenHash) -> Result<Option<SessionRecord>, StoreError>;

    /// Notes that the session was used, never moving it back in time. `false` when there is none.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn touch_session(&self, token: &TokenHash, seen: Timestamp) -> Result<bool, StoreError>;

    /// Removes the session. `false` when there was none.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn end_session(&self, token: &TokenHash) -> Result<bool, StoreError>;

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
