//! The identity plane in tables.

use async_trait::async_trait;
use prodops_core::id::UserId;
use prodops_core::session::{SessionRecord, SignInLinkRecord, SubjectKey, TokenHash, UserRecord};
use prodops_core::tenancy::{MembershipRecord, WorkspaceRecord};
use prodops_core::time::Timestamp;

use super::Embedded;
use super::key::Exact;
use super::tables::{MEMBERSHIPS, SESSIONS, SIGN_IN_LINKS, SUBJECTS, USERS, WORKSPACES};
use super::transaction::Writing;
use crate::backend::IdentityBackend;
use crate::error::StoreError;

#[async_trait]
impl IdentityBackend for Embedded {
    async fn create_user(&self, user: &UserRecord, subject: Option<&SubjectKey>) -> Result<(), StoreError> {
        let (user, subject) = (user.clone(), subject.copied());
        self.write(move |tx| {
            USERS.write(tx)?.add(&Exact::new(user.id.as_bytes()), &user, "user")?;
            let Some(subject) = subject else { return Ok(()) };
            SUBJECTS.write(tx)?.add(&tx.keys.lookup(subject.as_bytes())?, &user.id, "subject")
        })
        .await
    }

    async fn user_by_subject(&self, subject: &SubjectKey) -> Result<Option<UserId>, StoreError> {
        self.peek(|tx| SUBJECTS.read(tx)?.get(&tx.keys.lookup(subject.as_bytes())?)).await
    }

    async fn put_membership(&self, membership: &MembershipRecord) -> Result<(), StoreError> {
        let row = membership.clone();
        self.write(move |tx| put_membership(tx, &row)).await
    }

    async fn memberships(
        &self,
        user: UserId,
    ) -> Result<Vec<(MembershipRecord, WorkspaceRecord)>, StoreError> {
        self.read(move |tx| {
            let workspaces = WORKSPACES.read(tx)?;
            let rows = MEMBERSHIPS.read(tx)?.all(&Exact::new(user.as_bytes()))?;
            let with_workspace = |row: MembershipRecord| {
                let workspace = workspaces.get(&Exact::new(row.workspace.as_bytes()));
                workspace.map(|found| found.map(|workspace| (row, workspace))).transpose()
            };
            rows.into_iter().filter_map(with_workspace).collect()
        })
        .await
    }

    async fn create_session(&self, token: &TokenHash, session: &SessionRecord) -> Result<(), StoreError> {
        let (key, row) = (Exact::new(token.as_bytes()), session.clone());
        self.write(move |tx| {
            require_user(tx, row.user)?;
            SESSIONS.write(tx)?.add(&key, &row, "session")
        })
        .await
    }

    async fn session(&self, token: &TokenHash) -> Result<Option<SessionRecord>, StoreError> {
        self.peek(|tx| SESSIONS.read(tx)?.get(&Exact::new(token.as_bytes()))).await
    }

    async fn touch_session(&self, token: &TokenHash, seen: Timestamp) -> Result<bool, StoreError> {
        let key = Exact::new(token.as_bytes());
        self.write(move |tx| {
            let mut sessions = SESSIONS.write(tx)?;
            let Some(mut row) = sessions.get(&key)? else { return Ok(false) };
            row.last_seen = row.last_seen.max(seen);
            sessions.put_if_changed(&key, &row)?;
            Ok(true)
        })
        .await
    }

    async fn end_session(&self, token: &TokenHash) -> Result<bool, StoreError> {
        let key = Exact::new(token.as_bytes());
        self.write(move |tx| Ok(SESSIONS.write(tx)?.remove(&key)?.is_some())).await
    }

    async fn put_sign_in_link(&self, token: &TokenHash, link: &SignInLinkRecord) -> Result<(), StoreError> {
        let (key, row) = (Exact::new(token.as_bytes()), link.clone());
        self.write(move |tx| {
            require_user(tx, row.user)?;
            SIGN_IN_LINKS.write(tx)?.add(&key, &row, "sign-in link")
        })
        .await
    }

    async fn take_sign_in_link(&self, token: &TokenHash) -> Result<Option<SignInLinkRecord>, StoreError> {
        let key = Exact::new(token.as_bytes());
        self.write(move |tx| SIGN_IN_LINKS.write(tx)?.remove(&key)).await
    }
}

/// Adds a membership, or changes the one that the user has in the workspace.
pub(super) fn put_membership(tx: &Writing, row: &MembershipRecord) -> Result<(), StoreError> {
    require_user(tx, row.user)?;
    if !WORKSPACES.write(tx)?.contains(&Exact::new(row.workspace.as_bytes()))? {
        return Err(StoreError::invalid("workspace", "does not exist"));
    }
    let key = Exact::new(row.user.as_bytes()).then(row.workspace.as_bytes());
    let mut memberships = MEMBERSHIPS.write(tx)?;
    match memberships.get(&key)? {
        Some(other) if other.id != row.id => Err(StoreError::AlreadyExists { what: "membership" }),
        _ => memberships.put(&key, row),
    }
}

fn require_user(tx: &Writing, user: UserId) -> Result<(), StoreError> {
    if USERS.write(tx)?.contains(&Exact::new(user.as_bytes()))? {
        Ok(())
    } else {
        Err(StoreError::invalid("user", "does not exist"))
    }
}
