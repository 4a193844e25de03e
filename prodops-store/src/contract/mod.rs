//! What goes into a store and what comes out, the same for every backend.

mod audit;
mod connection;
mod ingest;
mod lease;
mod page;
mod plane;
mod reseal;
mod rows;
mod sessions;
mod version;

pub use audit::{AuditFilter, AuditQuery, AuditTree, PermitCount, SequencedBatch, SignedCheckpoint};
pub use connection::{ConnectionRecord, ConnectionState, SyncOutcome, SyncRecord};
pub use ingest::{IngestBatch, IngestOutcome};
pub use lease::LeaseRequest;
pub use page::{Page, PageToken, ParsePageTokenError};
pub(crate) use page::{Paging, Query};
pub use plane::Plane;
pub use reseal::{ResealPosition, Resealed};
pub use rows::RowBatch;
pub use sessions::UserSessions;
pub use version::{Version, Versioned};
