//! The database that is read: so many commits of so many workspaces, through the store's own door.

use std::sync::Arc;
use std::time::Instant;

use prodops::core::id::{RepositoryId, WorkspaceId};
use prodops_store::backend::Backend;
use prodops_store::contract::IngestBatch;
use prodops_store::testing::Fixture;

use super::cluster::{Cluster, Database, say};
use super::place::{Place, commits};
use super::section::Section;
use super::{Failure, Size};

/// Writers at once while the database is filled.
const WRITERS: usize = 2;

/// The database, and what is in it.
pub(super) struct Filled<'c> {
    pub(super) database: Database<'c>,
    /// Each workspace with its repository.
    pub(super) workspaces: Vec<(WorkspaceId, RepositoryId)>,
}

/// Fills a new database: every workspace gets a batch before one gets its second, as when all are synced at once.
pub(super) async fn fill<'c>(
    cluster: &'c Cluster,
    size: &Size,
    section: &mut Section,
) -> Result<Filled<'c>, Failure> {
    let database = cluster.database("facts").await?;
    let backend: Arc<dyn Backend> = Arc::<prodops_store::postgres::Postgres>::clone(&database.store);
    let fixture = Arc::new(Fixture::new(backend, 1));
    let mut places = Vec::with_capacity(size.workspaces);
    for _ in 0..size.workspaces {
        places.push(Place::make(&fixture).await?);
    }
    let workspaces = places.iter().map(|place| (place.tenant.workspace.id, place.repository)).collect();
    let begun = Instant::now();
    let mut shares: Vec<Vec<(u64, Place)>> = (0..WRITERS).map(|_| Vec::new()).collect();
    for (number, place) in places.into_iter().enumerate() {
        if let Some(share) = shares.get_mut(number % WRITERS) {
            share.push((number as u64, place));
        }
    }
    let writers: Vec<_> = shares
        .into_iter()
        .map(|share| tokio::spawn(write(Arc::clone(&fixture), share, size.of_workspace())))
        .collect();
    for writer in writers {
        writer.await??;
    }
    let took = begun.elapsed();
    let begun = Instant::now();
    say(&mut database.admin().await?, "VACUUM (ANALYZE) prodops.commit_fact").await?;
    section.filled(size, took, begun.elapsed(), &table_size(&database).await?);
    Ok(Filled { database, workspaces })
}

async fn write(fixture: Arc<Fixture>, mut share: Vec<(u64, Place)>, all: usize) -> Result<(), Failure> {
    for from in (0..all).step_by(IngestBatch::MAX_FACTS) {
        let until = all.min(from + IngestBatch::MAX_FACTS);
        for (seed, place) in &mut share {
            let facts = commits(place.repository, *seed, from..until, all)?;
            place.ingest(&fixture, &facts, IngestBatch::MAX_FACTS).await?;
        }
    }
    Ok(())
}

async fn table_size(database: &Database<'_>) -> Result<String, Failure> {
    use sqlx::Row;
    let query = sqlx::query(
        "SELECT pg_size_pretty(pg_table_size('prodops.commit_fact')) || ' and ' \
         || pg_size_pretty(pg_indexes_size('prodops.commit_fact')) || ' of indexes'",
    );
    Ok(query.fetch_one(&mut database.admin().await?).await?.try_get(0)?)
}
