//! A disk without room.

use prodops_core::environment::Environment;
use prodops_store::StoreError;
use prodops_store::testing::KeysOnDemand;
use prodops_store::testing::postgres::{OwnServer, TestDatabase, skipped};

use super::Line;

/// Puts the tables of a database on a small disk.
async fn move_to(database: &TestDatabase, folder: &std::path::Path) {
    let mut admin = database.admin().await;
    let made = format!("CREATE TABLESPACE small LOCATION '{}'", folder.display());
    sqlx::QueryBuilder::<sqlx::Postgres>::new(made)
        .build()
        .persistent(false)
        .execute(&mut admin)
        .await
        .unwrap();
    let tables = "SELECT format('ALTER %s %s SET TABLESPACE small', \
                  CASE c.relkind WHEN 'r' THEN 'TABLE' ELSE 'INDEX' END, c.oid::regclass) FROM pg_class c \
                  JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'prodops' AND c.relkind IN ('r', 'i')";
    for table in sqlx::query_scalar::<_, String>(tables).fetch_all(&mut admin).await.unwrap() {
        sqlx::QueryBuilder::<sqlx::Postgres>::new(table)
            .build()
            .persistent(false)
            .execute(&mut admin)
            .await
            .unwrap();
    }
}

/// A full disk refuses a batch as a whole and says so; when there is room again, the same batch goes in.
#[tokio::test]
async fn a_full_disk_keeps_whole_batches() {
    if skipped() {
        return;
    }
    let server = OwnServer::start().await;
    let Some(disk) = server.small_disk(3) else {
        eprintln!("SKIPPED: this process may not mount a small disk, nothing was tested on a full one");
        return;
    };
    let database = server.database().await;
    move_to(&database, disk.folder()).await;
    let store = database.store(KeysOnDemand::new(Environment::Test).await).await;
    let mut line = Line::begin(store, 950).await;
    let refused = loop {
        let batch = line.batch();
        match line.send(&batch).await {
            Ok(()) => assert!(line.acknowledged.len() < 2_000, "the disk is larger than it should be"),
            Err(error) => break (batch, error),
        }
    };
    let (batch, error) = refused;
    assert!(matches!(error, StoreError::Full) && !error.is_retryable(), "{error:?}");
    line.assert_whole().await;
    disk.grow(64);
    let before = line.acknowledged.len();
    line.send(&batch).await.expect("there is room again");
    line.assert_whole().await;
    println!(
        "the disk was full after {before} batches: all of them whole, and the refused one went in later"
    );
    drop((line, database));
    server.stop();
}
