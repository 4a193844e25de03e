//! API tokens.

use prodops_core::api_token::ApiTokenRecord;
use prodops_core::id::{ApiTokenId, MembershipId};
use prodops_core::session::TokenHash;
use prodops_core::tenancy::MembershipRecord;
use prodops_core::time::Timestamp;

use super::frame::{Frame, Sealed};
use super::identity::MEMBERSHIPS;
use super::value::{bytes, column, id, key};
use crate::contract::Plane;
use crate::error::StoreError;

pub(super) const API_TOKENS: Sealed = Sealed("api_tokens", Plane::Identity);

pub(super) async fn create(
    frame: &mut Frame,
    token: &TokenHash,
    record: &ApiTokenRecord,
) -> Result<(), StoreError> {
    let query = sqlx::query(
        "SELECT sealed FROM prodops_identity.membership WHERE user_id = $1 AND workspace_id = $2 FOR KEY SHARE",
    );
    let query = query.bind(id(record.user.as_bytes())).bind(id(record.workspace.as_bytes()));
    let found = bytes(frame.one(query).await?.as_ref())?;
    let place = frame.place(MEMBERSHIPS)?;
    let key = key(&[record.user.as_bytes(), record.workspace.as_bytes()]);
    let membership: Option<MembershipRecord> = found.map(|sealed| place.open(&key, &sealed)).transpose()?;
    if membership.is_none_or(|membership| membership.id != record.membership) {
        return Err(StoreError::invalid("membership", "does not exist"));
    }
    add(frame, token, record).await
}

pub(super) async fn add(
    frame: &mut Frame,
    token: &TokenHash,
    record: &ApiTokenRecord,
) -> Result<(), StoreError> {
    let (key_id, sealed) = frame.seal(API_TOKENS, token.as_bytes(), record)?;
    let query = sqlx::query(
        "INSERT INTO prodops_identity.api_token (hash, membership_id, id, workspace_id, key_id, sealed) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    );
    let query = query.bind(&token.as_bytes()[..]).bind(id(record.membership.as_bytes()));
    let query = query.bind(id(record.id.as_bytes())).bind(id(record.workspace.as_bytes()));
    frame.run(query.bind(key_id).bind(sealed)).await.map(drop)
}

pub(super) async fn find(frame: &mut Frame, token: &TokenHash) -> Result<Option<ApiTokenRecord>, StoreError> {
    let query = sqlx::query("SELECT sealed FROM prodops_identity.api_token WHERE hash = $1");
    let found = bytes(frame.one(query.bind(&token.as_bytes()[..])).await?.as_ref())?;
    let place = frame.place(API_TOKENS)?;
    found.map(|sealed| place.open(token.as_bytes(), &sealed)).transpose()
}

pub(super) async fn list(
    frame: &mut Frame,
    membership: MembershipId,
) -> Result<Vec<ApiTokenRecord>, StoreError> {
    let query = sqlx::query(
        "SELECT hash, sealed FROM prodops_identity.api_token WHERE membership_id = $1 ORDER BY id",
    );
    let rows = frame.all(query.bind(id(membership.as_bytes()))).await?;
    let place = frame.place(API_TOKENS)?;
    rows.iter().map(|row| place.open(&column::<Vec<u8>>(row, 0)?, &column::<Vec<u8>>(row, 1)?)).collect()
}

pub(super) async fn note_use(
    frame: &mut Frame,
    token: &TokenHash,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let query =
        sqlx::query("SELECT sealed FROM prodops_identity.api_token WHERE hash = $1 FOR NO KEY UPDATE");
    let found = bytes(frame.one(query.bind(&token.as_bytes()[..])).await?.as_ref())?;
    let Some(sealed) = found else { return Ok(false) };
    let row: ApiTokenRecord = frame.place(API_TOKENS)?.open(token.as_bytes(), &sealed)?;
    if row.last_used != Some(now) {
        let row = ApiTokenRecord { last_used: Some(now), ..row };
        let (key_id, sealed) = frame.seal(API_TOKENS, token.as_bytes(), &row)?;
        let query =
            sqlx::query("UPDATE prodops_identity.api_token SET key_id = $2, sealed = $3 WHERE hash = $1");
        frame.run(query.bind(&token.as_bytes()[..]).bind(key_id).bind(sealed)).await?;
    }
    Ok(true)
}

pub(super) async fn revoke(
    frame: &mut Frame,
    membership: MembershipId,
    token: ApiTokenId,
) -> Result<bool, StoreError> {
    let query = sqlx::query("DELETE FROM prodops_identity.api_token WHERE membership_id = $1 AND id = $2");
    let removed = frame.run(query.bind(id(membership.as_bytes())).bind(id(token.as_bytes()))).await?;
    Ok(removed > 0)
}
