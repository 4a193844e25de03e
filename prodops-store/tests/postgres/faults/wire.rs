//! Connections that are cut in the middle of a message, in either direction, after any number of bytes.

use std::sync::Arc;

use prodops_core::environment::Environment;
use prodops_core::keyring::KeyOwner;
use prodops_store::postgres::Postgres;
use prodops_store::testing::postgres::{Tamper, TestDatabase, skipped};
use prodops_store::testing::{Fixture, Generate, KeysOnDemand};

use super::Line;
use crate::locks::calls::{self, Caller};
use crate::locks::furnish;

async fn cut(times: u32) {
    let database = TestDatabase::new().await;
    let (wire, keys) = (database.wire(Tamper::Nothing), KeysOnDemand::new(Environment::Test).await);
    let store =
        Postgres::connect(&database.through(&wire).connections(2), Environment::Test, keys).await.unwrap();
    let (mut line, luck) = (Line::begin(store, 940).await, Generate::new(941));
    let mut failures = 0;
    for _ in 0..times {
        let batch = line.batch();
        wire.cut_after(luck.below(30_000));
        while let Err(error) = line.send(&batch).await {
            assert!(error.is_retryable(), "{error:?}");
            failures += 1;
        }
    }
    wire.cut_after(u64::MAX);
    line.assert_whole().await;
    println!("{} connections cut, {failures} of {times} batches sent again", wire.cuts());
    assert!(wire.cuts() > times / 4, "{} of {times} cuts", wire.cuts());
}

#[tokio::test]
async fn connections_that_are_cut_anywhere_lose_and_double_nothing() {
    if !skipped() {
        cut(80).await;
    }
}

#[tokio::test]
#[ignore = "minutes: cargo xtask soak"]
async fn soak_connections_that_are_cut_anywhere_lose_and_double_nothing() {
    if !skipped() {
        cut(3_000).await;
    }
}

/// Whichever method a connection is lost under, it says that the store is not available, and the next one goes on.
#[tokio::test]
async fn every_method_says_that_a_lost_connection_may_come_back() {
    if skipped() {
        return;
    }
    let (luck, mut lost, mut cuts) = (Generate::new(942), 0, 0);
    for round in 0..6 {
        let database = TestDatabase::new().await;
        let (wire, keys) = (database.wire(Tamper::Nothing), KeysOnDemand::new(Environment::Test).await);
        let config = database.through(&wire).connections(2);
        let store = Arc::new(Postgres::connect(&config, Environment::Test, keys.clone()).await.unwrap());
        let fixture = Fixture::new(Arc::<Postgres>::clone(&store), 943 + round);
        let known = furnish(&fixture).await;
        let acting = known.workspace.id;
        let key = keys.0.keys(KeyOwner::Workspace(acting)).await.unwrap().active();
        let generate = Generate::new(944);
        let caller = Caller { backend: store, fixture: &fixture, acting, known: &known, key, generate };
        let outcomes = calls::all_with(&caller, || wire.cut_after(luck.below(2_500))).await;
        for (method, outcome) in &outcomes {
            assert!(!outcome.contains("backend failed"), "{method}: {outcome}");
            lost += u32::from(outcome.contains("the store is not available"));
        }
        cuts += wire.cuts();
        assert!(outcomes.iter().any(|(_, outcome)| !outcome.starts_with("error")));
    }
    println!(
        "{cuts} connections cut under every method: {lost} calls may be tried again, none says anything else"
    );
    assert!(lost > 60, "{lost}");
}
