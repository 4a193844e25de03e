//! The identity plane in tables.

use async_trait::async_trait;
use prodops_core::id::{UserId, WorkspaceId};
use prodops_core::session::{RevocationSubject, SignInLinkRecord, SubjectKey, TokenHash, UserRecord};
use prodops_core::tenancy::{MembershipEvidence, MembershipRecord};

use super::key::Exact;
use super::tables::{MEMBERSHIPS, SIGN_IN_LINKS, SUBJECTS, USERS, WORKSPACES};
use super::transaction::{Reading, Writing};
use super::{Embedded, sessions};
use crate::backend::IdentityBackend;
use crate::error::StoreError;

#[async_trait]
impl IdentityBackend for Embedded {
    async fn create_user(&self, user: &UserRecord, subject: Option<&SubjectKey>) -> Result<(), StoreError> {
        let (user, subject) = (user.clone(), subject.copied());
        self.write(move |tx| {
            USERS.write(tx)?.add(&Exact::new(user.id.as_bytes()), &user, "user")?;
            let Some(subject) = subject else { return Ok(()) };
            SUBJECTS.write(tx)?.add(&Exact::new(&tx.keys.lookup(subject.as_bytes())?), &user.id, "subject")
        })
        .await
    }

    async fn user_by_subject(&self, subject: &SubjectKey) -> Result<Option<UserId>, StoreError> {
        self.peek(|tx| SUBJECTS.read(tx)?.get(&Exact::new(&tx.keys.lookup(subject.as_bytes())?))).await
    }

    async fn put_membership(&self, membership: &MembershipRecord) -> Result<(), StoreError> {
        let row = membership.clone();
        self.write(move |tx| put_membership(tx, &row)).await
    }

    async fn replace_membership(
        &self,
        before: &MembershipRecord,
        after: &MembershipRecord,
    ) -> Result<bool, StoreError> {
        let (before, after) = (before.clone(), after.clone());
        self.write(move |tx| replace_membership(tx, &before, &after)).await
    }

    async fn membership(
        &self,
        user: UserId,
        workspace: WorkspaceId,
    ) -> Result<Option<MembershipRecord>, StoreError> {
        let key = Exact::new(user.as_bytes()).then(workspace.as_bytes());
        self.peek(|tx| MEMBERSHIPS.read(tx)?.get(&key)).await
    }

    async fn memberships(&self, user: UserId) -> Result<Vec<MembershipEvidence>, StoreError> {
        self.read(move |tx| memberships(tx, user)).await
    }

    async fn put_sign_in_link(&self, token: &TokenHash, link: &SignInLinkRecord) -> Result<(), StoreError> {
        let (key, row) = (Exact::new(token.as_bytes()), link.clone());
        self.write(move |tx| {
            SIGN_IN_LINKS.write(tx)?.add(&key, &row, "sign-in link")?;
            require_user(tx, row.user)
        })
        .await
    }

    async fn take_sign_in_link(&self, token: &TokenHash) -> Result<Option<SignInLinkRecord>, StoreError> {
        let key = Exact::new(token.as_bytes());
        self.write(move |tx| SIGN_IN_LINKS.write(tx)?.remove(&key)).await
    }
}

fn memberships(tx: &Reading, user: UserId) -> Result<Vec<MembershipEvidence>, StoreError> {
    let workspaces = WORKSPACES.read(tx)?;
    let mut found = Vec::new();
    for membership in MEMBERSHIPS.read(tx)?.all(&Exact::new(user.as_bytes()))? {
        if let Some(workspace) = workspaces.get(&Exact::new(membership.workspace.as_bytes()))? {
            let revoked = sessions::mark_of(tx, RevocationSubject::Workspace(workspace.id))?;
            found.push(MembershipEvidence { membership, workspace, revoked });
        }
    }
    Ok(found)
}

/// Changes a membership that is still as somebody saw it.
fn replace_membership(
    tx: &Writing,
    before: &MembershipRecord,
    after: &MembershipRecord,
) -> Result<bool, StoreError> {
    let key = Exact::new(before.user.as_bytes()).then(before.workspace.as_bytes());
    if MEMBERSHIPS.write(tx)?.get(&key)?.as_ref() != Some(before) {
        return Ok(false);
    }
    put_membership(tx, after).map(|()| true)
}

/// Adds a membership, or changes the one that the user has in the workspace.
pub(super) fn put_membership(tx: &Writing, row: &MembershipRecord) -> Result<(), StoreError> {
    require_user(tx, row.user)?;
    if !WORKSPACES.write(tx)?.contains(&Exact::new(row.workspace.as_bytes()))? {
        return Err(StoreError::invalid("workspace", "does not exist"));
    }
    let key = Exact::new(row.user.as_bytes()).then(row.workspace.as_bytes());
    let mut memberships = MEMBERSHIPS.write(tx)?;
    let before = memberships.get(&key)?;
    if before.as_ref().is_some_and(|other| other.id != row.id) {
        return Err(StoreError::AlreadyExists { what: "membership" });
    }
    memberships.put(&key, row)?;
    match before {
        Some(before) if before != *row => sessions::renew_all_of(tx, row.user),
        _ => Ok(()),
    }
}

pub(super) fn require_user(tx: &Writing, user: UserId) -> Result<(), StoreError> {
    if USERS.write(tx)?.contains(&Exact::new(user.as_bytes()))? {
        Ok(())
    } else {
        Err(StoreError::invalid("user", "does not exist"))
    }
}
