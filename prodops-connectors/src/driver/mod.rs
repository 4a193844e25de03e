//! Runs a connector's streams: order, batches, checkpoints. Connectors know nothing of it.

mod content;
mod port;
mod records;
mod sync;
mod tip;

pub use port::{SinkError, SyncBatch, SyncSink, WalkPart};
pub use sync::{SyncDriver, SyncError, SyncSummary};
