//! The proof that a request came with a live API token.

use super::record::ApiTokenRecord;
use super::text::ApiToken;
use crate::session::TokenHash;
use crate::tenancy::{Authority, AuthorityError, AuthorityId};

/// An API token that was looked up and has not expired. Whether its membership still lets anybody in is asked when a
/// workspace is entered.
///
/// # Security
/// Private fields, no deserialisation: it comes from [`VerifiedToken::verify`] only.
#[derive(Debug)]
pub struct VerifiedToken {
    authority: AuthorityId,
    hash: TokenHash,
    record: ApiTokenRecord,
    unnoted: bool,
}

impl VerifiedToken {
    /// Looks the token up and checks its expiry. `Ok(None)` when it is unknown, revoked or expired.
    ///
    /// # Errors
    /// When the source of tokens cannot be read.
    pub async fn verify(authority: &Authority, token: &ApiToken) -> Result<Option<Self>, AuthorityError> {
        let (hash, now) = (token.hash(), authority.clock().now());
        let live = authority.sources().api_token(&hash).await?.filter(|record| record.is_live(now));
        Ok(live.map(|record| Self {
            authority: authority.id(),
            hash,
            unnoted: record.should_note(now),
            record,
        }))
    }

    /// The authority that verified it.
    #[must_use]
    pub const fn authority(&self) -> AuthorityId {
        self.authority
    }

    /// Its row.
    #[must_use]
    pub const fn record(&self) -> &ApiTokenRecord {
        &self.record
    }

    /// Its name in the store.
    #[must_use]
    pub const fn hash(&self) -> &TokenHash {
        &self.hash
    }

    /// Whether this use should be noted in the store.
    #[must_use]
    pub const fn should_note(&self) -> bool {
        self.unnoted
    }
}
