//! The identity plane, for the engine's sign-in and membership code.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use prodops_core::id::{UserId, WorkspaceId};
use prodops_core::session::{SignInLinkRecord, SubjectKey, TokenHash, UserRecord};
use prodops_core::tenancy::{Authority, MembershipRecord};
use prodops_core::time::Timestamp;

use crate::backend::Backend;
use crate::error::StoreError;

/// Users, sessions, API tokens, memberships and sign-in links.
///
/// Looking sessions, tokens and memberships up is left to the [`Authority`], which turns them into proofs.
pub struct IdentityStore<'s> {
    pub(super) backend: Arc<dyn Backend>,
    authority: PhantomData<&'s Authority>,
}

impl<'s> IdentityStore<'s> {
    pub(crate) fn new(backend: Arc<dyn Backend>, _checked: &'s Authority) -> Self {
        Self { backend, authority: PhantomData }
    }

    /// Adds a user, and with a subject the way to find them again.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] when the id or the subject is taken; then nothing is kept.
    pub async fn create_user(
        &self,
        user: &UserRecord,
        subject: Option<&SubjectKey>,
    ) -> Result<(), StoreError> {
        self.backend.create_user(user, subject).await
    }

    /// The user whom an outside login knows by this subject.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn user_by_subject(&self, subject: &SubjectKey) -> Result<Option<UserId>, StoreError> {
        self.backend.user_by_subject(subject).await
    }

    /// Adds the membership, or replaces the one with the same id, user and workspace. When that changes what the member
    /// may do, each of the user's sessions gets a new token with its next request.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when user or workspace is unknown or [`MembershipRecord::check`] has something to say,
    /// [`StoreError::AlreadyExists`] when the user has another membership in this workspace.
    pub async fn put_membership(&self, membership: &MembershipRecord) -> Result<(), StoreError> {
        complete(membership)?;
        self.backend.put_membership(membership).await
    }

    /// Puts `after` in the place of the membership that is just as `before`, with the effect of
    /// [`IdentityStore::put_membership`]. `false`, and nothing is kept, when it is not.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when the two are not of the same user and workspace under the same id, or
    /// [`MembershipRecord::check`] has something to say of `after`.
    pub async fn replace_membership(
        &self,
        before: &MembershipRecord,
        after: &MembershipRecord,
    ) -> Result<bool, StoreError> {
        if (before.id, before.user, before.workspace) != (after.id, after.user, after.workspace) {
            return Err(StoreError::invalid(
                "membership",
                "must stay one of the same user in the same workspace",
            ));
        }
        complete(after)?;
        self.backend.replace_membership(before, after).await
    }

    /// The membership of a user in a workspace, in force or not.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn membership(
        &self,
        user: UserId,
        workspace: WorkspaceId,
    ) -> Result<Option<MembershipRecord>, StoreError> {
        self.backend.membership(user, workspace).await
    }

    /// Whether the user is a member of any workspace whose membership is in force at `now`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn is_member(&self, user: UserId, now: Timestamp) -> Result<bool, StoreError> {
        let all = self.backend.memberships(user).await?;
        Ok(all.iter().any(|found| found.membership.is_in_force(now)))
    }

    /// Adds a one-time sign-in link.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when the user is unknown, [`StoreError::AlreadyExists`] when the token is taken.
    pub async fn put_sign_in_link(
        &self,
        token: &TokenHash,
        link: &SignInLinkRecord,
    ) -> Result<(), StoreError> {
        self.backend.put_sign_in_link(token, link).await
    }

    /// Takes a sign-in link: of many callers at once exactly one gets it. Its expiry is the caller's to check; an
    /// expired link is used up all the same.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn take_sign_in_link(&self, token: &TokenHash) -> Result<Option<SignInLinkRecord>, StoreError> {
        self.backend.take_sign_in_link(token).await
    }
}

/// What a membership must say whatever the backend.
pub(super) fn complete(membership: &MembershipRecord) -> Result<(), StoreError> {
    membership.check().map_err(|_| StoreError::invalid("membership", "of this role must say until when"))
}

impl fmt::Debug for IdentityStore<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdentityStore").finish_non_exhaustive()
    }
}
