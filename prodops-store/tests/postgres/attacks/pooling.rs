//! One connection for everybody: whatever happens to a future in one workspace, the next one is in its own.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use prodops_core::environment::Environment;
use prodops_core::filter::Filter;
use prodops_store::postgres::{Postgres, PostgresConfig};
use prodops_store::testing::postgres::{TestDatabase, skipped};
use prodops_store::testing::{Fixture, KeysOnDemand, Tenant};
use sqlx::Row;

use super::line;
use crate::locks::{Known, furnish};

/// The most often that a future is polled before it is dropped.
const POLLS: usize = 24;

type Work<'a> = Pin<Box<dyn Future<Output = bool> + 'a>>;

/// What is begun and not finished: something of each kind, as the owner of the known workspace.
fn works<'a>(fixture: &'a Fixture, tenant: &'a Tenant, known: &'a Known) -> [(&'static str, Work<'a>); 4] {
    let batch = known.source.batch(Some(known.mark.as_bytes()), known.mark.as_bytes(), known.history.facts());
    let event = fixture.event(&tenant.scope);
    [
        ("people", Box::pin(async { fixture.inside(tenant).people().await.is_ok() })),
        ("connections", Box::pin(async { fixture.inside(tenant).connections(&Filter::all()).await.is_ok() })),
        ("ingest", Box::pin(async { fixture.inside(tenant).ingest(batch).await.is_ok() })),
        ("append_audit", Box::pin(async move { fixture.inside(tenant).append_audit(&event).await.is_ok() })),
    ]
}

/// Polls so often, then drops, or panics in the middle.
async fn leave(mut work: Work<'_>, polls: usize, panic: bool) -> bool {
    for _ in 0..polls {
        if poll_fn(|cx| Poll::Ready(work.as_mut().poll(cx).is_ready())).await {
            return true;
        }
        tokio::task::yield_now().await;
    }
    if panic {
        let broken = catch_unwind(AssertUnwindSafe(move || {
            let _ = work.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            // Without the hook, which would fill the output.
            resume_unwind(Box::new("in the middle of a statement"));
        }));
        assert!(broken.is_err());
    }
    false
}

async fn one_connection_serves_everybody(database: &TestDatabase, config: PostgresConfig, name: &str) {
    let keys = KeysOnDemand::new(Environment::Test).await;
    let store = Postgres::connect(&config.connections(1), Environment::Test, keys).await.unwrap();
    let fixture = Fixture::new(Arc::new(store), 901);
    let (known, bystander) = (furnish(&fixture).await, fixture.tenant().await);
    let scope = fixture.enter(known.membership.user, &known.workspace.slug).await;
    let tenant = Tenant { workspace: known.workspace.clone(), user: known.membership.user, scope };
    let (mut left, mut finished) = (0, 0);
    for polls in 0..POLLS {
        for panic in [false, true] {
            for (work, future) in works(&fixture, &tenant, &known) {
                if leave(future, polls, panic).await {
                    finished += 1
                } else {
                    left += 1
                }
                let seen = fixture.inside(&bystander).people().await.unwrap();
                assert_eq!(seen, [], "{work} after {polls} polls, by a panic: {panic}");
                assert!(
                    open_transactions(database).await <= 1,
                    "a rollback may be on its way, never more than that"
                );
            }
        }
    }
    for (work, future) in works(&fixture, &tenant, &known) {
        assert!(future.await, "{work} comes to its end when it is let");
    }
    let outcome = "the next workspace sees its own";
    line(&format!("{name}: {left} futures are dropped or panic on their way, {finished} end"), outcome);
    assert!(left > 60, "{left}");
}

async fn open_transactions(database: &TestDatabase) -> i64 {
    let open = sqlx::query(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
         AND usename = 'prodops_test_login' AND state LIKE 'idle in transaction%'",
    );
    open.fetch_one(&mut database.admin().await).await.unwrap().get(0)
}

#[tokio::test]
async fn a_dropped_future_leaves_nothing_on_a_pool_of_one() {
    if !skipped() {
        let database = TestDatabase::new().await;
        one_connection_serves_everybody(&database, database.config(), "a pool of one").await;
    }
}

#[tokio::test]
async fn a_dropped_future_leaves_nothing_behind_a_pooler() {
    if !skipped() {
        let database = TestDatabase::new().await;
        one_connection_serves_everybody(
            &database,
            database.pooled_config(),
            "a pool of one behind pgbouncer",
        )
        .await;
    }
}
