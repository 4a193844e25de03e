//! Questions whose answer tells whether something is there: keys that are taken, rows that are referred to, locks that are held.

use std::sync::Arc;
use std::time::Duration;

use prodops_core::environment::Environment;
use prodops_core::id::WorkspaceId;
use prodops_store::postgres::Postgres;
use prodops_store::testing::postgres::{Tamper, TestDatabase, skipped};
use prodops_store::testing::{Fixture, KeysOnDemand};
use sqlx::Connection;

use super::{Place, REFUSED, Said, line};
use crate::locks::furnish;

/// An id that nobody has.
const NOBODYS: &str = "00000000-0000-4000-8000-000000000001";

/// A key of another workspace is as free as one that nobody has.
#[tokio::test]
async fn a_unique_key_tells_nothing_of_other_workspaces() {
    if skipped() {
        return;
    }
    let place = Place::new().await;
    let (own, foreign) = (place.attacker.workspace.id, place.victim.workspace.id);
    let taken = place.victim.connection.value.id.to_string();
    for suffix in ["", "ON CONFLICT DO NOTHING", "ON CONFLICT (workspace_id, id) DO UPDATE SET version = 9"] {
        let insert = |workspace: WorkspaceId, id: &str| {
            format!(
                "INSERT INTO prodops.connection VALUES ('{workspace}', '{id}', 1, 1, gen_random_uuid(), '') {suffix}"
            )
        };
        let free = [place.say(&insert(own, &taken)).await, place.say(&insert(own, NOBODYS)).await];
        line(&format!("a foreign id is used in one's own workspace {suffix}"), "as free as any");
        assert_eq!(free[0], Said::Rows(Vec::new()), "{suffix}");
        assert_eq!(free[0], free[1], "{suffix}");
        let refused = [place.say(&insert(foreign, &taken)).await, place.say(&insert(foreign, NOBODYS)).await];
        line(&format!("a taken or free id is used in a foreign workspace {suffix}"), refused[0].state());
        assert_eq!((refused[0].state(), refused[1].state()), (REFUSED, REFUSED), "{suffix}");
    }
}

/// A reference to a row of another workspace fails as one to nothing does, and says the same.
#[tokio::test]
async fn a_foreign_key_tells_nothing_of_other_workspaces() {
    if skipped() {
        return;
    }
    let place = Place::new().await;
    let (own, foreign) = (place.attacker.workspace.id, place.victim.workspace.id);
    let (connection, repository) =
        (place.victim.source.connection.to_string(), place.victim.history.repository.id.to_string());
    let references = [
        ("cursor", connection.as_str(), "'x', gen_random_uuid(), ''"),
        ("repository", connection.as_str(), ""),
        ("coverage", repository.as_str(), "7, '', gen_random_uuid(), ''"),
        ("line_log", repository.as_str(), "'x', '', gen_random_uuid(), ''"),
        ("tip_file", repository.as_str(), "'x', '', gen_random_uuid(), ''"),
    ];
    for (table, theirs, rest) in references {
        let insert = |workspace: WorkspaceId, id: &str| match table {
            "repository" => format!(
                "INSERT INTO prodops.repository VALUES ('{workspace}', gen_random_uuid(), '{id}', '', gen_random_uuid(), '')"
            ),
            _ => format!("INSERT INTO prodops.{table} VALUES ('{workspace}', '{id}', {rest})"),
        };
        let own = [place.say(&insert(own, theirs)).await, place.say(&insert(own, NOBODYS)).await];
        let told = own.clone().map(|said| said.text().replace(theirs, "id").replace(NOBODYS, "id"));
        line(&format!("a row of {table} refers to a foreign or to no row"), own[0].state());
        assert!(own[0].state() == "23503" && told[0] == told[1], "{table}: {own:?}");
        let foreign = [place.say(&insert(foreign, theirs)).await, place.say(&insert(foreign, NOBODYS)).await];
        line(&format!("the same from inside the foreign workspace: {table}"), foreign[0].state());
        assert_eq!((foreign[0].state(), foreign[1].state()), (REFUSED, REFUSED), "{table}");
    }
}

/// The keys' lock of one workspace, held alone by somebody who does not let go, stops nobody in another one, and no reader.
#[tokio::test]
async fn a_held_advisory_lock_stops_its_own_workspace_only() {
    if skipped() {
        return;
    }
    let database = TestDatabase::new().await;
    let (keys, wire) = (KeysOnDemand::new(Environment::Test).await, database.wire(Tamper::Nothing));
    let config = database.through(&wire).connections(4);
    let store = Postgres::connect(&config, Environment::Test, keys).await.unwrap();
    let fixture = Fixture::new(Arc::new(store), 902);
    let (victim, other) = (furnish(&fixture).await, furnish(&fixture).await);
    let said = wire.said();
    let locks = said.keys().filter(|text| text.contains(&victim.workspace.id.to_string()));
    // The last lock of a frame is the workspace's, shared or, for the first writer under its key, not.
    let lock = locks.filter_map(|text| text.rsplit_once("pg_advisory_xact_lock")).map(|(_, lock)| lock);
    let lock = lock.filter_map(|lock| lock.split_once('(')).map(|(_, lock)| lock);
    let lock = lock.filter_map(|lock| lock.split(')').next()).next().expect("a writer's frame").to_owned();
    let mut login = database.login().await;
    let mut held = login.begin().await.unwrap();
    let hold = format!("SELECT pg_advisory_xact_lock({lock})");
    sqlx::QueryBuilder::<sqlx::Postgres>::new(hold).build().execute(&mut *held).await.unwrap();

    let [own, theirs] = [&other, &victim].map(|known| {
        let workspace = known.workspace.id;
        let (slug, user) = (known.workspace.slug.clone(), known.membership.user);
        (workspace, slug, user, known.source.clone(), known.history.clone(), known.mark.clone())
    });
    let scope = fixture.enter(own.2, &own.1).await;
    let batch = own.3.batch(Some(own.5.as_bytes()), b"2", own.4.facts());
    let write = async { fixture.store.workspace(&scope).unwrap().ingest(batch).await };
    tokio::time::timeout(Duration::from_secs(10), write).await.expect("nobody waits").unwrap();
    line("the keys of another workspace are locked by hand", "writers of one's own go on");
    let scope = fixture.enter(theirs.2, &theirs.1).await;
    let read = async { fixture.store.workspace(&scope).unwrap().people().await };
    assert_eq!(
        tokio::time::timeout(Duration::from_secs(10), read).await.expect("nobody waits").unwrap().len(),
        3
    );
    line("the keys of one's own workspace are locked by hand", "readers go on, writers wait, then are busy");
    held.rollback().await.unwrap();
    let batch = theirs.3.batch(Some(theirs.5.as_bytes()), b"2", theirs.4.facts());
    fixture.store.workspace(&scope).unwrap().ingest(batch).await.expect("the lock is free again");
}
