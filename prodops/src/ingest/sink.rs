//! Stores what a sync yields, as the system principal that holds the connection's lease.

use std::collections::{BTreeSet, HashSet};

use async_trait::async_trait;
use prodops_connectors::driver::{SinkError, SyncBatch, SyncSink};
use prodops_core::fact::{CommitId, Fact};
use prodops_core::id::RepositoryId;
use prodops_core::input::StreamName;
use prodops_core::tenancy::JobLease;
use prodops_policy::{IngestFacts, Permit};
use prodops_store::StoreError;
use prodops_store::contract::IngestBatch;

use super::KeptLabels;
use crate::engine::Guarded;

/// One connection's way into the store for as long as its lease holds.
pub(crate) struct LeasedSink<'a> {
    pub(crate) guarded: Guarded<'a>,
    pub(crate) permit: Permit<IngestFacts>,
    pub(crate) lease: &'a JobLease,
    pub(crate) kept: KeptLabels,
}

#[async_trait]
impl SyncSink for LeasedSink<'_> {
    async fn cursor(&self, stream: &StreamName) -> Result<Option<Vec<u8>>, SinkError> {
        self.guarded.cursor(&self.permit, self.lease.connection(), stream).await.map_err(sink_error)
    }

    async fn commit(&self, batch: SyncBatch) -> Result<(), SinkError> {
        let mut facts = without_repeats(batch.facts);
        let place = (self.lease.connection(), batch.next_cursor.as_slice());
        self.kept.restore(&self.guarded, &self.permit, place, &mut facts).await.map_err(sink_error)?;
        let batch = IngestBatch {
            connection: self.lease.connection(),
            stream: batch.stream,
            epoch: self.lease.epoch(),
            expected_cursor: batch.expected_cursor,
            next_cursor: batch.next_cursor,
            facts,
        };
        self.guarded.ingest(&self.permit, batch).await.map(|_| ()).map_err(sink_error)
    }

    async fn retain_commits(
        &self,
        repository: RepositoryId,
        keep: &BTreeSet<CommitId>,
    ) -> Result<u64, SinkError> {
        let (connection, epoch) = (self.lease.connection(), self.lease.epoch());
        self.guarded
            .retain_commits(&self.permit, connection, repository, epoch, keep)
            .await
            .map_err(sink_error)
    }
}

/// Every commit brings its people along: within a batch the same statement about a person is kept once.
fn without_repeats(facts: Vec<Fact>) -> Vec<Fact> {
    let mut seen = HashSet::new();
    let mut kept: Vec<Fact> = facts
        .into_iter()
        .rev()
        .filter(|fact| match fact {
            // From the newest back: the latest name is the one that stays, and a nameless mention hides no name.
            Fact::Person(person) => seen.insert((person.id, person.name.is_some())),
            _ => true,
        })
        .collect();
    kept.reverse();
    kept
}

fn sink_error(error: StoreError) -> SinkError {
    match error {
        StoreError::Conflict { .. } => SinkError::Conflict,
        other => SinkError::Store(Box::new(other)),
    }
}
