//! Sessions, their tokens, and the count of revocations.

use prodops_core::id::{SessionId, UserId};
use prodops_core::session::{
    RevocationSubject, SessionEvidence, SessionRecord, SessionTokenRecord, TokenHash,
};
use prodops_core::time::Timestamp;
use sqlx::types::Uuid;

use super::frame::{Frame, Sealed};
use super::value::{bytes, column, id, key};
use crate::contract::{Plane, UserSessions};
use crate::error::StoreError;
use crate::sealed::SessionRow;

pub(super) const SESSIONS: Sealed = Sealed("sessions", Plane::Identity);
pub(super) const TOKENS: Sealed = Sealed("session_tokens", Plane::Identity);
pub(super) const REVOCATIONS: Sealed = Sealed("revocations", Plane::Identity);

/// The row that counts.
const COUNT: [u8; 1] = [0];

fn mark(subject: RevocationSubject) -> Vec<u8> {
    match subject {
        RevocationSubject::Everybody => vec![1],
        RevocationSubject::User(id) => key(&[&[2], id.as_bytes()]),
        RevocationSubject::Workspace(id) => key(&[&[3], id.as_bytes()]),
    }
}

/// The mark of a subject; 0 when it was never revoked.
pub(super) fn open_mark(
    frame: &Frame,
    subject: RevocationSubject,
    sealed: Option<Vec<u8>>,
) -> Result<u64, StoreError> {
    let place = frame.place(REVOCATIONS)?;
    let mark = sealed.map(|sealed| place.open(&mark(subject), &sealed)).transpose()?;
    Ok(mark.unwrap_or(0))
}

fn mark_of_user(
    frame: &Frame,
    user: UserId,
    everybody: Option<Vec<u8>>,
    own: Option<Vec<u8>>,
) -> Result<u64, StoreError> {
    let everybody = open_mark(frame, RevocationSubject::Everybody, everybody)?;
    Ok(everybody.max(open_mark(frame, RevocationSubject::User(user), own)?))
}

pub(super) async fn create(
    frame: &mut Frame,
    token: &TokenHash,
    session: &SessionRecord,
) -> Result<(), StoreError> {
    let query = sqlx::query("SELECT sealed FROM prodops_identity.revocation WHERE subject = $1");
    let count = bytes(frame.one(query.bind(&COUNT[..])).await?.as_ref())?;
    let place = frame.place(REVOCATIONS)?;
    let epoch: u64 = count.map(|sealed| place.open(&COUNT, &sealed)).transpose()?.unwrap_or(0);
    let row = SessionRow::from(&SessionRecord { epoch, ..session.clone() });
    let key = key(&[session.user.as_bytes(), session.id.as_bytes()]);
    let (key_id, sealed) = frame.seal(SESSIONS, &key, &row)?;
    let query = sqlx::query(
        "INSERT INTO prodops_identity.session (user_id, id, key_id, sealed) VALUES ($1, $2, $3, $4)",
    );
    let query = query.bind(id(session.user.as_bytes())).bind(id(session.id.as_bytes()));
    frame.run(query.bind(key_id).bind(sealed)).await?;
    add_token(frame, token, session.user, session.id, session.last_seen).await
}

async fn add_token(
    frame: &mut Frame,
    token: &TokenHash,
    user: UserId,
    session: SessionId,
    issued: Timestamp,
) -> Result<(), StoreError> {
    let row = SessionTokenRecord { user, session, issued, replaced: None };
    let (key_id, sealed) = frame.seal(TOKENS, token.as_bytes(), &row)?;
    let query = sqlx::query(
        "INSERT INTO prodops_identity.session_token (hash, user_id, session_id, key_id, sealed) \
         VALUES ($1, $2, $3, $4, $5)",
    );
    let query = query.bind(&token.as_bytes()[..]).bind(id(user.as_bytes())).bind(id(session.as_bytes()));
    frame.run(query.bind(key_id).bind(sealed)).await.map(drop)
}

/// One statement, and so one snapshot and one trip: it runs with every request.
pub(super) async fn find(
    frame: &mut Frame,
    token: &TokenHash,
) -> Result<Option<SessionEvidence>, StoreError> {
    let query = sqlx::query(
        "SELECT t.sealed, s.sealed, s.user_id, s.id, \
                (SELECT sealed FROM prodops_identity.revocation WHERE subject = '\\x01'), \
                (SELECT sealed FROM prodops_identity.revocation \
                 WHERE subject = '\\x02'::bytea || uuid_send(s.user_id)) \
         FROM prodops_identity.session_token t \
         JOIN prodops_identity.session s ON s.user_id = t.user_id AND s.id = t.session_id \
         WHERE t.hash = $1",
    );
    let Some(row) = frame.one(query.bind(&token.as_bytes()[..])).await? else { return Ok(None) };
    let own: SessionTokenRecord =
        frame.place(TOKENS)?.open(token.as_bytes(), &column::<Vec<u8>>(&row, 0)?)?;
    let (user, session): (Uuid, Uuid) = (column(&row, 2)?, column(&row, 3)?);
    // INVARIANT: what the token says is sealed; the columns that joined the two are not.
    if user != id(own.user.as_bytes()) || session != id(own.session.as_bytes()) {
        return Err(StoreError::Corrupt { table: TOKENS.0 });
    }
    let key = key(&[own.user.as_bytes(), own.session.as_bytes()]);
    let session: SessionRow = frame.place(SESSIONS)?.open(&key, &column::<Vec<u8>>(&row, 1)?)?;
    let revoked = mark_of_user(frame, own.user, column(&row, 4)?, column(&row, 5)?)?;
    Ok(Some(SessionEvidence { session: session.into(), token: own, revoked }))
}

async fn rows_of(
    frame: &mut Frame,
    user: UserId,
    query: &'static str,
) -> Result<Vec<SessionRecord>, StoreError> {
    let rows = frame.all(sqlx::query(query).bind(id(user.as_bytes()))).await?;
    let place = frame.place(SESSIONS)?;
    let open = |row| {
        let session: Uuid = column(row, 0)?;
        let key = key(&[user.as_bytes(), session.as_bytes()]);
        Ok(place.open::<SessionRow>(&key, &column::<Vec<u8>>(row, 1)?)?.into())
    };
    rows.iter().map(open).collect()
}

pub(super) async fn list(frame: &mut Frame, user: UserId) -> Result<UserSessions, StoreError> {
    const SESSIONS_OF: &str =
        "SELECT id, sealed FROM prodops_identity.session WHERE user_id = $1 ORDER BY id";
    let sessions = rows_of(frame, user, SESSIONS_OF).await?;
    let query = sqlx::query(
        "SELECT (SELECT sealed FROM prodops_identity.revocation WHERE subject = '\\x01'), \
                (SELECT sealed FROM prodops_identity.revocation WHERE subject = '\\x02'::bytea || uuid_send($1))",
    );
    let row = frame.one(query.bind(id(user.as_bytes()))).await?;
    let marks = row.map(|row| Ok::<_, StoreError>((column(&row, 0)?, column(&row, 1)?))).transpose()?;
    let (everybody, own) = marks.unwrap_or((None, None));
    Ok(UserSessions { sessions, revoked: mark_of_user(frame, user, everybody, own)? })
}

async fn store(frame: &mut Frame, session: &SessionRecord) -> Result<(), StoreError> {
    let key = key(&[session.user.as_bytes(), session.id.as_bytes()]);
    let (key_id, sealed) = frame.seal(SESSIONS, &key, &SessionRow::from(session))?;
    let query = sqlx::query(
        "UPDATE prodops_identity.session SET key_id = $3, sealed = $4 WHERE user_id = $1 AND id = $2",
    );
    let query = query.bind(id(session.user.as_bytes())).bind(id(session.id.as_bytes()));
    frame.run(query.bind(key_id).bind(sealed)).await.map(drop)
}

/// Changes a session; `false` when there is none.
async fn change(
    frame: &mut Frame,
    user: UserId,
    session: SessionId,
    change: impl FnOnce(&mut SessionRecord),
) -> Result<bool, StoreError> {
    let query = sqlx::query(
        "SELECT sealed FROM prodops_identity.session WHERE user_id = $1 AND id = $2 FOR NO KEY UPDATE",
    );
    let query = query.bind(id(user.as_bytes())).bind(id(session.as_bytes()));
    let Some(sealed) = bytes(frame.one(query).await?.as_ref())? else { return Ok(false) };
    let key = key(&[user.as_bytes(), session.as_bytes()]);
    let row: SessionRow = frame.place(SESSIONS)?.open(&key, &sealed)?;
    let mut session = SessionRecord::from(row);
    let before = (session.last_seen, session.spent_seconds, session.renew);
    change(&mut session);
    if before != (session.last_seen, session.spent_seconds, session.renew) {
        store(frame, &session).await?;
    }
    Ok(true)
}

pub(super) async fn note_use(
    frame: &mut Frame,
    user: UserId,
    session: SessionId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    change(frame, user, session, |session| session.note_use(now)).await
}

async fn token_row(
    frame: &mut Frame,
    token: &TokenHash,
    query: &'static str,
) -> Result<Option<SessionTokenRecord>, StoreError> {
    let found = bytes(frame.one(sqlx::query(query).bind(&token.as_bytes()[..])).await?.as_ref())?;
    let place = frame.place(TOKENS)?;
    found.map(|sealed| place.open(token.as_bytes(), &sealed)).transpose()
}

/// When it answers `false` the frame is to be rolled back.
pub(super) async fn renew(
    frame: &mut Frame,
    token: &TokenHash,
    next: &TokenHash,
    now: Timestamp,
) -> Result<bool, StoreError> {
    const LOOK: &str = "SELECT sealed FROM prodops_identity.session_token WHERE hash = $1";
    const LOCK: &str = "SELECT sealed FROM prodops_identity.session_token WHERE hash = $1 FOR NO KEY UPDATE";
    let Some(old) = token_row(frame, token, LOOK).await? else { return Ok(false) };
    let (user, session) = (old.user, old.session);
    // The session before its token, in the order in which ending a session locks them.
    if old.replaced.is_some() || !change(frame, user, session, |session| session.renew = false).await? {
        return Ok(false);
    }
    let locked = token_row(frame, token, LOCK).await?;
    let Some(old) = locked.filter(|old| old.replaced.is_none()) else { return Ok(false) };
    let replaced = SessionTokenRecord { replaced: Some(now), ..old };
    let (key_id, sealed) = frame.seal(TOKENS, token.as_bytes(), &replaced)?;
    let query =
        sqlx::query("UPDATE prodops_identity.session_token SET key_id = $2, sealed = $3 WHERE hash = $1");
    frame.run(query.bind(&token.as_bytes()[..]).bind(key_id).bind(sealed)).await?;
    add_token(frame, next, user, session, now).await?;
    Ok(true)
}

/// Its tokens go with it.
pub(super) async fn end(frame: &mut Frame, user: UserId, session: SessionId) -> Result<bool, StoreError> {
    let query = sqlx::query("DELETE FROM prodops_identity.session WHERE user_id = $1 AND id = $2");
    let removed = frame.run(query.bind(id(user.as_bytes())).bind(id(session.as_bytes()))).await?;
    Ok(removed > 0)
}

pub(super) async fn revoke(frame: &mut Frame, subject: RevocationSubject) -> Result<u64, StoreError> {
    // The first one makes the row, so that there is something to lock.
    let (key_id, sealed) = frame.seal(REVOCATIONS, &COUNT, &0_u64)?;
    let query = sqlx::query(
        "INSERT INTO prodops_identity.revocation (subject, key_id, sealed) VALUES ($1, $2, $3) \
         ON CONFLICT DO NOTHING",
    );
    frame.run(query.bind(&COUNT[..]).bind(key_id).bind(sealed)).await?;
    let query =
        sqlx::query("SELECT sealed FROM prodops_identity.revocation WHERE subject = $1 FOR NO KEY UPDATE");
    let corrupt = StoreError::Corrupt { table: REVOCATIONS.0 };
    let sealed = bytes(frame.one(query.bind(&COUNT[..])).await?.as_ref())?.ok_or(corrupt)?;
    let before: u64 = frame.place(REVOCATIONS)?.open(&COUNT, &sealed)?;
    let now = before.checked_add(1).ok_or(StoreError::Corrupt { table: REVOCATIONS.0 })?;
    for place in [&COUNT[..], &mark(subject)] {
        let (key_id, sealed) = frame.seal(REVOCATIONS, place, &now)?;
        let query = sqlx::query(
            "INSERT INTO prodops_identity.revocation (subject, key_id, sealed) VALUES ($1, $2, $3) \
             ON CONFLICT (subject) DO UPDATE SET key_id = excluded.key_id, sealed = excluded.sealed",
        );
        frame.run(query.bind(place).bind(key_id).bind(sealed)).await?;
    }
    Ok(now)
}

/// Lets the next request of each of the user's sessions bring a new token.
pub(super) async fn renew_all_of(frame: &mut Frame, user: UserId) -> Result<(), StoreError> {
    const LOCKED: &str = "SELECT id, sealed FROM prodops_identity.session WHERE user_id = $1 ORDER BY id \
                          FOR NO KEY UPDATE";
    for session in rows_of(frame, user, LOCKED).await? {
        store(frame, &SessionRecord { renew: true, ..session }).await?;
    }
    Ok(())
}
