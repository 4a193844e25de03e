//! Sessions, their tokens, and the count of revocations, in tables.

use prodops_core::id::{SessionId, UserId};
use prodops_core::session::{
    RevocationSubject, SessionEvidence, SessionRecord, SessionTokenRecord, TokenHash,
};
use prodops_core::time::Timestamp;

use super::identity::require_user;
use super::key::Exact;
use super::tables::{REVOCATIONS, SESSION_TOKENS, SESSIONS, TOKENS_OF_SESSION};
use super::transaction::{Reading, Writing};
use crate::contract::UserSessions;
use crate::error::StoreError;
use crate::sealed::SessionRow;

fn place(user: UserId, session: SessionId) -> Exact {
    Exact::new(user.as_bytes()).then(session.as_bytes())
}

fn hashed(token: &TokenHash) -> Exact {
    Exact::new(token.as_bytes())
}

fn count() -> Exact {
    Exact::new(&[0])
}

fn mark(subject: RevocationSubject) -> Exact {
    match subject {
        RevocationSubject::Everybody => Exact::new(&[1]),
        RevocationSubject::User(id) => Exact::new(&[2]).then(id.as_bytes()),
        RevocationSubject::Workspace(id) => Exact::new(&[3]).then(id.as_bytes()),
    }
}

/// The key of the mark of one user.
pub(super) fn mark_of_one(user: UserId) -> Exact {
    mark(RevocationSubject::User(user))
}

/// The mark of a subject; 0 when it was never revoked.
pub(super) fn mark_of(tx: &Reading, subject: RevocationSubject) -> Result<u64, StoreError> {
    Ok(REVOCATIONS.read(tx)?.get(&mark(subject))?.unwrap_or(0))
}

fn mark_of_user(tx: &Reading, user: UserId) -> Result<u64, StoreError> {
    let everybody = mark_of(tx, RevocationSubject::Everybody)?;
    Ok(everybody.max(mark_of(tx, RevocationSubject::User(user))?))
}

pub(super) fn create(tx: &Writing, token: &TokenHash, session: &SessionRecord) -> Result<(), StoreError> {
    require_user(tx, session.user)?;
    let epoch = REVOCATIONS.write(tx)?.get(&count())?.unwrap_or(0);
    let row = SessionRow::from(&SessionRecord { epoch, ..session.clone() });
    SESSIONS.write(tx)?.add(&place(session.user, session.id), &row, "session")?;
    add_token(tx, token, session.user, session.id, session.last_seen)
}

fn add_token(
    tx: &Writing,
    token: &TokenHash,
    user: UserId,
    session: SessionId,
    issued: Timestamp,
) -> Result<(), StoreError> {
    let row = SessionTokenRecord { user, session, issued, replaced: None };
    SESSION_TOKENS.write(tx)?.add(&hashed(token), &row, "session token")?;
    let of_session = Exact::new(session.as_bytes()).then(token.as_bytes());
    TOKENS_OF_SESSION.write(tx)?.put(&of_session, token)
}

pub(super) fn find(tx: &Reading, token: &TokenHash) -> Result<Option<SessionEvidence>, StoreError> {
    let Some(token) = SESSION_TOKENS.read(tx)?.get(&hashed(token))? else { return Ok(None) };
    let Some(row) = SESSIONS.read(tx)?.get(&place(token.user, token.session))? else { return Ok(None) };
    let revoked = mark_of_user(tx, token.user)?;
    Ok(Some(SessionEvidence { session: row.into(), token, revoked }))
}

pub(super) fn list(tx: &Reading, user: UserId) -> Result<UserSessions, StoreError> {
    let rows = SESSIONS.read(tx)?.all(&Exact::new(user.as_bytes()))?;
    let sessions = rows.into_iter().map(SessionRecord::from).collect();
    Ok(UserSessions { sessions, revoked: mark_of_user(tx, user)? })
}

/// Changes a session; `false` when there is none.
fn change(tx: &Writing, place: &Exact, change: impl FnOnce(&mut SessionRecord)) -> Result<bool, StoreError> {
    let mut sessions = SESSIONS.write(tx)?;
    let Some(row) = sessions.get(place)? else { return Ok(false) };
    let mut session = SessionRecord::from(row);
    change(&mut session);
    sessions.put_if_changed(place, &SessionRow::from(&session))?;
    Ok(true)
}

pub(super) fn note_use(
    tx: &Writing,
    user: UserId,
    session: SessionId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    change(tx, &place(user, session), |session| session.note_use(now))
}

pub(super) fn renew(
    tx: &Writing,
    token: &TokenHash,
    next: &TokenHash,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let found = SESSION_TOKENS.write(tx)?.get(&hashed(token))?;
    let Some(old) = found.filter(|old| old.replaced.is_none()) else { return Ok(false) };
    let (user, session) = (old.user, old.session);
    if !change(tx, &place(user, session), |session| session.renew = false)? {
        return Ok(false);
    }
    SESSION_TOKENS.write(tx)?.put(&hashed(token), &SessionTokenRecord { replaced: Some(now), ..old })?;
    add_token(tx, next, user, session, now)?;
    Ok(true)
}

pub(super) fn end(tx: &Writing, user: UserId, session: SessionId) -> Result<bool, StoreError> {
    if SESSIONS.write(tx)?.remove(&place(user, session))?.is_none() {
        return Ok(false);
    }
    let of_session = Exact::new(session.as_bytes());
    let (mut tokens, mut index) = (SESSION_TOKENS.write(tx)?, TOKENS_OF_SESSION.write(tx)?);
    for token in index.all(&of_session)? {
        tokens.remove(&hashed(&token))?;
    }
    index.prune(&of_session, |_| false)?;
    Ok(true)
}

pub(super) fn revoke(tx: &Writing, subject: RevocationSubject) -> Result<u64, StoreError> {
    let mut revocations = REVOCATIONS.write(tx)?;
    let before = revocations.get(&count())?.unwrap_or(0);
    let now = before.checked_add(1).ok_or(StoreError::Corrupt { table: "revocations" })?;
    revocations.put(&count(), &now)?;
    revocations.put(&mark(subject), &now)?;
    Ok(now)
}

/// Lets the next request of each of the user's sessions bring a new token.
pub(super) fn renew_all_of(tx: &Writing, user: UserId) -> Result<(), StoreError> {
    let rows = SESSIONS.write(tx)?.all(&Exact::new(user.as_bytes()))?;
    for row in rows {
        change(tx, &place(user, row.id), |session| session.renew = true)?;
    }
    Ok(())
}
