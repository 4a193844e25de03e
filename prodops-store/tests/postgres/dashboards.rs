//! What dashboards read comes from the index alone, behind both locks.

use std::sync::Arc;

use prodops_core::environment::Environment;
use prodops_store::testing::postgres::{TestDatabase, skipped};
use prodops_store::testing::{Fixture, KeysOnDemand};
use sqlx::{Connection, Row};

/// Every column that a dashboard adds up, by time.
const QUESTION: &str = "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) \
     SELECT committed_ms / 86400000, repository_id, author_id, label, bot, merge, \
            count(*), sum(added), sum(deleted), sum(files) FROM prodops.commit_fact \
     WHERE workspace_id = $1 AND committed_ms >= $2 AND committed_ms < $3 GROUP BY 1, 2, 3, 4, 5, 6";

#[tokio::test]
async fn a_dashboard_reads_the_index_alone() {
    if skipped() {
        return;
    }
    let database = TestDatabase::new().await;
    let store = database.store(KeysOnDemand::new(Environment::Test).await).await;
    let fixture = Fixture::new(Arc::new(store), 980);
    let (mut ids, mut times) = (Vec::new(), Vec::new());
    for _ in 0..2 {
        let tenant = fixture.tenant().await;
        let source = fixture.source(&tenant).await;
        let history = fixture.generate.history(source.connection, 4_000, 1);
        fixture.inside(&tenant).ingest(source.batch(None, b"1", history.facts())).await.unwrap();
        ids.push(tenant.workspace.id);
        times.push([1_000, 2_000].map(|at: usize| history.commits[at].committed.at.as_millis()));
    }
    sqlx::query("VACUUM (ANALYZE) prodops.commit_fact").execute(&mut database.admin().await).await.unwrap();

    let mut login = database.login().await;
    let mut frame = login.begin().await.unwrap();
    for text in
        ["SET LOCAL ROLE prodops_app".to_owned(), format!("SET LOCAL prodops.workspace_id = '{}'", ids[1])]
    {
        let mut text = sqlx::QueryBuilder::<sqlx::Postgres>::new(text);
        text.build().persistent(false).execute(&mut *frame).await.unwrap();
    }
    let own = sqlx::types::Uuid::from_bytes(*ids[1].as_bytes());
    let query = sqlx::query(QUESTION).bind(own).bind(times[1][0]).bind(times[1][1]);
    let plan = query.fetch_all(&mut *frame).await.unwrap();
    let plan = plan.iter().map(|row| row.get::<String, _>(0)).collect::<Vec<_>>().join("\n");
    println!("{plan}");
    assert!(plan.contains("Index Only Scan using commit_fact_workspace_id_committed_ms"), "{plan}");
    assert!(plan.contains("Heap Fetches: 0") && !plan.contains("Heap Scan"), "{plan}");
    assert!(plan.contains("rows=1000 "), "it read the thousand commits of this span:\n{plan}");
}
