//! What goes into a store and what comes out, the same for every backend.

mod ai_use;
mod audit;
mod backoff;
mod connection;
mod heartbeat;
mod ingest;
mod job;
mod job_record;
mod lease;
mod line_log;
mod page;
mod plane;
mod portable;
mod remote;
mod reseal;
mod rows;
mod sessions;
mod stream;
mod tombstone;
mod version;

pub use ai_use::{AiAmount, AiRunRecord, AiSpending, AiUseRecord};
pub use audit::{AuditFilter, AuditQuery, AuditTree, PermitCount, SequencedBatch, SignedCheckpoint};
pub use backoff::Backoff;
pub use connection::{ConnectionRecord, ConnectionState, SyncOutcome, SyncRecord};
pub use heartbeat::Heartbeat;
pub use ingest::{IngestBatch, IngestOutcome};
pub use job::{JobClaim, JobFailure, JobHold, JobPlan, JobPriority, JobTask, NewJob};
pub use job_record::{JobRecord, JobState};
pub use lease::LeaseRequest;
pub use line_log::{LineLogKey, LineLogPart};
pub use page::{Page, PageToken, ParsePageTokenError};
pub(crate) use page::{Paging, Query};
pub use plane::Plane;
pub use portable::{ExportPage, ExportPosition, PortableRow};
pub use remote::{
    BatchTag, BatchTagError, RemoteObjectId, RemoteObjectIdError, RemoteObjectKind, RemoteObjectRecord,
    RemoteObjectState,
};
pub use reseal::{ResealPosition, Resealed};
pub use rows::RowBatch;
pub use sessions::UserSessions;
pub use stream::row_stream;
pub use tombstone::{ErasureSubject, PurgeState, Purged, TableRows, TombstoneRecord};
pub use version::{Version, Versioned};
