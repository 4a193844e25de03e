//! How fast batches come in: through the store, in small ones and in large ones; beside `psql \copy` of such rows into the
//! identical table, and beside one awaited `INSERT` after the other.

use std::sync::Arc;
use std::time::Duration;

use prodops_store::backend::Backend;
use prodops_store::contract::IngestBatch;
use prodops_store::testing::Fixture;

use super::cluster::{Cluster, Database};
use super::measure::{Times, timed};
use super::place::{Place, commits};
use super::section::Section;
use super::{Failure, Size};

/// Facts of a small batch, which travel as arrays.
const SMALL: usize = 2_000;
/// Facts of a large one, which travel by `COPY`.
pub(super) const LARGE: usize = IngestBatch::MAX_FACTS;
/// Single inserts of one round.
const SINGLES: usize = 500;
/// The most rows of one round.
const MOST: usize = 200_000;

/// What was measured.
#[derive(Default)]
pub(super) struct Rates {
    /// Rows of a round.
    pub(super) rows: usize,
    /// Small batches through the store.
    pub(super) small: Times,
    /// Large batches through the store.
    pub(super) large: Times,
    /// `psql \copy`.
    pub(super) copy: Times,
    /// Single inserts of a round.
    pub(super) singles: usize,
    /// One awaited `INSERT` after the other.
    pub(super) single: Times,
}

/// A side with a database of its own, so that the tables of all sides grow alike.
struct Side<'c> {
    database: Database<'c>,
    fixture: Fixture,
}

impl<'c> Side<'c> {
    async fn make(cluster: &'c Cluster, name: &'static str) -> Result<Self, Failure> {
        let database = cluster.database(name).await?;
        let backend: Arc<dyn Backend> = Arc::<prodops_store::postgres::Postgres>::clone(&database.store);
        Ok(Self { database, fixture: Fixture::new(backend, 2) })
    }

    /// The rows of one round in a workspace of their own.
    async fn store(&self, seed: u64, rows: usize, batch: usize) -> Result<(Place, Duration), Failure> {
        let mut place = Place::make(&self.fixture).await?;
        let facts = commits(place.repository, seed, 0..rows, rows)?;
        self.database.settle().await?;
        let took = place.ingest(&self.fixture, &facts, batch).await?;
        Ok((place, took))
    }
}

/// Takes the sides in turn, another one first in each round.
pub(super) async fn measure(cluster: &Cluster, size: &Size, section: &mut Section) -> Result<Rates, Failure> {
    let rows = size.of_workspace().min(MOST);
    let mut rates = Rates { rows, singles: SINGLES.min(rows), ..Rates::default() };
    let source = Side::make(cluster, "source").await?;
    let (small, large) = (Side::make(cluster, "small").await?, Side::make(cluster, "large").await?);
    let (copied, single) = (cluster.database("copied").await?, cluster.database("single").await?);
    let file = cluster.folder().join("rows").display().to_string();
    for round in 0..size.rounds {
        let seed = round as u64 + 1;
        let (place, _) = source.store(seed, rows, LARGE).await?;
        source.database.psql(&format!(
            "\\copy (SELECT * FROM prodops.commit_fact WHERE workspace_id = '{}' ORDER BY ctid) TO '{file}'",
            place.tenant.workspace.id
        ))?;
        for turn in 0..4 {
            match (round + turn) % 4 {
                0 => rates.small.add(small.store(seed, rows, SMALL).await?.1),
                1 => rates.large.add(large.store(seed, rows, LARGE).await?.1),
                2 => {
                    copied.settle().await?;
                    let copy = async { copied.psql(&format!("\\copy prodops.commit_fact FROM '{file}'")) };
                    rates.copy.add(timed(copy).await?.1);
                }
                _ => {
                    let time = insert_singly(&source.database, &single, &place, rates.singles).await?;
                    rates.single.add(time);
                }
            }
        }
    }
    section.ingest(&rates);
    Ok(rates)
}

/// One statement per row, each committed before the next, by an owner whom no policy slows down.
async fn insert_singly(
    from: &Database<'_>,
    to: &Database<'_>,
    place: &Place,
    rows: usize,
) -> Result<Duration, Failure> {
    let query = sqlx::query_scalar::<_, String>(
        "SELECT t::text FROM prodops.commit_fact t WHERE workspace_id = $1::text::uuid LIMIT $2",
    );
    let query = query.bind(place.tenant.workspace.id.to_string()).bind(i64::try_from(rows)?);
    let rows = query.fetch_all(&mut from.admin().await?).await?;
    let mut admin = to.admin().await?;
    to.settle().await?;
    let insert = async {
        for row in rows {
            let query = sqlx::query(
                "INSERT INTO prodops.commit_fact \
                 SELECT (r.row).* FROM (SELECT $1::text::prodops.commit_fact AS row OFFSET 0) r",
            );
            query.bind(row).execute(&mut admin).await?;
        }
        Ok::<_, Failure>(())
    };
    Ok(timed(insert).await?.1)
}
