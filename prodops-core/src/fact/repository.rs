//! A repository as one connection sees it.

use serde::{Deserialize, Serialize};

use super::commit::CommitId;
use crate::filter::{Column, FilterRow, Value};
use crate::id::{ConnectionId, RepositoryId};
use crate::input::{BranchName, RepositoryName};

/// The hash function of a repository's object ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ObjectFormat {
    /// 20-byte ids.
    Sha1,
    /// 32-byte ids.
    Sha256,
}

/// A repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepositoryFact {
    /// Derived from the connection and the provider's own id.
    pub id: RepositoryId,
    /// The connection that it is read through.
    pub connection: ConnectionId,
    /// Its name as the host shows it.
    pub name: RepositoryName,
    /// The branch that is read; `None` when the head is detached.
    pub branch: Option<BranchName>,
    /// The newest commit of that branch; `None` when there is no commit.
    pub head: Option<CommitId>,
    /// Whether history is cut off at some depth: what lies before is unknown.
    pub shallow: bool,
    /// How its object ids are made.
    pub format: ObjectFormat,
}

impl RepositoryFact {
    /// The filterable column of the repository's own id.
    pub const ID: Column = Column::new("repository");
    /// The filterable column of the connection's id.
    pub const CONNECTION: Column = Column::new("connection");
}

impl FilterRow for RepositoryFact {
    fn column(&self, column: Column) -> Option<Value> {
        match column {
            Self::ID => Some(Value::Id(*self.id.as_bytes())),
            Self::CONNECTION => Some(Value::Id(*self.connection.as_bytes())),
            _ => None,
        }
    }
}
