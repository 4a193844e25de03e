//! API tokens in tables.

use prodops_core::api_token::ApiTokenRecord;
use prodops_core::id::{ApiTokenId, MembershipId};
use prodops_core::session::TokenHash;
use prodops_core::time::Timestamp;

use super::key::Exact;
use super::tables::{API_TOKENS, API_TOKENS_OF_MEMBERSHIP, MEMBERSHIPS};
use super::transaction::{Reading, Writing};
use crate::error::StoreError;

fn place(membership: MembershipId, token: ApiTokenId) -> Exact {
    Exact::new(membership.as_bytes()).then(token.as_bytes())
}

fn hashed(token: &TokenHash) -> Exact {
    Exact::new(token.as_bytes())
}

pub(super) fn create(tx: &Writing, token: &TokenHash, record: &ApiTokenRecord) -> Result<(), StoreError> {
    let key = Exact::new(record.user.as_bytes()).then(record.workspace.as_bytes());
    let membership = MEMBERSHIPS.write(tx)?.get(&key)?;
    if membership.is_none_or(|membership| membership.id != record.membership) {
        return Err(StoreError::invalid("membership", "does not exist"));
    }
    API_TOKENS.write(tx)?.add(&hashed(token), record, "API token")?;
    let place = place(record.membership, record.id);
    API_TOKENS_OF_MEMBERSHIP.write(tx)?.add(&place, token, "API token")
}

pub(super) fn list(tx: &Reading, membership: MembershipId) -> Result<Vec<ApiTokenRecord>, StoreError> {
    let tokens = API_TOKENS.read(tx)?;
    let hashes = API_TOKENS_OF_MEMBERSHIP.read(tx)?.all(&Exact::new(membership.as_bytes()))?;
    hashes.iter().filter_map(|hash| tokens.get(&hashed(hash)).transpose()).collect()
}

pub(super) fn note_use(tx: &Writing, token: &TokenHash, now: Timestamp) -> Result<bool, StoreError> {
    let mut tokens = API_TOKENS.write(tx)?;
    let Some(row) = tokens.get(&hashed(token))? else { return Ok(false) };
    tokens.put_if_changed(&hashed(token), &ApiTokenRecord { last_used: Some(now), ..row })?;
    Ok(true)
}

pub(super) fn revoke(tx: &Writing, membership: MembershipId, token: ApiTokenId) -> Result<bool, StoreError> {
    let found = API_TOKENS_OF_MEMBERSHIP.write(tx)?.remove(&place(membership, token))?;
    let Some(hash) = found else { return Ok(false) };
    API_TOKENS.write(tx)?.remove(&hashed(&hash))?;
    Ok(true)
}

/// Every token of a membership.
pub(super) fn revoke_all(tx: &Writing, membership: MembershipId) -> Result<(), StoreError> {
    let of_membership = Exact::new(membership.as_bytes());
    let mut index = API_TOKENS_OF_MEMBERSHIP.write(tx)?;
    let mut tokens = API_TOKENS.write(tx)?;
    for hash in index.all(&of_membership)? {
        tokens.remove(&hashed(&hash))?;
    }
    index.prune(&of_membership, |_| false).map(drop)
}

/// A token as it was in another store.
pub(super) fn put_back(tx: &Writing, hash: &TokenHash, record: &ApiTokenRecord) -> Result<(), StoreError> {
    API_TOKENS.write(tx)?.add(&hashed(hash), record, "API token")?;
    API_TOKENS_OF_MEMBERSHIP.write(tx)?.add(&place(record.membership, record.id), hash, "API token")
}

/// The token with this hash.
pub(super) fn find(tx: &Reading, hash: &TokenHash) -> Result<Option<ApiTokenRecord>, StoreError> {
    API_TOKENS.read(tx)?.get(&hashed(hash))
}
