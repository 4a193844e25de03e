//! Somebody who can speak SQL as the store's own login, or found a statement of ours that forgets a condition, against the
//! two locks: each attack with one lock open, so that the other one is seen to hold.

use prodops_core::id::WorkspaceId;
use prodops_store::testing::postgres::{TestDatabase, skipped};
use prodops_store::testing::{Fixture, KeysOnDemand, Tenant};
use sqlx::postgres::PgConnection;
use sqlx::{Connection, Row};
use std::sync::Arc;

use prodops_core::environment::Environment;
use prodops_store::StoreError;
use prodops_store::postgres::Postgres;

struct Place {
    database: TestDatabase,
    fixture: Fixture,
    victim: Tenant,
    attacker: Tenant,
}

async fn place() -> Place {
    let database = TestDatabase::new().await;
    let store = database.store(KeysOnDemand::new(Environment::Test).await).await;
    let fixture = Fixture::new(Arc::new(store), 900);
    let (victim, attacker) = (fixture.tenant().await, fixture.tenant().await);
    for tenant in [&victim, &attacker] {
        let source = fixture.source(tenant).await;
        let history = fixture.generate.history(source.connection, 5, 1);
        fixture.inside(tenant).ingest(source.batch(None, b"1", history.facts())).await.unwrap();
    }
    Place { database, fixture, victim, attacker }
}

fn id(tenant: &Tenant) -> sqlx::types::Uuid {
    sqlx::types::Uuid::from_bytes(*tenant.workspace.id.as_bytes())
}

/// Says something as the login role, inside a transaction that is rolled back. The answer is the state of the error, or the
/// number of rows.
async fn say(
    connection: &mut PgConnection,
    workspace: Option<WorkspaceId>,
    sql: &str,
) -> Result<usize, String> {
    let mut transaction = connection.begin().await.unwrap();
    let state = |error: sqlx::Error| {
        let state = error.as_database_error().and_then(|error| error.code()).map(|code| code.into_owned());
        state.unwrap_or_else(|| error.to_string())
    };
    let mut outcome = Ok(0);
    let set = workspace.map(|id| format!("SET LOCAL prodops.workspace_id = '{id}'"));
    let steps = ["SET LOCAL ROLE prodops_app".to_owned()].into_iter().chain(set).chain([sql.to_owned()]);
    for step in steps {
        let mut query = sqlx::QueryBuilder::<sqlx::Postgres>::new(step);
        outcome = query
            .build()
            .persistent(false)
            .fetch_all(&mut *transaction)
            .await
            .map(|rows| rows.len())
            .map_err(state);
        if outcome.is_err() {
            break;
        }
    }
    transaction.rollback().await.unwrap();
    outcome
}

const REFUSED: &str = "42501";

/// Statements that forget the workspace, or name a foreign one: row-level security alone.
#[tokio::test]
async fn row_level_security_holds_alone() {
    if skipped() {
        return;
    }
    let place = place().await;
    let (own, foreign) = (place.attacker.workspace.id, id(&place.victim));
    let mut login = place.database.login().await;
    let tables = [
        "connection",
        "cursor",
        "repository",
        "person",
        "commit_fact",
        "coverage",
        "audit_event",
        "audit_head",
    ];
    println!("attack → outcome, with the conditions of our statements removed");
    for table in tables {
        let all = say(&mut login, Some(own), &format!("SELECT * FROM prodops.{table}")).await.unwrap();
        let sql = format!("SELECT * FROM prodops.{table} WHERE workspace_id = '{foreign}'");
        let theirs = say(&mut login, Some(own), &sql).await.unwrap();
        let unset = say(&mut login, None, &format!("SELECT * FROM prodops.{table}")).await.unwrap();
        println!("{table}: no condition → {all} own rows; foreign id → {theirs}; no setting → {unset} rows");
        assert!(all > 0 && theirs == 0 && unset == 0, "{table}");
    }
    let attacks = [
        (
            "a row of another workspace is written",
            format!("INSERT INTO prodops.audit_head VALUES ('{foreign}', gen_random_uuid(), '')"),
            REFUSED,
        ),
        (
            "an entry of another workspace is queued",
            format!("INSERT INTO prodops_control.audit_queue VALUES ('{foreign}', 1, gen_random_uuid(), '')"),
            REFUSED,
        ),
        (
            "an entry of a log is overwritten",
            "UPDATE prodops.audit_event SET sealed = ''".to_owned(),
            REFUSED,
        ),
        ("a log is emptied", "DELETE FROM prodops.audit_event".to_owned(), REFUSED),
        ("a table is emptied", "TRUNCATE prodops.commit_fact".to_owned(), REFUSED),
        (
            "row-level security is switched off",
            "ALTER TABLE prodops.commit_fact DISABLE ROW LEVEL SECURITY".to_owned(),
            REFUSED,
        ),
        ("row security is asked to step aside", "SET LOCAL row_security = off".to_owned(), ""),
        ("a policy is added", "CREATE POLICY mine ON prodops.commit_fact USING (true)".to_owned(), REFUSED),
        ("the owner's role is taken on", "SET LOCAL ROLE prodops_owner".to_owned(), REFUSED),
        ("the backup's role is taken on", "SET LOCAL ROLE prodops_backup".to_owned(), REFUSED),
        (
            "the setting is made by a function",
            "SELECT set_config('prodops.workspace_id', '', true)".to_owned(),
            REFUSED,
        ),
        ("users are read", "SELECT * FROM prodops_identity.account".to_owned(), REFUSED),
        ("the registry is read", "SELECT * FROM prodops_control.workspace".to_owned(), REFUSED),
        ("the queue of the tree is read", "SELECT * FROM prodops_control.audit_queue".to_owned(), REFUSED),
        ("rows are copied to a program", "COPY prodops.commit_fact TO PROGRAM 'true'".to_owned(), REFUSED),
        (
            "a view is made",
            "CREATE VIEW prodops.mine AS SELECT * FROM prodops.commit_fact".to_owned(),
            REFUSED,
        ),
        (
            "a function of the owner is made",
            "CREATE FUNCTION prodops.mine() RETURNS int LANGUAGE sql SECURITY DEFINER RETURN 1".to_owned(),
            REFUSED,
        ),
    ];
    for (attack, sql, expected) in attacks {
        let outcome = say(&mut login, Some(own), &sql).await;
        println!("{attack} → {outcome:?}");
        match expected {
            "" => assert!(outcome.is_ok(), "{attack}"),
            state => assert_eq!(outcome, Err(state.to_owned()), "{attack}"),
        }
    }
    let aside = "SELECT * FROM prodops.commit_fact";
    let mut transaction = login.begin().await.unwrap();
    for step in ["SET LOCAL ROLE prodops_app", "SET LOCAL row_security = off"] {
        sqlx::query(step).execute(&mut *transaction).await.unwrap();
    }
    let refused = sqlx::query(aside).fetch_all(&mut *transaction).await.unwrap_err();
    assert_eq!(
        refused.as_database_error().unwrap().code().unwrap(),
        REFUSED,
        "row_security = off refuses, never shows"
    );
}

/// Row-level security switched off by the owner: the conditions of our statements alone.
#[tokio::test]
async fn the_conditions_of_statements_hold_alone() {
    if skipped() {
        return;
    }
    let place = place().await;
    let mut admin = place.database.admin().await;
    let tables = sqlx::query("SELECT c.oid::regclass::text FROM pg_class c WHERE relrowsecurity");
    let tables = tables.fetch_all(&mut admin).await.unwrap();
    assert!(tables.len() > 10);
    for table in &tables {
        let table: String = table.get(0);
        let sql = format!("ALTER TABLE {table} DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY");
        sqlx::QueryBuilder::<sqlx::Postgres>::new(sql).build().execute(&mut admin).await.unwrap();
    }
    let (one, two) = (place.fixture.inside(&place.victim), place.fixture.inside(&place.attacker));
    let all = prodops_core::filter::Filter::all();
    let (theirs, own) = (one.repositories(&all).await.unwrap(), two.repositories(&all).await.unwrap());
    assert!(theirs.len() == 1 && own.len() == 1 && theirs != own);
    assert_eq!(two.commits(theirs[0].id, None, 10).await.unwrap().items, []);
    assert_eq!(two.people().await.unwrap().len(), 3);
    let purged =
        place.fixture.lifecycle().purge_workspace(place.attacker.workspace.id, 10_000).await.unwrap();
    assert!(purged.done);
    assert_eq!(
        one.commits(theirs[0].id, None, 10).await.unwrap().items.len(),
        5,
        "the other workspace is whole"
    );
    println!("row-level security off → {} tables, every statement still names its workspace", tables.len());
}

/// Whatever makes a database unsafe is named, with what to do, and the store does not open.
#[tokio::test]
async fn an_unsafe_database_is_not_opened() {
    if skipped() {
        return;
    }
    let breaches = [
        ("enabled and forced", "ALTER TABLE prodops.commit_fact DISABLE ROW LEVEL SECURITY"),
        ("enabled and forced", "ALTER TABLE prodops.commit_fact NO FORCE ROW LEVEL SECURITY"),
        ("admits the workspace", "CREATE POLICY mine ON prodops.person USING (true)"),
        ("admits the workspace", "DROP POLICY own_workspace ON prodops.person"),
        ("leads every key", "CREATE UNIQUE INDEX ON prodops.person (id)"),
        ("belongs to the owner", "ALTER TABLE prodops.person OWNER TO CURRENT_USER"),
        ("views ask", "CREATE VIEW public.everything AS SELECT * FROM prodops.commit_fact"),
        ("views ask", "CREATE MATERIALIZED VIEW public.everything AS SELECT * FROM prodops.commit_fact"),
        (
            "somebody else's rights",
            "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql SECURITY DEFINER RETURN 1",
        ),
        ("no rights in the other two", "GRANT SELECT ON prodops_identity.account TO prodops_app"),
        ("overwrite an audit log", "GRANT UPDATE ON prodops.audit_event TO prodops_app"),
        ("overwrite an audit log", "GRANT TRUNCATE ON prodops.person TO prodops_purger"),
        ("counts across workspaces", "CREATE SEQUENCE prodops.counter OWNED BY NONE"),
        (
            "comes from its setting",
            "CREATE OR REPLACE FUNCTION prodops.current_workspace() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE RETURN NULL::uuid",
        ),
    ];
    let keys = KeysOnDemand::new(Environment::Test).await;
    for (rule, breach) in breaches {
        let database = TestDatabase::new().await;
        sqlx::query(breach).execute(&mut database.admin().await).await.unwrap();
        let refused = Postgres::connect(&database.config(), Environment::Test, keys.clone()).await;
        let refused = refused.expect_err(breach);
        assert!(matches!(refused, StoreError::Posture(_)), "{breach}: {refused:?}");
        assert!(refused.to_string().contains(rule), "{breach}: {refused}");
        println!("{breach} → {}", refused.to_string().lines().next().unwrap());
    }
    let database = TestDatabase::new().await;
    let powerful = Postgres::connect(&database.config_as("postgres"), Environment::Test, keys.clone()).await;
    assert!(powerful.expect_err("a superuser").to_string().contains("no power of its own"));
}

/// Another environment, another version, no store at all.
#[tokio::test]
async fn a_database_of_somebody_else_is_refused() {
    if skipped() {
        return;
    }
    let keys = KeysOnDemand::new(Environment::Test).await;
    let database = TestDatabase::new().await;
    let open = async |environment| Postgres::connect(&database.config(), environment, keys.clone()).await;
    let refused = open(Environment::Production).await.unwrap_err();
    assert!(matches!(refused, StoreError::Environment { .. }), "{refused:?}");
    let mut admin = database.admin().await;
    for version in [0_i32, 2] {
        let stamp = sqlx::query("UPDATE prodops.stamp SET schema_version = $1");
        stamp.bind(version).execute(&mut admin).await.unwrap();
        let refused = open(Environment::Test).await.unwrap_err();
        assert!(matches!(refused, StoreError::Schema { expected: 1, .. }), "{refused:?}");
    }
    sqlx::query("DROP TABLE prodops.stamp").execute(&mut admin).await.unwrap();
    let refused = open(Environment::Test).await.unwrap_err();
    assert!(matches!(refused, StoreError::NotAStore), "{refused:?}");
}

/// Futures that are dropped at any point give a connection back without a transaction and without a workspace on it.
#[tokio::test]
async fn a_dropped_future_leaves_nothing_on_a_pool_of_one() {
    use std::future::{Future, poll_fn};
    use std::pin::pin;
    use std::task::Poll;
    if skipped() {
        return;
    }
    let database = TestDatabase::new().await;
    let keys = KeysOnDemand::new(Environment::Test).await;
    let config = database.config().connections(1);
    let store = Arc::new(Postgres::connect(&config, Environment::Test, keys).await.unwrap());
    let fixture = Fixture::new(store, 901);
    let (one, two) = (fixture.tenant().await, fixture.tenant().await);
    for polls in 1..24 {
        let inside = fixture.inside(&one);
        {
            let mut reading = pin!(inside.people());
            for _ in 0..polls {
                if poll_fn(|cx| Poll::Ready(reading.as_mut().poll(cx).is_ready())).await {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
        let other = fixture.inside(&two);
        assert_eq!(other.people().await.unwrap(), [], "after {polls} polls");
        let mut admin = database.admin().await;
        let open = sqlx::query(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
             AND usename = 'prodops_test_login' AND state LIKE 'idle in transaction%'",
        );
        let open: i64 = open.fetch_one(&mut admin).await.unwrap().get(0);
        assert!(open <= 1, "a rollback may still be on its way, never more than that");
    }
}
