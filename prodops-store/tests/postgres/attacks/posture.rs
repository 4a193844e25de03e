//! Databases that would not keep workspaces apart, or are somebody else's: none is opened.

use prodops_core::environment::Environment;
use prodops_store::StoreError;
use prodops_store::postgres::Postgres;
use prodops_store::testing::KeysOnDemand;
use prodops_store::testing::postgres::{TestDatabase, skipped};

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
    assert!(matches!(refused, StoreError::NotMigrated), "{refused:?}");
}
