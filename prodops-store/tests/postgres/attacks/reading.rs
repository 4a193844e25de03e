//! Ways around a table: views, functions, statistics, plans, copies.

use futures_util::StreamExt;
use prodops_store::testing::postgres::skipped;
use sqlx::Connection;

use super::{Place, REFUSED, line};

async fn as_admin(place: &Place, steps: &[&str]) {
    let mut admin = place.database.admin().await;
    for step in steps {
        let mut step = sqlx::QueryBuilder::<sqlx::Postgres>::new(*step);
        step.build().persistent(false).execute(&mut admin).await.unwrap();
    }
}

/// A view that asks with the asker's rights shows what the table shows. Views and functions that do not are found when a store
/// is opened (see `posture.rs`), and by whoever asks for the posture of an open one.
#[tokio::test]
async fn a_view_shows_ones_own_rows() {
    if skipped() {
        return;
    }
    let place = Place::new().await;
    as_admin(
        &place,
        &[
            "CREATE VIEW public.mine WITH (security_invoker = true) AS SELECT workspace_id::text FROM prodops.commit_fact",
            "GRANT SELECT ON public.mine TO prodops_app",
            "CREATE FUNCTION public.listed() RETURNS SETOF text LANGUAGE sql STABLE \
             BEGIN ATOMIC SELECT workspace_id::text FROM prodops.commit_fact; END",
        ],
    )
    .await;
    for sql in ["SELECT workspace_id FROM public.mine", "SELECT public.listed()"] {
        let said = place.say(sql).await;
        line(sql, &format!("{} own rows", said.rows()));
        assert!(
            said.rows() == 6 && !said.text().contains(&place.victim.workspace.id.to_string()),
            "{said:?}"
        );
    }
}

/// A function that tells what it is given is given no row of another workspace, however cheap it says it is.
#[tokio::test]
async fn a_leaky_function_is_asked_after_the_policy() {
    if skipped() {
        return;
    }
    let place = Place::new().await;
    let foreign = place.victim.workspace.id;
    let leak = format!(
        "CREATE FUNCTION pg_temp.leak(id uuid) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$ BEGIN \
         IF id = '{foreign}' THEN RAISE EXCEPTION 'leaked %', id; END IF; RETURN true; END $$"
    );
    let ask = "SELECT workspace_id::text FROM prodops.commit_fact WHERE pg_temp.leak(workspace_id)";
    let said = place.say_as("prodops_app", Some(place.attacker.workspace.id), &[&leak, ask]).await;
    line("a leaky function in a condition", &format!("{} own rows", said.rows()));
    assert_eq!(said.rows(), 6, "{said:?}");
    // The same with what the server brings: a division that fails for a foreign row only.
    let divided = format!(
        "SELECT 1 FROM prodops.commit_fact WHERE 1 / (CASE WHEN workspace_id = '{foreign}' THEN 0 ELSE 1 END) > 0"
    );
    let said = place.say(&divided).await;
    line("a division by zero for foreign rows", &format!("{} own rows", said.rows()));
    assert_eq!(said.rows(), 6, "{said:?}");
}

/// Statistics of columns have values of rows in them: nobody in the planes sees them.
#[tokio::test]
async fn statistics_and_plans_show_no_foreign_value() {
    if skipped() {
        return;
    }
    let place = Place::new().await;
    as_admin(&place, &["ANALYZE"]).await;
    let foreign = place.victim.workspace.id.to_string();
    let stats = place.say("SELECT tablename::text FROM pg_stats WHERE schemaname LIKE 'prodops%' AND tablename NOT IN ('stamp', 'migration')").await;
    line("statistics of columns are read", &format!("{} rows", stats.rows()));
    assert_eq!(stats.rows(), 0, "{stats:?}");
    let raw = place.say("SELECT 1 FROM pg_statistic").await;
    line("the table of statistics is read", raw.state());
    assert_eq!(raw.state(), REFUSED);
    for analyze in ["", "(ANALYZE, VERBOSE, COSTS OFF, TIMING OFF, SUMMARY OFF)"] {
        let plan = place.say(&format!("EXPLAIN {analyze} SELECT id FROM prodops.commit_fact")).await;
        line(
            &format!("EXPLAIN {analyze}"),
            "no value of a row; how large tables are is no secret of the planes",
        );
        assert!(plan.rows() > 0 && !plan.text().contains(&foreign) && !place.victim.is_told_by(&plan.text()));
    }
    let activity = place.say("SELECT query FROM pg_stat_activity WHERE usename <> session_user").await;
    line("what others say is read", &format!("{} rows", activity.rows()));
    assert!(!activity.text().contains(&foreign));
}

/// What a copy brings out, or the state of its error; one into a table ends before its first row.
async fn copied(place: &Place, sql: &str) -> Result<Vec<u8>, String> {
    let own = place.attacker.workspace.id;
    let mut login = place.database.login().await;
    let mut transaction = login.begin().await.unwrap();
    for step in ["SET LOCAL ROLE prodops_app", &format!("SET LOCAL prodops.workspace_id = '{own}'")] {
        sqlx::QueryBuilder::<sqlx::Postgres>::new(step).build().execute(&mut *transaction).await.unwrap();
    }
    let state = |error: sqlx::Error| {
        let code = error.as_database_error().and_then(|error| error.code());
        code.map_or_else(|| error.to_string(), |code| code.into_owned())
    };
    if sql.ends_with("FROM STDIN") {
        let copy = transaction.copy_in_raw(sql).await.map_err(state)?;
        return copy.finish().await.map(|_| Vec::new()).map_err(state);
    }
    let mut rows = transaction.copy_out_raw(sql).await.map_err(state)?;
    let mut found = Vec::new();
    while let Some(bytes) = rows.next().await {
        found.extend_from_slice(&bytes.map_err(state)?);
    }
    Ok(found)
}

/// Out of a table come one's own rows; into one with row-level security nothing is copied.
#[tokio::test]
async fn copies_obey_row_level_security() {
    if skipped() {
        return;
    }
    let place = Place::new().await;
    for sql in ["COPY prodops.commit_fact TO STDOUT", "COPY (SELECT * FROM prodops.commit_fact) TO STDOUT"] {
        let text = String::from_utf8(copied(&place, sql).await.unwrap()).unwrap();
        line(sql, &format!("{} own rows", text.lines().count()));
        assert_eq!(text.lines().count(), 6);
        assert!(!text.contains(&place.victim.workspace.id.to_string()));
    }
    for table in ["prodops_identity.account", "prodops_control.workspace", "prodops_control.job"] {
        let refused = copied(&place, &format!("COPY {table} TO STDOUT")).await;
        line(&format!("{table} is copied out"), refused.as_ref().err().map_or("", String::as_str));
        assert_eq!(refused, Err(REFUSED.to_owned()));
    }
    let refused = copied(&place, "COPY prodops.person FROM STDIN").await;
    line("rows are copied into a table", refused.as_ref().err().map_or("", String::as_str));
    assert_eq!(refused, Err("0A000".to_owned()), "no copy goes past row-level security");
}
