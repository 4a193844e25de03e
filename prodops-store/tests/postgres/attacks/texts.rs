//! What errors say: never a value of a row, not even one's own, whatever the server tells beside its code.

use std::sync::Arc;

use prodops_core::environment::Environment;
use prodops_store::postgres::Postgres;
use prodops_store::testing::postgres::{TestDatabase, skipped};
use prodops_store::testing::{Fixture, KeysOnDemand};

use super::line;
use crate::locks::{Known, calls, furnish};

/// Ways to make the server complain about a row and to repeat it: each is done to every table.
const SABOTAGE: &[(&str, &str, &str)] = &[
    (
        "a constraint that no row satisfies, whose error repeats the row",
        "SELECT format('ALTER TABLE %s ADD CONSTRAINT never CHECK (false) NOT VALID', c.oid::regclass)",
        "23514",
    ),
    (
        "a trigger that repeats the row in its message, detail and hint",
        "SELECT format('CREATE TRIGGER tell BEFORE INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION public.tell()', \
         c.oid::regclass)",
        "P0001",
    ),
    (
        "a trigger that repeats the row and calls it a lost connection",
        "SELECT format('CREATE TRIGGER tell BEFORE INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION public.lost()', \
         c.oid::regclass)",
        "not available",
    ),
    (
        "a column that is renamed, whose error repeats the statement",
        "SELECT format('ALTER TABLE %s RENAME COLUMN sealed TO unsealed', c.oid::regclass)",
        "42703",
    ),
    (
        "a column of another type, which cannot be read",
        "SELECT format('ALTER TABLE %s ALTER COLUMN sealed TYPE text USING encode(sealed, ''hex'')', c.oid::regclass)",
        "unexpected form",
    ),
];

const TELL: &str = "
    CREATE FUNCTION public.tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'row %', coalesce(NEW, OLD) USING DETAIL = coalesce(NEW, OLD)::text, HINT = coalesce(NEW, OLD)::text;
    END $$;
    CREATE FUNCTION public.lost() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'row %', coalesce(NEW, OLD) USING ERRCODE = '08006', DETAIL = coalesce(NEW, OLD)::text;
    END $$";

async fn sabotage(database: &TestDatabase, each: &str) {
    let mut admin = database.admin().await;
    sqlx::raw_sql(TELL).execute(&mut admin).await.unwrap();
    let tables = format!(
        "{each} FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'sealed' \
         WHERE c.relkind = 'r' AND c.relnamespace::regnamespace::text LIKE 'prodops%'"
    );
    let mut tables = sqlx::QueryBuilder::<sqlx::Postgres>::new(tables);
    let steps: Vec<String> = tables.build_query_scalar().fetch_all(&mut admin).await.unwrap();
    assert!(steps.len() > 25, "every table with sealed rows");
    for step in steps {
        let mut step = sqlx::QueryBuilder::<sqlx::Postgres>::new(step);
        step.build().persistent(false).execute(&mut admin).await.unwrap();
    }
}

/// What must not be met in an error: what stands in rows, and what names them.
fn assert_tells_nothing(method: &str, outcome: &str, known: &Known) {
    assert!(!known.is_told_by(outcome), "{method} tells a text: {outcome}");
    let ids = [
        known.workspace.id.to_string(),
        known.source.connection.to_string(),
        known.history.repository.id.to_string(),
        known.membership.user.to_string(),
    ];
    for id in ids {
        assert!(
            !outcome.contains(&id) && !outcome.contains(&id.replace('-', "")),
            "{method} tells an id: {outcome}"
        );
    }
    for told in ["SELECT", "INSERT", "UPDATE ", "WHERE", "DETAIL", "Failing row", "row (", "\\x"] {
        assert!(!outcome.contains(told), "{method} repeats what the server said: {outcome}");
    }
}

#[tokio::test]
async fn p5_1_errors_tell_no_value_of_a_row() {
    if skipped() {
        return;
    }
    for (what, each, expected) in SABOTAGE {
        let database = TestDatabase::new().await;
        let keys = KeysOnDemand::new(Environment::Test).await;
        let store = Arc::new(database.store(keys.clone()).await);
        let fixture = Fixture::new(Arc::<Postgres>::clone(&store), 903);
        let known = furnish(&fixture).await;
        sabotage(&database, each).await;
        let key = keys.0.keys(prodops_core::keyring::KeyOwner::Deployment).await.unwrap().active();
        let caller = calls::Caller {
            backend: store,
            fixture: &fixture,
            acting: known.workspace.id,
            known: &known,
            key,
            generate: prodops_store::testing::Generate::new(4),
        };
        let outcomes = calls::all(&caller).await;
        let errors: Vec<_> = outcomes.iter().filter(|(_, outcome)| outcome.starts_with("error")).collect();
        for (method, outcome) in &errors {
            assert_tells_nothing(method, outcome, &known);
        }
        let provoked = errors.iter().filter(|(_, outcome)| outcome.contains(expected)).count();
        line(what, &format!("{provoked} errors of {} methods, no value in any", outcomes.len()));
        assert!(provoked > 8, "{what}: {errors:#?}");
    }
}
