//! A server that stops, is killed, answers with errors or has no room left; connections that are cut; writers that are killed.
//! What was acknowledged is there, once; of every other batch there is all or nothing.

mod disk;
mod process;
mod server;
mod states;
mod values;
mod wire;

use std::sync::Arc;

use prodops_core::id::RepositoryId;
use prodops_store::StoreError;
use prodops_store::contract::IngestBatch;
use prodops_store::postgres::Postgres;
use prodops_store::testing::{Fixture, Source, Tenant};

/// Commits of one batch, all of one repository of its own.
const COMMITS: usize = 12;

/// One batch after the other through one connection.
struct Line {
    fixture: Fixture,
    tenant: Tenant,
    source: Source,
    /// What was acknowledged, each batch by its repository.
    acknowledged: Vec<RepositoryId>,
}

impl Line {
    async fn begin(store: Postgres, seed: u64) -> Self {
        let fixture = Fixture::new(Arc::new(store), seed);
        let tenant = fixture.tenant().await;
        let source = fixture.source(&tenant).await;
        Self { fixture, tenant, source, acknowledged: Vec::new() }
    }

    /// The cursor after so many batches.
    fn cursor(&self) -> Option<Vec<u8>> {
        let count = self.acknowledged.len() as u64;
        Some(count.to_be_bytes().to_vec()).filter(|_| count > 0)
    }

    fn batch(&self) -> (RepositoryId, IngestBatch) {
        let history = self.fixture.generate.history(self.source.connection, COMMITS, 1);
        let next = (self.acknowledged.len() as u64 + 1).to_be_bytes();
        (history.repository.id, self.source.batch(self.cursor().as_deref(), &next, history.facts()))
    }

    /// Sends a batch once. What was not heard of and turns out to be there counts as acknowledged.
    async fn send(&mut self, (repository, batch): &(RepositoryId, IngestBatch)) -> Result<(), StoreError> {
        match self.fixture.inside(&self.tenant).ingest(batch.clone()).await {
            Ok(_) => {}
            Err(StoreError::Conflict { current }) if current.cursor() == Some(&batch.next_cursor) => {}
            Err(error) => return Err(error),
        }
        self.acknowledged.push(*repository);
        Ok(())
    }

    /// Every acknowledged batch is there, once and whole, and nothing else is.
    async fn assert_whole(&self) {
        let inside = self.fixture.inside(&self.tenant);
        let mut stored: Vec<_> = inside
            .repositories(&prodops_core::filter::Filter::all())
            .await
            .unwrap()
            .iter()
            .map(|row| row.id)
            .collect();
        let mut acknowledged = self.acknowledged.clone();
        stored.sort();
        acknowledged.sort();
        assert_eq!(stored, acknowledged, "what is stored is what was acknowledged");
        for repository in acknowledged {
            let commits = inside.commits(repository, None, 1_000).await.unwrap().items.len();
            assert_eq!(commits, COMMITS, "a batch is whole");
        }
        assert_eq!(inside.cursor(self.source.connection, &self.source.stream).await.unwrap(), self.cursor());
    }
}
