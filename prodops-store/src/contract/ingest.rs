//! A batch of facts with the cursor they bring a stream to.

use prodops_core::fact::Fact;
use prodops_core::id::ConnectionId;
use prodops_core::input::StreamName;

/// Facts of one stream and the cursor that follows them. It is stored whole or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IngestBatch {
    /// The connection that they were read through.
    pub connection: ConnectionId,
    /// The stream that they came from.
    pub stream: StreamName,
    /// The epoch of the lease that the writer holds.
    pub epoch: u64,
    /// The cursor that the writer started from; `None` at the beginning.
    pub expected_cursor: Option<Vec<u8>>,
    /// The cursor after these facts.
    pub next_cursor: Vec<u8>,
    /// The facts, oldest first: of two about the same thing the later one counts.
    pub facts: Vec<Fact>,
}

impl IngestBatch {
    /// The most facts that one batch may hold.
    pub const MAX_FACTS: usize = 50_000;
}

/// What a batch did. Rows are counted, not facts: two facts about the same thing are one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct IngestOutcome {
    /// Rows that are new or differ from what was stored.
    pub written: u64,
    /// Rows that were stored just so already, and were left alone.
    pub unchanged: u64,
}
