//! A connection of a workspace to a source.

use prodops_core::filter::{Column, FilterRow, Value};
use prodops_core::id::ConnectionId;
use prodops_core::input::{ConnectionTarget, ConnectorId};
use prodops_core::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Whether a connection is read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionState {
    /// In use.
    Active,
    /// Cut off by somebody; its facts stay, and nothing more can be ingested through it.
    Disconnected,
}

impl ConnectionState {
    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disconnected => "disconnected",
        }
    }
}

/// How a sync ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SyncOutcome {
    /// Everything was read.
    Complete,
    /// Everything that could be read was read; coverage facts name the gaps.
    Partial,
    /// It stopped with an error; what was committed before stays.
    Failed,
    /// Somebody stopped it; what was committed before stays.
    Cancelled,
}

/// The end of a sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncRecord {
    /// When it ended.
    pub finished: Timestamp,
    /// How it ended.
    pub outcome: SyncOutcome,
}

/// A connection as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionRecord {
    /// The connection's id.
    pub id: ConnectionId,
    /// Which connector reads it.
    pub connector: ConnectorId,
    /// Where it reads from.
    pub target: ConnectionTarget,
    /// Whether it is read from.
    pub state: ConnectionState,
    /// When it was made.
    pub created: Timestamp,
    /// How the last sync ended; `None` before the first.
    pub last_sync: Option<SyncRecord>,
}

impl ConnectionRecord {
    /// Whether two connections would read the same: a workspace has one that is in use to each target.
    #[must_use]
    pub fn duplicates(&self, other: &Self) -> bool {
        let active = |row: &Self| row.state == ConnectionState::Active;
        let same = self.connector == other.connector && self.target == other.target;
        self.id != other.id && same && active(self) && active(other)
    }

    /// The filterable column of the connection's own id.
    pub const ID: Column = Column::new("connection");
    /// The filterable column of its state.
    pub const STATE: Column = Column::new("state");
}

impl FilterRow for ConnectionRecord {
    fn column(&self, column: Column) -> Option<Value> {
        match column {
            Self::ID => Some(Value::Id(*self.id.as_bytes())),
            Self::STATE => Some(Value::Name(self.state.as_str())),
            _ => None,
        }
    }
}
