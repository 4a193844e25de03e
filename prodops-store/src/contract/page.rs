//! Pages of a list and the opaque tokens that lead from one to the next.

use std::fmt;
use std::str::FromStr;

use prodops_core::fact::CommitId;
use prodops_core::id::{RepositoryId, WorkspaceId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::audit::AuditQuery;
use crate::error::StoreError;

/// Some rows of a list in its stable order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page begins; `None` when the list ended.
    pub next: Option<PageToken>,
}

/// The lists that come in pages, with what selects their rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Query {
    Commits(RepositoryId),
    /// With a digest of the question.
    AuditEvents([u8; 16]),
}

impl Query {
    /// The audit log, asked this.
    pub(crate) fn audit(question: &AuditQuery) -> Result<Self, StoreError> {
        let question = postcard::to_stdvec(question)
            .map_err(|_| StoreError::invalid("audit query", "must be one that can be written down"))?;
        let [digest @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] =
            <[u8; 32]>::from(Sha256::digest(question));
        Ok(Self::AuditEvents(digest))
    }
}

/// Where a page begins: good only in the workspace and for the query that it came from.
///
/// It holds the key of the last row seen and a digest of workspace and query. Whoever tampers with it moves within a
/// list that they may read anyway.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PageToken(Vec<u8>);

/// A text is no page token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a page token")]
pub struct ParsePageTokenError;

const BINDING_BYTES: usize = 16;
const LONGEST: usize = BINDING_BYTES + 32;

impl PageToken {
    /// The most rows that a page holds, whatever was asked for.
    pub const MAX_LIMIT: usize = 5_000;

    fn issue(workspace: WorkspaceId, query: Query, position: &[u8]) -> Self {
        Self([&binding(workspace, query), position].concat())
    }

    /// The position in the list.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when the token is of another workspace or another query.
    fn position(&self, workspace: WorkspaceId, query: Query) -> Result<&[u8], StoreError> {
        self.0.strip_prefix(&binding(workspace, query)).ok_or_else(refused)
    }
}

const fn refused() -> StoreError {
    StoreError::invalid("page token", "does not belong to this list")
}

fn binding(workspace: WorkspaceId, query: Query) -> [u8; BINDING_BYTES] {
    let mut hash = Sha256::new();
    hash.update(b"prodops/page/1\0");
    hash.update(workspace.as_bytes());
    match query {
        Query::Commits(repository) => {
            hash.update(b"commits");
            hash.update(repository.as_bytes());
        }
        Query::AuditEvents(question) => {
            hash.update(b"audit-events");
            hash.update(question);
        }
    }
    let mut bytes = [0; BINDING_BYTES];
    for (to, from) in bytes.iter_mut().zip(hash.finalize()) {
        *to = from;
    }
    bytes
}

/// A key that a list is ordered by.
pub(crate) trait Position: Sized {
    fn to_bytes(&self) -> Vec<u8>;
    fn from_bytes(bytes: &[u8]) -> Option<Self>;
}

impl Position for CommitId {
    fn to_bytes(&self) -> Vec<u8> {
        self.as_bytes().to_vec()
    }
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Self::from_bytes(bytes).ok()
    }
}

impl Position for u64 {
    fn to_bytes(&self) -> Vec<u8> {
        self.to_be_bytes().to_vec()
    }
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::from_be_bytes)
    }
}

/// One list of one workspace, for turning tokens into keys and rows into pages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paging {
    pub(crate) workspace: WorkspaceId,
    pub(crate) query: Query,
    pub(crate) limit: usize,
}

impl Paging {
    pub(crate) fn new(workspace: WorkspaceId, query: Query, limit: usize) -> Self {
        Self { workspace, query, limit: limit.clamp(1, PageToken::MAX_LIMIT) }
    }

    pub(crate) fn after<K: Position>(&self, token: Option<&PageToken>) -> Result<Option<K>, StoreError> {
        let Some(token) = token else { return Ok(None) };
        let position = token.position(self.workspace, self.query)?;
        K::from_bytes(position).map(Some).ok_or_else(refused)
    }

    /// How many rows to ask the backend for: one more than the page holds tells whether another page follows.
    pub(crate) const fn fetch(&self) -> usize {
        self.limit.saturating_add(1)
    }

    pub(crate) fn page<T, K: Position>(&self, mut items: Vec<T>, key: impl Fn(&T) -> K) -> Page<T> {
        let more = items.len() > self.limit;
        items.truncate(self.limit);
        let last = items.last().filter(|_| more);
        let next = last.map(|row| PageToken::issue(self.workspace, self.query, &key(row).to_bytes()));
        Page { items, next }
    }
}

impl fmt::Display for PageToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for PageToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PageToken(…)")
    }
}

impl FromStr for PageToken {
    type Err = ParsePageTokenError;
    fn from_str(text: &str) -> Result<Self, ParsePageTokenError> {
        let digits = text.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'));
        if !digits || text.len() > 2 * LONGEST {
            return Err(ParsePageTokenError);
        }
        let pair = |pair: &[u8]| {
            let digits = std::str::from_utf8(pair).ok().filter(|digits| digits.len() == 2)?;
            u8::from_str_radix(digits, 16).ok()
        };
        text.as_bytes().chunks(2).map(pair).collect::<Option<_>>().map(Self).ok_or(ParsePageTokenError)
    }
}

impl TryFrom<String> for PageToken {
    type Error = ParsePageTokenError;
    fn try_from(text: String) -> Result<Self, ParsePageTokenError> {
        text.parse()
    }
}

impl From<PageToken> for String {
    fn from(token: PageToken) -> Self {
        token.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_for_its_own_list_only() {
        let (one, two) = (WorkspaceId::from_bytes([1; 16]), WorkspaceId::from_bytes([2; 16]));
        let query = Query::Commits(RepositoryId::from_bytes([3; 16]));
        let id = CommitId::Sha1([7; 20]);
        let token = PageToken::issue(one, query, id.as_bytes());
        let again: PageToken = token.to_string().parse().unwrap();
        assert_eq!(Paging::new(one, query, 1).after(Some(&again)).unwrap(), Some(id));
        for (workspace, query) in [
            (two, query),
            (one, Query::AuditEvents([0; 16])),
            (one, Query::Commits(RepositoryId::from_bytes([4; 16]))),
        ] {
            let refused = Paging::new(workspace, query, 1).after::<CommitId>(Some(&token));
            assert!(matches!(refused, Err(StoreError::Invalid { what: "page token", .. })));
        }
    }

    #[test]
    fn what_is_no_token_is_refused() {
        for bad in ["0", "zz", "+1", "AB", "é", &"00".repeat(LONGEST + 1)] {
            assert_eq!(bad.parse::<PageToken>(), Err(ParsePageTokenError), "{bad}");
        }
        let short: PageToken = "00".parse().unwrap();
        let paging = Paging::new(WorkspaceId::from_bytes([1; 16]), Query::AuditEvents([0; 16]), 0);
        assert!(paging.after::<u64>(Some(&short)).is_err());
        assert_eq!(paging.limit, 1);
    }
}
