//! A session as it is kept.

use prodops_core::id::{SessionId, UserId};
use prodops_core::session::{ClientFamily, SessionKey, SessionRecord};
use prodops_core::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A session as its row. The only form in which its key lies anywhere.
#[derive(Serialize, Deserialize)]
pub(crate) struct SessionRow {
    pub(crate) id: SessionId,
    user: UserId,
    created: Timestamp,
    last_seen: Timestamp,
    spent_seconds: i64,
    auth_time: Timestamp,
    epoch: u64,
    key: [u8; 32],
    client: ClientFamily,
    renew: bool,
}

impl SessionRow {
    pub(crate) const fn id(&self) -> SessionId {
        self.id
    }
}

impl From<&SessionRecord> for SessionRow {
    fn from(session: &SessionRecord) -> Self {
        Self {
            id: session.id,
            user: session.user,
            created: session.created,
            last_seen: session.last_seen,
            spent_seconds: session.spent_seconds,
            auth_time: session.auth_time,
            epoch: session.epoch,
            key: session.key.expose(|bytes| *bytes),
            client: session.client,
            renew: session.renew,
        }
    }
}

impl From<SessionRow> for SessionRecord {
    fn from(row: SessionRow) -> Self {
        Self {
            id: row.id,
            user: row.user,
            created: row.created,
            last_seen: row.last_seen,
            spent_seconds: row.spent_seconds,
            auth_time: row.auth_time,
            epoch: row.epoch,
            key: SessionKey::from_bytes(row.key),
            client: row.client,
            renew: row.renew,
        }
    }
}
