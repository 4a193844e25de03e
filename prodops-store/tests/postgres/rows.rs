//! What lies in the database: nothing readable, under the keys that the columns name; and what a lost connection leaves.

use std::collections::BTreeMap;
use std::sync::Arc;

use prodops_core::environment::Environment;
use prodops_core::id::{JobId, WorkspaceId};
use prodops_core::input::PersonName;
use prodops_core::keyring::KeyOwner;
use prodops_core::testing::{Canary, SeededEntropy};
use prodops_store::StoreError;
use prodops_store::backend::{Backend, ControlBackend};
use prodops_store::contract::{JobPlan, JobTask, NewJob, PortableRow};
use prodops_store::testing::postgres::{TestDatabase, skipped};
use prodops_store::testing::{Fixture, KeysOnDemand};
use sqlx::Row;

/// Every row of every table of ours, as the superuser sees it.
async fn everything(database: &TestDatabase) -> String {
    let mut admin = database.admin().await;
    let tables = sqlx::query(
        "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname LIKE 'prodops%' AND c.relkind = 'r'",
    );
    let mut text = String::new();
    for table in tables.fetch_all(&mut admin).await.unwrap() {
        let sql = format!("SELECT t::text FROM {} t", table.get::<String, _>(0));
        let mut query = sqlx::QueryBuilder::<sqlx::Postgres>::new(sql);
        for row in query.build().fetch_all(&mut admin).await.unwrap() {
            text.push_str(&row.get::<String, _>(0));
            text.push('\n');
        }
    }
    text
}

#[tokio::test]
async fn nothing_readable_is_in_the_database() {
    if skipped() {
        return;
    }
    let database = TestDatabase::new().await;
    let store = database.store(KeysOnDemand::new(Environment::Test).await).await;
    let fixture = Fixture::new(Arc::new(store), 910);
    let [name, cursor] = [1, 2].map(|seed| Canary::generate(&SeededEntropy::new(seed)));
    let tenant = fixture.tenant().await;
    let source = fixture.source(&tenant).await;
    let mut history = fixture.generate.history(source.connection, 20, 2);
    history.people[0].name = Some(PersonName::new(name.text()).unwrap());
    let batch = source.batch(None, cursor.text().as_bytes(), history.facts());
    fixture.inside(&tenant).ingest(batch).await.unwrap();
    let found = everything(&database).await;
    assert!(found.lines().count() > 30, "there is something to look through");
    // Bytes are shown in hexadecimal: both forms are looked for.
    let plain =
        [name.text(), cursor.text(), tenant.workspace.slug.as_str(), history.repository.name.as_str()];
    for text in plain {
        let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert!(!found.contains(text) && !found.contains(&hex), "a text lies open");
    }
    assert!(
        fixture.inside(&tenant).people().await.unwrap().contains(&history.people[0]),
        "it is there, for the keys"
    );
}

/// Every table's rows come under the new key, and say the same as before.
#[tokio::test]
async fn a_rotation_reaches_every_row() {
    if skipped() {
        return;
    }
    let database = TestDatabase::new().await;
    let keys = KeysOnDemand::new(Environment::Test).await;
    let store = Arc::new(database.store(keys.clone()).await);
    let fixture = Fixture::new(Arc::<prodops_store::postgres::Postgres>::clone(&store), 911);
    let tenant = fixture.tenant().await;
    let source = fixture.source(&tenant).await;
    let history = fixture.generate.history(source.connection, 30, 2);
    fixture.inside(&tenant).ingest(source.batch(None, b"1", history.facts())).await.unwrap();
    let person = history.people[0].id;
    fixture.inside(&tenant).erase_person(person, &fixture.event(&tenant.scope)).await.unwrap();
    let job = NewJob {
        id: JobId::from_bytes(fixture.generate.bytes()),
        workspace: Some(tenant.workspace.id),
        task: JobTask::SyncConnection(source.connection),
        plan: JobPlan::ONCE,
        run_after: fixture.now(),
        hasten: false,
    };
    fixture.jobs().enqueue(&job).await.unwrap();
    let before = exported(&*store, tenant.workspace.id).await;
    for owner in [KeyOwner::Deployment, KeyOwner::Workspace(tenant.workspace.id)] {
        let old = keys.0.keys(owner).await.unwrap().active();
        let named = store.rows_under(owner, old).await.unwrap();
        assert!(named > 8, "{named}");
        let new = keys.0.rotate_data_key(owner).await.unwrap();
        let (mut after, mut sealed) = (None, 0);
        loop {
            let done = store.reseal(owner, after.as_ref(), 7).await.unwrap();
            sealed += done.rows;
            after = done.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!((sealed, store.rows_under(owner, old).await.unwrap()), (named, 0));
        assert_eq!(store.rows_under(owner, new).await.unwrap(), named);
        assert_eq!(store.reseal(owner, None, 1_000).await.unwrap().rows, 0, "nothing is left to do");
    }
    assert_eq!(exported(&*store, tenant.workspace.id).await, before);
}

async fn exported(store: &dyn Backend, workspace: WorkspaceId) -> BTreeMap<KeyOwner, Vec<PortableRow>> {
    let mut snapshot = store.snapshot().await.unwrap();
    let mut all = BTreeMap::new();
    for owner in [KeyOwner::Deployment, KeyOwner::Workspace(workspace)] {
        all.insert(owner, snapshot.rows(owner, None, usize::MAX).await.unwrap().rows);
    }
    all
}

/// Connections that are cut at any moment lose nothing that was acknowledged, and the store goes on by itself.
#[tokio::test]
async fn cut_connections_lose_nothing_acknowledged() {
    if skipped() {
        return;
    }
    let database = TestDatabase::new().await;
    let store = database.store(KeysOnDemand::new(Environment::Test).await).await;
    let fixture = Fixture::new(Arc::new(store), 912);
    let tenant = fixture.tenant().await;
    let source = fixture.source(&tenant).await;
    let history = fixture.generate.history(source.connection, 40, 1);
    let store = fixture.inside(&tenant);
    let (mut cursor, mut cuts): (Option<Vec<u8>>, u32) = (None, 0);
    for step in 0..20_u8 {
        let next = vec![step];
        let batch = source.batch(cursor.as_deref(), &next, history.facts());
        let cut = async {
            let cut = sqlx::query(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                 WHERE datname = current_database() AND usename = 'prodops_test_login'",
            );
            cut.execute(&mut database.admin().await).await.unwrap();
        };
        let (outcome, ()) = tokio::join!(store.ingest(batch.clone()), cut);
        if let Err(error) = outcome {
            assert!(error.is_retryable(), "{error:?}");
            cuts += 1;
            loop {
                match store.ingest(batch.clone()).await {
                    Ok(_) => break,
                    Err(StoreError::Conflict { current }) if current.cursor() == Some(&next) => break,
                    Err(error) => assert!(error.is_retryable(), "{error:?}"),
                }
            }
        }
        cursor = Some(next);
        let stored = store.cursor(source.connection, &source.stream).await;
        assert!(stored.is_err() || stored.unwrap() == cursor);
    }
    println!("20 batches, {cuts} of them cut off and sent again");
    assert_eq!(store.commits(history.repository.id, None, 100).await.unwrap().items.len(), 40);
}
