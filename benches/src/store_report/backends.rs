//! The embedded backend in a file on the same disk, beside PostgreSQL, through the same door and with the same batches.

use std::sync::Arc;

use prodops::core::environment::Environment;
use prodops_store::embedded::Embedded;
use prodops_store::testing::{Fixture, KeysOnDemand};

use super::cluster::Cluster;
use super::ingest::{LARGE, Rates};
use super::measure::Times;
use super::place::{Place, commits};
use super::section::Section;
use super::{Failure, Size};

/// Takes the embedded side as often as the others; its file grows alike.
pub(super) async fn measure(
    cluster: &Cluster,
    size: &Size,
    rates: &Rates,
    section: &mut Section,
) -> Result<(), Failure> {
    let keys = KeysOnDemand::new(Environment::Test).await;
    let file = cluster.folder().join("store.redb");
    let store = Arc::new(Embedded::open(&file, Environment::Test, keys).await?);
    let fixture = Fixture::new(store, 3);
    let mut times = Times::default();
    for round in 0..size.rounds {
        let mut place = Place::make(&fixture).await?;
        let facts = commits(place.repository, round as u64 + 1, 0..rates.rows, rates.rows)?;
        times.add(place.ingest(&fixture, &facts, LARGE).await?);
    }
    section.embedded(rates, &times);
    Ok(())
}
