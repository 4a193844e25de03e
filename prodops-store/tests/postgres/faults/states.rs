//! What the server may answer, and what the store makes of it: the contract's kinds, and whether to try again.

use std::sync::Arc;
use std::time::Duration;

use prodops_core::environment::Environment;
use prodops_store::StoreError;
use prodops_store::contract::{SyncOutcome, SyncRecord};
use prodops_store::postgres::Postgres;
use prodops_store::testing::postgres::{TestDatabase, skipped};
use prodops_store::testing::{Fixture, KeysOnDemand};
use sqlx::Connection;

use super::Line;
use crate::locks::furnish;

/// A state, the kind of error, and whether the same request may succeed a little later.
const STATES: &[(&str, &str, bool)] = &[
    ("40001", "Contention", true),
    ("40P01", "Contention", true),
    ("55P03", "Contention", true),
    ("57014", "Contention", true),
    ("25P03", "Contention", true),
    ("53100", "Full", false),
    ("53200", "Unavailable(None)", true),
    ("53300", "Unavailable(None)", true),
    ("57P01", "Unavailable(None)", true),
    ("57P02", "Unavailable(None)", true),
    ("57P03", "Unavailable(None)", true),
    ("08006", "Unavailable(None)", true),
    ("58030", "Unavailable(None)", true),
    ("25006", "Unavailable(None)", true),
    ("42501", "ScopeViolation", false),
    ("23505", "AlreadyExists { what: \"row\" }", false),
    ("23503", "Invalid { what: \"row\", rule: \"does not exist\" }", false),
    ("54000", "Invalid { what: \"row\", rule: \"is too large\" }", false),
    ("XX001", "Backend(State(\"XX001\"))", false),
    ("22P02", "Backend(State(\"22P02\"))", false),
];

#[tokio::test]
async fn each_state_is_a_kind_of_the_contract() {
    if skipped() {
        return;
    }
    let database = TestDatabase::new().await;
    let store = database.store(KeysOnDemand::new(Environment::Test).await).await;
    let mut line = Line::begin(store, 960).await;
    let mut admin = database.admin().await;
    let fail = "CREATE FUNCTION public.fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                RAISE EXCEPTION 'the row is %', NEW USING ERRCODE = TG_ARGV[0], DETAIL = NEW::text; END $$";
    sqlx::query(fail).execute(&mut admin).await.unwrap();
    for (state, kind, retryable) in STATES {
        let trigger = format!(
            "CREATE OR REPLACE TRIGGER fail BEFORE INSERT ON prodops.repository FOR EACH ROW EXECUTE FUNCTION public.fail('{state}')"
        );
        let mut trigger = sqlx::QueryBuilder::<sqlx::Postgres>::new(trigger);
        trigger.build().persistent(false).execute(&mut admin).await.unwrap();
        let error = line.send(&line.batch()).await.expect_err(state);
        println!("SQLSTATE {state} | {error:?} | may be tried again: {}", error.is_retryable());
        assert_eq!((format!("{error:?}").as_str(), error.is_retryable()), (*kind, *retryable), "{state}");
    }
    sqlx::raw_sql("DROP TRIGGER fail ON prodops.repository").execute(&mut admin).await.unwrap();
    line.send(&line.batch()).await.unwrap();
    line.assert_whole().await;
}

/// Two who wait for each other: the store's transaction is the one that gives way, keeps nothing, and succeeds afterwards.
#[tokio::test]
async fn a_deadlock_is_contention() {
    if skipped() {
        return;
    }
    let database = TestDatabase::new().await;
    let store = database.store(KeysOnDemand::new(Environment::Test).await).await;
    let fixture = Fixture::new(Arc::<Postgres>::new(store), 961);
    let known = furnish(&fixture).await;
    let scope = fixture.enter(known.membership.user, &known.workspace.slug).await;
    let inside = fixture.store.workspace(&scope).unwrap();
    let mut admin = database.admin().await;
    let mut other = admin.begin().await.unwrap();
    // Whoever looks for a circle first gives way: the other one looks much later.
    for step in ["SET LOCAL deadlock_timeout = '60s'", "SELECT FROM prodops.audit_head FOR UPDATE"] {
        sqlx::query(step).execute(&mut *other).await.unwrap();
    }
    let sync = SyncRecord { finished: fixture.now(), outcome: SyncOutcome::Complete };
    let (lease, event) = (known.source.lease.clone(), fixture.event(&scope));
    let record = async || inside.record_sync(lease.connection, lease.epoch, sync, &event).await;
    let circle = async {
        wait_for_a_waiter(&database).await;
        sqlx::query("SELECT FROM prodops.connection FOR UPDATE").execute(&mut *other).await.unwrap();
        other.rollback().await.unwrap();
    };
    let (outcome, ()) = tokio::join!(record(), circle);
    let error = outcome.expect_err("one of the two gives way");
    assert!(matches!(error, StoreError::Contention) && error.is_retryable(), "{error:?}");
    record().await.expect("nobody is in the way now");
    println!("a deadlock | {error:?}, and the same request succeeds afterwards");
}

/// A statement that is ended by the server's time limit or by an operator may be tried again.
#[tokio::test]
async fn a_statement_that_is_ended_is_contention() {
    if skipped() {
        return;
    }
    let database = TestDatabase::new().await;
    let store = database.store(KeysOnDemand::new(Environment::Test).await).await;
    let mut line = Line::begin(store, 962).await;
    let mut admin = database.admin().await;
    let mut other = admin.begin().await.unwrap();
    sqlx::query("LOCK TABLE prodops.repository IN ACCESS EXCLUSIVE MODE").execute(&mut *other).await.unwrap();
    let batch = line.batch();
    let end = async {
        wait_for_a_waiter(&database).await;
        let end = "SELECT pg_cancel_backend(pid) FROM pg_locks WHERE NOT granted AND relation = 'prodops.repository'::regclass";
        sqlx::query(end).execute(&mut database.admin().await).await.unwrap();
    };
    let (outcome, ()) = tokio::join!(line.send(&batch), end);
    let error = outcome.expect_err("the statement was ended");
    assert!(matches!(error, StoreError::Contention) && error.is_retryable(), "{error:?}");
    other.rollback().await.unwrap();
    line.send(&batch).await.unwrap();
    line.assert_whole().await;
    println!("a statement that is ended | {error:?}, and the same request succeeds afterwards");
}

async fn wait_for_a_waiter(database: &TestDatabase) {
    let mut admin = database.admin().await;
    let waiting = "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) \
                   WHERE NOT l.granted AND a.datname = current_database() AND a.usename = 'prodops_test_login'";
    let found = async {
        while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut admin).await.unwrap() == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(15), found).await.expect("somebody waits");
}
