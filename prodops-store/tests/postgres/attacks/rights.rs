//! What the roles of the planes may not do, and statements that forget the workspace or name a foreign one.

use prodops_store::testing::postgres::skipped;

use super::{Place, REFUSED, line};

/// The tables of the workspace plane, from the catalogue, so that a new one is attacked, too.
async fn tables(place: &Place) -> Vec<String> {
    let mut admin = place.database.admin().await;
    let tables = sqlx::query_scalar(
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'prodops'::regnamespace AND relkind = 'r' \
         AND relname NOT IN ('stamp', 'migration') ORDER BY 1",
    );
    tables.fetch_all(&mut admin).await.unwrap()
}

/// Reading without a condition, with a foreign one, and without a frame.
#[tokio::test]
async fn statements_that_forget_the_workspace_see_ones_own() {
    if skipped() {
        return;
    }
    let place = Place::new().await;
    let (own, foreign) = (place.attacker.workspace.id, place.victim.workspace.id);
    let tables = tables(&place).await;
    assert!(tables.len() >= 10, "{tables:?}");
    for table in tables.iter().filter(|table| *table != "erased_person") {
        let all = place.say(&format!("SELECT workspace_id::text FROM prodops.{table}")).await;
        assert!(all.rows() > 0 && !all.text().contains(&foreign.to_string()), "{table}: {all:?}");
        let theirs =
            place.say(&format!("SELECT 1 FROM prodops.{table} WHERE workspace_id = '{foreign}'")).await;
        let select = format!("SELECT 1 FROM prodops.{table}");
        let unset = place.say_as("prodops_app", None, &[&select]).await;
        let login = place.say_as("prodops_test_login", Some(own), &[&select]).await;
        let (seen, state) = (all.rows(), login.state());
        line(&format!("{table} without a condition"), &format!("{seen} own rows"));
        line(
            &format!("{table} of another workspace, without a frame"),
            &format!("{} and {} rows", theirs.rows(), unset.rows()),
        );
        line(&format!("{table} without a role"), state);
        assert_eq!((theirs.rows(), unset.rows(), state), (0, 0, REFUSED), "{table}");
    }
}

/// Writing rows of another workspace, in every table and as every role that may write there.
#[tokio::test]
async fn rows_of_another_workspace_are_not_written() {
    if skipped() {
        return;
    }
    let place = Place::new().await;
    let foreign = place.victim.workspace.id;
    for table in tables(&place).await {
        let moved = format!("UPDATE prodops.{table} SET workspace_id = '{foreign}'");
        for role in ["prodops_app", "prodops_control", "prodops_purger"] {
            let own = Some(place.attacker.workspace.id);
            let moved = place.say_as(role, own, &[&moved]).await;
            let made = format!(
                "INSERT INTO prodops.{table} SELECT (jsonb_populate_record(NULL::prodops.{table}, \
                 to_jsonb(t) || jsonb_build_object('workspace_id', '{foreign}'))).* FROM prodops.{table} t"
            );
            let made = place.say_as(role, own, &[&made]).await;
            // Nobody was erased in the attacker's workspace: there is no row to copy.
            let nothing = table == "erased_person" && made.state().is_empty() && made.rows() == 0;
            line(&format!("{role} moves or copies rows of {table} into another workspace"), made.state());
            assert!(
                moved.state() == REFUSED && (made.state() == REFUSED || nothing),
                "{role} {table}: {moved:?} {made:?}"
            );
        }
    }
    let queued =
        format!("INSERT INTO prodops_control.audit_queue VALUES ('{foreign}', 1, gen_random_uuid(), '')");
    let queued = place.say(&queued).await;
    line("an entry of another workspace is queued", queued.state());
    assert_eq!(queued.state(), REFUSED);
    let held = format!("UPDATE prodops_control.hold SET lease_id = NULL WHERE workspace_id = '{foreign}'");
    assert_eq!(place.say(&held).await.rows(), 0);
}

/// What no request needs, and no role of the planes may.
#[tokio::test]
async fn what_no_request_needs_is_refused() {
    if skipped() {
        return;
    }
    let place = Place::new().await;
    let attacks = [
        ("an entry of a log is overwritten", "UPDATE prodops.audit_event SET sealed = ''"),
        ("a log is emptied", "DELETE FROM prodops.audit_event"),
        ("a table is truncated", "TRUNCATE prodops.commit_fact"),
        ("row-level security is switched off", "ALTER TABLE prodops.commit_fact DISABLE ROW LEVEL SECURITY"),
        (
            "row-level security is forced no more",
            "ALTER TABLE prodops.commit_fact NO FORCE ROW LEVEL SECURITY",
        ),
        ("a policy is added", "CREATE POLICY mine ON prodops.commit_fact USING (true)"),
        ("a policy is dropped", "DROP POLICY own_workspace ON prodops.commit_fact"),
        ("a policy is altered", "ALTER POLICY own_workspace ON prodops.commit_fact USING (true)"),
        ("a column is added", "ALTER TABLE prodops.commit_fact ADD COLUMN mine int"),
        ("a table is given away", "ALTER TABLE prodops.commit_fact OWNER TO prodops_app"),
        ("a right is granted", "GRANT SELECT ON prodops_identity.account TO prodops_app"),
        (
            "a trigger is made",
            "CREATE TRIGGER mine AFTER INSERT ON prodops.person EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        ),
        ("a rule is made", "CREATE RULE mine AS ON INSERT TO prodops.person DO ALSO NOTHING"),
        ("triggers are passed by", "SET LOCAL session_replication_role = replica"),
        ("the owner's role is taken on", "SET LOCAL ROLE prodops_owner"),
        ("the backup's role is taken on", "SET LOCAL ROLE prodops_backup"),
        ("a superuser's role is taken on", "SET LOCAL ROLE postgres"),
        ("the session becomes somebody else's", "SET LOCAL SESSION AUTHORIZATION postgres"),
        ("a role gets more power", "ALTER ROLE prodops_app BYPASSRLS"),
        ("a setting is made by a function", "SELECT set_config('prodops.workspace_id', '', true)"),
        ("the server reads its settings again", "SELECT pg_reload_conf()"),
        ("users are read", "SELECT 1 FROM prodops_identity.account"),
        ("sessions are read", "SELECT 1 FROM prodops_identity.session"),
        ("the registry is read", "SELECT 1 FROM prodops_control.workspace"),
        ("jobs are read", "SELECT 1 FROM prodops_control.job"),
        ("the queue of the tree is read", "SELECT 1 FROM prodops_control.audit_queue"),
        ("rows are copied to a program", "COPY prodops.commit_fact TO PROGRAM 'true'"),
        ("rows are copied to a file", "COPY prodops.commit_fact TO '/tmp/prodops'"),
        ("rows are copied from a file", "COPY prodops.commit_fact FROM '/etc/passwd'"),
        ("a file of the server is read", "SELECT pg_read_file('PG_VERSION')"),
        ("a view is made", "CREATE VIEW prodops.mine AS SELECT 1 FROM prodops.commit_fact"),
        ("a view is made in public", "CREATE VIEW public.mine AS SELECT 1 FROM prodops.commit_fact"),
        (
            "a function of the owner is made",
            "CREATE FUNCTION prodops.mine() RETURNS int LANGUAGE sql SECURITY DEFINER RETURN 1",
        ),
        (
            "the workspace's function is replaced",
            "CREATE OR REPLACE FUNCTION prodops.current_workspace() RETURNS uuid LANGUAGE sql RETURN NULL::uuid",
        ),
        ("an extension is made", "CREATE EXTENSION file_fdw"),
    ];
    for (attack, sql) in attacks {
        let said = place.say(sql).await;
        line(attack, said.state());
        assert_eq!(said.state(), REFUSED, "{attack}: {said:?}");
    }
    let steps = ["SET LOCAL row_security = off", "SELECT 1 FROM prodops.commit_fact"];
    let aside = place.say_as("prodops_app", Some(place.attacker.workspace.id), &steps).await;
    line("row-level security is asked to step aside", aside.state());
    assert_eq!(aside.state(), REFUSED, "it refuses, never shows");
}
