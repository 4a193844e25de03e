//! How batches are written: by which way, and what is left alone.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use prodops_core::environment::Environment;
use prodops_core::fact::{CommitFact, CommitId, Fact};
use prodops_core::time::Timestamp;
use prodops_store::postgres::Postgres;
use prodops_store::testing::postgres::{TestDatabase, skipped};
use prodops_store::testing::{Fixture, KeysOnDemand, Source, Tenant};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use sqlx::Row;

/// So many rows travel by `COPY`.
const LARGE: usize = 3_000;

async fn opened(seed: u64) -> (TestDatabase, Fixture, Tenant, Source) {
    let database = TestDatabase::new().await;
    let store = database.store(KeysOnDemand::new(Environment::Test).await).await;
    let fixture = Fixture::new(Arc::new(store), seed);
    let tenant = fixture.tenant().await;
    let source = fixture.source(&tenant).await;
    (database, fixture, tenant, source)
}

/// Where each row lies, which transaction wrote it, and which one touched it last.
async fn versions(database: &TestDatabase, table: &str) -> Vec<(String, String, String)> {
    let sql = format!("SELECT ctid::text, xmin::text, xmax::text FROM prodops.{table} ORDER BY ctid");
    let mut query = sqlx::QueryBuilder::<sqlx::Postgres>::new(sql);
    let rows = query.build().fetch_all(&mut database.admin().await).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
}

/// What comes again as it is stored writes no tuple and locks none, whichever way its batch takes.
#[tokio::test]
async fn an_unchanged_sync_writes_no_tuple() {
    if skipped() {
        return;
    }
    for (seed, commits) in [(940, 200), (941, LARGE)] {
        let (database, fixture, tenant, source) = opened(seed).await;
        let history = fixture.generate.history(source.connection, commits, 1);
        let store = fixture.inside(&tenant);
        store.ingest(source.batch(None, b"1", history.facts())).await.unwrap();
        for table in ["commit_fact", "person"] {
            let before = versions(&database, table).await;
            assert!(before.iter().all(|(_, _, xmax)| xmax == "0"), "nobody touched them");
        }
        let tables = ["commit_fact", "person", "repository", "coverage", "line_log", "tip_file"];
        let mut before = Vec::new();
        for table in tables {
            before.push(versions(&database, table).await);
        }
        let again = store.ingest(source.batch(Some(b"1"), b"2", history.facts())).await.unwrap();
        assert_eq!((again.written, again.unchanged), (0, history.facts().len() as u64));
        for (table, before) in tables.iter().zip(before) {
            let after = versions(&database, table).await;
            let written = |rows: &[(String, String, String)]| {
                rows.iter().map(|(place, writer, _)| (place.clone(), writer.clone())).collect::<Vec<_>>()
            };
            assert_eq!(written(&after), written(&before), "{table}");
            if ["commit_fact", "person"].contains(table) {
                assert_eq!(after, before, "{table}: nobody locked them");
            }
        }
        println!("{commits} commits sent again: 0 tuples written in {} tables", tables.len());
    }
}

/// Every column of every commit, except for what is sealed anew each time.
async fn columns(database: &TestDatabase) -> Vec<String> {
    let query = sqlx::query(
        "SELECT (to_jsonb(t) - 'sealed')::text FROM prodops.commit_fact t ORDER BY repository_id, id",
    );
    let rows = query.fetch_all(&mut database.admin().await).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// Changes that reach every column and the ends of its range.
fn varied(commit: &mut CommitFact, (seed, edge): (u64, u8)) {
    commit.committed.at = Timestamp::from_millis(match edge % 4 {
        0 => 0,
        1 => -1,
        _ => i64::from(u32::MAX) * i64::try_from(seed % 1_000).unwrap(),
    })
    .unwrap_or(commit.committed.at);
    commit.bot = edge % 3 == 0;
    if edge % 5 == 0 {
        commit.author = None;
    }
    if edge % 7 == 0 {
        commit.label = None;
        commit.parents.push(commit.id);
        commit.parents.push(commit.id);
    }
    if edge % 11 == 0 {
        commit.changes.clear();
    }
    for change in &mut commit.changes {
        change.added = if edge % 13 == 0 { u32::MAX } else { change.added };
    }
    if edge % 2 == 0 {
        let mut id = [edge; 32];
        id[..8].copy_from_slice(&seed.to_be_bytes());
        commit.id = CommitId::Sha256(id);
    }
}

/// `COPY` and arrays leave the same rows.
#[tokio::test]
async fn both_ways_store_the_same_rows() {
    if skipped() {
        return;
    }
    let keys = KeysOnDemand::new(Environment::Test).await;
    let mut runner = TestRunner::deterministic();
    let edges = prop::collection::vec(any::<(u64, u8)>(), LARGE);
    for case in 0..4 {
        let seed = 950 + case;
        let edges = edges.new_tree(&mut runner).unwrap().current();
        let mut stored = Vec::new();
        for piece in [LARGE * 2, 700] {
            let database = TestDatabase::new().await;
            let fixture = Fixture::new(Arc::new(database.store(keys.clone()).await), seed);
            let tenant = fixture.tenant().await;
            let source = fixture.source(&tenant).await;
            let mut history = fixture.generate.history(source.connection, LARGE, 2);
            history.commits.iter_mut().zip(&edges).for_each(|(commit, edge)| varied(commit, *edge));
            let (store, mut cursor): (_, Option<Vec<u8>>) = (fixture.inside(&tenant), None);
            for (number, facts) in history.facts().chunks(piece).enumerate() {
                let next = number.to_be_bytes().to_vec();
                store.ingest(source.batch(cursor.as_deref(), &next, facts.to_vec())).await.unwrap();
                cursor = Some(next);
            }
            let mut read = fixture.inside(&tenant).commits(history.repository.id, None, 1).await.unwrap();
            assert!(history.commits.contains(&read.items.remove(0)));
            stored.push(columns(&database).await);
        }
        let arrays = stored.pop().unwrap();
        assert!(arrays.len() > LARGE * 9 / 10 && stored == [arrays], "case {case}");
    }
}

/// A large batch through a pooler in transaction mode leaves no table on the server's connection, and neither does one whose
/// future is dropped at any point.
#[tokio::test]
async fn a_stage_goes_with_its_transaction() {
    if skipped() {
        return;
    }
    let database = TestDatabase::new().await;
    let keys = KeysOnDemand::new(Environment::Test).await;
    let config = database.pooled_config().connections(1);
    let store = Arc::new(Postgres::connect(&config, Environment::Test, keys).await.unwrap());
    let fixture = Fixture::new(store, 960);
    let tenant = fixture.tenant().await;
    for polls in (1..60).step_by(4) {
        let source = fixture.source(&tenant).await;
        let history = fixture.generate.history(source.connection, LARGE, 1);
        let batch = source.batch(None, b"1", history.facts());
        let store = fixture.inside(&tenant);
        {
            let mut write = pin!(store.ingest(batch.clone()));
            for _ in 0..polls {
                if poll_fn(|cx| Poll::Ready(write.as_mut().poll(cx).is_ready())).await {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
        match store.ingest(batch).await {
            Ok(outcome) => assert_eq!(outcome.written, history.facts().len() as u64, "after {polls} polls"),
            Err(error) => assert!(matches!(error, prodops_store::StoreError::Conflict { .. }), "{error:?}"),
        }
        let left = sqlx::query("SELECT count(*) FROM pg_class WHERE relname = 'commit_stage'");
        let left: i64 = left.fetch_one(&mut database.admin().await).await.unwrap().get(0);
        assert_eq!(left, 0, "after {polls} polls");
    }
}

/// The same fact sent twice in a large batch is one row, the later one.
#[tokio::test]
async fn of_two_facts_in_a_large_batch_the_later_counts() {
    if skipped() {
        return;
    }
    let (_database, fixture, tenant, source) = opened(970).await;
    let history = fixture.generate.history(source.connection, LARGE, 1);
    let later = CommitFact { author: None, ..history.commits[0].clone() };
    let facts = [history.facts(), vec![Fact::Commit(later.clone())]].concat();
    let store = fixture.inside(&tenant);
    store.ingest(source.batch(None, b"1", facts)).await.unwrap();
    let mut after = None;
    loop {
        let page = store.commits(history.repository.id, after.as_ref(), 1_000).await.unwrap();
        if let Some(found) = page.items.iter().find(|commit| commit.id == later.id) {
            return assert_eq!(found, &later);
        }
        after = Some(page.next.expect("it is on some page"));
    }
}

/// Where `prodops_app` may make no table for a transaction, large batches would fail one day: the store says so at once.
#[tokio::test]
async fn a_database_without_room_for_a_stage_is_not_opened() {
    if skipped() {
        return;
    }
    let (database, keys) = (TestDatabase::new().await, KeysOnDemand::new(Environment::Test).await);
    let revoke = "DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC, prodops_app', \
                  current_database()); END $$";
    sqlx::query(revoke).execute(&mut database.admin().await).await.unwrap();
    let refused = Postgres::connect(&database.config(), Environment::Test, keys).await.unwrap_err();
    assert!(refused.to_string().contains("large batches have a place to wait"), "{refused}");
}
