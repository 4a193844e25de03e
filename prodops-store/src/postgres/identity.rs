//! The identity plane: users, memberships, sign-in links.

use async_trait::async_trait;
use prodops_core::id::{UserId, WorkspaceId};
use prodops_core::session::{RevocationSubject, SignInLinkRecord, SubjectKey, TokenHash, UserRecord};
use prodops_core::tenancy::{MembershipEvidence, MembershipRecord};
use sqlx::types::Uuid;

use super::frame::{Acting, Frame, Sealed};
use super::value::{bytes, column, id, key};
use super::{Postgres, control, sessions};
use crate::backend::IdentityBackend;
use crate::contract::Plane;
use crate::error::StoreError;

pub(super) const ACCOUNTS: Sealed = Sealed("users", Plane::Identity);
pub(super) const SUBJECTS: Sealed = Sealed("subjects", Plane::Identity);
pub(super) const MEMBERSHIPS: Sealed = Sealed("memberships", Plane::Identity);
pub(super) const LINKS: Sealed = Sealed("sign_in_links", Plane::Identity);

#[async_trait]
impl IdentityBackend for Postgres {
    async fn create_user(&self, user: &UserRecord, subject: Option<&SubjectKey>) -> Result<(), StoreError> {
        let mut frame = self.write(Acting::identity()).await?;
        add_account(&mut frame, user).await?;
        if let Some(subject) = subject {
            let hash = frame.keys.lookup(subject.as_bytes())?;
            add_subject(&mut frame, user.id, hash).await?;
        }
        frame.commit().await
    }

    async fn user_by_subject(&self, subject: &SubjectKey) -> Result<Option<UserId>, StoreError> {
        let mut frame = self.read(Acting::identity()).await?;
        let hash = frame.keys.lookup(subject.as_bytes())?;
        let query = sqlx::query("SELECT sealed FROM prodops_identity.subject WHERE hash = $1");
        let found = bytes(frame.one(query.bind(&hash[..])).await?.as_ref())?;
        let place = frame.place(SUBJECTS)?;
        let user = found.map(|sealed| place.open(&hash, &sealed)).transpose()?;
        frame.end().await?;
        Ok(user)
    }

    async fn put_membership(&self, membership: &MembershipRecord) -> Result<(), StoreError> {
        let mut frame = self.write(Acting::identity()).await?;
        put_membership(&mut frame, membership).await?;
        frame.commit().await
    }

    async fn replace_membership(
        &self,
        before: &MembershipRecord,
        after: &MembershipRecord,
    ) -> Result<bool, StoreError> {
        let mut frame = self.write(Acting::identity()).await?;
        if lock_membership(&mut frame, before).await?.as_ref() != Some(before) {
            frame.end().await?;
            return Ok(false);
        }
        put_membership(&mut frame, after).await?;
        frame.commit().await?;
        Ok(true)
    }

    async fn membership(
        &self,
        user: UserId,
        workspace: WorkspaceId,
    ) -> Result<Option<MembershipRecord>, StoreError> {
        let mut frame = self.read(Acting::identity()).await?;
        let query = sqlx::query(
            "SELECT sealed FROM prodops_identity.membership WHERE user_id = $1 AND workspace_id = $2",
        );
        let query = query.bind(id(user.as_bytes())).bind(id(workspace.as_bytes()));
        let found = bytes(frame.one(query).await?.as_ref())?;
        let place = frame.place(MEMBERSHIPS)?;
        let key = key(&[user.as_bytes(), workspace.as_bytes()]);
        let membership = found.map(|sealed| place.open(&key, &sealed)).transpose()?;
        frame.end().await?;
        Ok(membership)
    }

    async fn memberships(&self, user: UserId) -> Result<Vec<MembershipEvidence>, StoreError> {
        let mut frame = self.read(Acting::identity()).await?;
        let found = memberships(&mut frame, user).await?;
        frame.end().await?;
        Ok(found)
    }

    async fn put_sign_in_link(&self, token: &TokenHash, link: &SignInLinkRecord) -> Result<(), StoreError> {
        let mut frame = self.write(Acting::identity()).await?;
        let (key_id, sealed) = frame.seal(LINKS, token.as_bytes(), link)?;
        let query = sqlx::query(
            "INSERT INTO prodops_identity.sign_in_link (hash, user_id, key_id, sealed) VALUES ($1, $2, $3, $4)",
        );
        let query = query.bind(&token.as_bytes()[..]).bind(id(link.user.as_bytes()));
        frame.run(query.bind(key_id).bind(sealed)).await?;
        frame.commit().await
    }

    async fn take_sign_in_link(&self, token: &TokenHash) -> Result<Option<SignInLinkRecord>, StoreError> {
        let mut frame = self.write(Acting::identity()).await?;
        let query = sqlx::query("DELETE FROM prodops_identity.sign_in_link WHERE hash = $1 RETURNING sealed");
        let found = bytes(frame.one(query.bind(&token.as_bytes()[..])).await?.as_ref())?;
        let place = frame.place(LINKS)?;
        let link = found.map(|sealed| place.open(token.as_bytes(), &sealed)).transpose()?;
        frame.commit().await?;
        Ok(link)
    }
}

/// Adds somebody.
pub(super) async fn add_account(frame: &mut Frame, user: &UserRecord) -> Result<(), StoreError> {
    let (key_id, sealed) = frame.seal(ACCOUNTS, user.id.as_bytes(), user)?;
    let query = sqlx::query("INSERT INTO prodops_identity.account (id, key_id, sealed) VALUES ($1, $2, $3)");
    frame.run(query.bind(id(user.id.as_bytes())).bind(key_id).bind(sealed)).await.map(drop)
}

/// Adds what a login knows somebody by, as its keyed hash.
pub(super) async fn add_subject(frame: &mut Frame, user: UserId, hash: [u8; 16]) -> Result<(), StoreError> {
    let (key_id, sealed) = frame.seal(SUBJECTS, &hash, &user)?;
    let query = sqlx::query(
        "INSERT INTO prodops_identity.subject (hash, user_id, key_id, sealed) VALUES ($1, $2, $3, $4)",
    );
    let query = query.bind(&hash[..]).bind(id(user.as_bytes()));
    frame.run(query.bind(key_id).bind(sealed)).await.map(drop)
}

async fn memberships(frame: &mut Frame, user: UserId) -> Result<Vec<MembershipEvidence>, StoreError> {
    let query = sqlx::query(
        "SELECT m.workspace_id, m.sealed, w.sealed, \
                (SELECT r.sealed FROM prodops_identity.revocation r \
                 WHERE r.subject = '\\x03'::bytea || uuid_send(m.workspace_id)) \
         FROM prodops_identity.membership m JOIN prodops_control.workspace w ON w.id = m.workspace_id \
         WHERE m.user_id = $1 ORDER BY m.workspace_id",
    );
    let rows = frame.all(query.bind(id(user.as_bytes()))).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let workspace = column::<Uuid>(row, 0)?.into_bytes();
        let membership = frame
            .place(MEMBERSHIPS)?
            .open(&key(&[user.as_bytes(), &workspace]), &column::<Vec<u8>>(row, 1)?)?;
        let subject = RevocationSubject::Workspace(WorkspaceId::from_bytes(workspace));
        let revoked = sessions::open_mark(frame, subject, column(row, 3)?)?;
        let workspace = frame.place(control::WORKSPACES)?.open(&workspace, &column::<Vec<u8>>(row, 2)?)?;
        found.push(MembershipEvidence { membership, workspace, revoked });
    }
    Ok(found)
}

/// The membership that the user has in the workspace.
async fn lock_membership(
    frame: &mut Frame,
    row: &MembershipRecord,
) -> Result<Option<MembershipRecord>, StoreError> {
    let query = sqlx::query(
        "SELECT sealed FROM prodops_identity.membership WHERE user_id = $1 AND workspace_id = $2 FOR UPDATE",
    );
    let query = query.bind(id(row.user.as_bytes())).bind(id(row.workspace.as_bytes()));
    let found = bytes(frame.one(query).await?.as_ref())?;
    let place = frame.place(MEMBERSHIPS)?;
    let key = key(&[row.user.as_bytes(), row.workspace.as_bytes()]);
    found.map(|sealed| place.open(&key, &sealed)).transpose()
}

/// Adds a membership, or changes the one that the user has in the workspace.
pub(super) async fn put_membership(frame: &mut Frame, row: &MembershipRecord) -> Result<(), StoreError> {
    let (user, workspace) = (id(row.user.as_bytes()), id(row.workspace.as_bytes()));
    let before = lock_membership(frame, row).await?;
    let key = key(&[row.user.as_bytes(), row.workspace.as_bytes()]);
    if before.as_ref().is_some_and(|other| other.id != row.id) {
        return Err(StoreError::AlreadyExists { what: "membership" });
    }
    if before.as_ref() == Some(row) {
        return Ok(());
    }
    let (key_id, sealed) = frame.seal(MEMBERSHIPS, &key, row)?;
    let query = match before {
        Some(_) => sqlx::query(
            "UPDATE prodops_identity.membership SET key_id = $3, sealed = $4 \
             WHERE user_id = $1 AND workspace_id = $2",
        ),
        None => sqlx::query(
            "INSERT INTO prodops_identity.membership (user_id, workspace_id, key_id, sealed) \
             VALUES ($1, $2, $3, $4)",
        ),
    };
    frame.run(query.bind(user).bind(workspace).bind(key_id).bind(sealed)).await?;
    if before.is_some() { sessions::renew_all_of(frame, row.user).await } else { Ok(()) }
}

/// A membership with its API tokens.
pub(super) async fn remove_membership(
    frame: &mut Frame,
    user: UserId,
    workspace: WorkspaceId,
) -> Result<bool, StoreError> {
    let query = sqlx::query(
        "DELETE FROM prodops_identity.membership WHERE user_id = $1 AND workspace_id = $2 RETURNING sealed",
    );
    let query = query.bind(id(user.as_bytes())).bind(id(workspace.as_bytes()));
    let Some(sealed) = bytes(frame.one(query).await?.as_ref())? else { return Ok(false) };
    let key = key(&[user.as_bytes(), workspace.as_bytes()]);
    let row: MembershipRecord = frame.place(MEMBERSHIPS)?.open(&key, &sealed)?;
    let query = sqlx::query("DELETE FROM prodops_identity.api_token WHERE membership_id = $1");
    frame.run(query.bind(id(row.id.as_bytes()))).await?;
    Ok(true)
}

/// A user with everything of theirs. Tokens of sessions go with their sessions.
pub(super) async fn remove_user(frame: &mut Frame, user: UserId) -> Result<bool, StoreError> {
    const MEMBER_OF: &str = "SELECT workspace_id FROM prodops_identity.membership WHERE user_id = $1 \
                             ORDER BY workspace_id FOR UPDATE";
    const THEIRS: [&str; 4] = [
        "DELETE FROM prodops_identity.session WHERE user_id = $1",
        "DELETE FROM prodops_identity.subject WHERE user_id = $1",
        "DELETE FROM prodops_identity.sign_in_link WHERE user_id = $1",
        "DELETE FROM prodops_identity.revocation WHERE subject = '\\x02'::bytea || uuid_send($1)",
    ];
    let own = id(user.as_bytes());
    for row in &frame.all(sqlx::query(MEMBER_OF).bind(own)).await? {
        let workspace = column::<Uuid>(row, 0)?.into_bytes();
        remove_membership(frame, user, WorkspaceId::from_bytes(workspace)).await?;
    }
    for query in THEIRS {
        frame.run(sqlx::query(query).bind(own)).await?;
    }
    let query = sqlx::query("DELETE FROM prodops_identity.account WHERE id = $1");
    Ok(frame.run(query.bind(own)).await? > 0)
}
