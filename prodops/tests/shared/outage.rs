//! The database is killed under load: readiness says so, and nothing needs a restart afterwards; what was acknowledged is there.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use prodops::core::environment::Environment;
use prodops::core::keyring::Roots;
use prodops::core::tenancy::Role;
use prodops::engine::{Engine, StoreLocation, Unready, Workspace};
use prodops::store::postgres::PostgresConfig;
use prodops::store::testing::postgres::{OwnServer, skipped};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::place::{Place, enter, load, root_key, stranger, tenant};

const KILLS: u32 = 3;
/// Acknowledged between two kills.
const ACKNOWLEDGED: usize = 25;
const PEOPLE: u32 = 4;
/// The longest that a person waits for a test.
const PATIENCE: Duration = Duration::from_secs(60);

/// Adds members, and says which were acknowledged, until it is told to stop. What fails is tried with the next one.
async fn person(
    engine: Engine,
    workspace: Workspace,
    number: u32,
    say: mpsc::UnboundedSender<String>,
    stop: Arc<AtomicBool>,
) {
    for turn in 0u32.. {
        if stop.load(Ordering::SeqCst) {
            return;
        }
        let name = format!("{number}-{turn}");
        let subject = prodops::core::session::VerifiedSubject::new(
            "https://login.example.org",
            &name,
            crate::place::NOW.parse().unwrap(),
        );
        let Ok(user) = engine.user_of(&subject.unwrap()).await else { continue };
        if workspace.add_member(user, Role::Viewer).await.is_ok() {
            say.send(name).unwrap();
        }
    }
}

/// Asks until the answer is the wanted one.
async fn until(engine: &Engine, wanted: Result<(), Unready>) {
    let asking = async { while engine.readiness().await != wanted {} };
    tokio::time::timeout(PATIENCE, asking).await.unwrap_or_else(|_| panic!("never {wanted:?}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_killed_under_load_loses_nothing_that_was_acknowledged() {
    if skipped() {
        return;
    }
    let place = Place::new();
    let server = OwnServer::start().await;
    let (data, keys) = (server.database().await, server.keyring().await);
    let config =
        |url: &str| PostgresConfig::from_url(url).unwrap().connections(8).wait(Duration::from_secs(2));
    let engine = Engine::builder(Environment::Test)
        .store(StoreLocation::Postgres(config(&data.url())))
        .keyring_database(config(&keys.url()))
        .root_keys(Roots::new(load(&root_key(&place.roots()))))
        .build()
        .await
        .unwrap();
    let one = tenant(&engine, "one").await;
    let cancel = CancellationToken::new();
    let working = tokio::spawn({
        let (worker, cancel) = (engine.worker(), cancel.clone());
        async move { worker.run(&cancel).await }
    });
    until(&engine, Ok(())).await;
    let (say, mut said) = mpsc::unbounded_channel();
    let stop = Arc::new(AtomicBool::new(false));
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        let workspace = enter(&engine, one.owner, "one").await.unwrap();
        people.push(tokio::spawn(person(engine.clone(), workspace, number, say.clone(), Arc::clone(&stop))));
    }
    let mut acknowledged = Vec::new();
    for _ in 0..KILLS {
        for _ in 0..ACKNOWLEDGED {
            acknowledged.push(said.recv().await.unwrap());
        }
        server.kill();
        until(&engine, Err(Unready::Store)).await;
        server.start_again();
        until(&engine, Ok(())).await;
    }
    stop.store(true, Ordering::SeqCst);
    for person in people {
        person.await.unwrap();
    }
    drop(say);
    while let Some(name) = said.recv().await {
        acknowledged.push(name);
    }
    for name in &acknowledged {
        let user = stranger(&engine, name).await;
        assert!(enter(&engine, user, "one").await.is_ok(), "member {name} was acknowledged");
    }
    cancel.cancel();
    working.await.unwrap();
    let found = engine.audit_source("VerifyAudit").await.unwrap().verify(Vec::new()).await.unwrap();
    assert_eq!(found.findings, []);
    println!("{KILLS} kills of the database, {} members acknowledged, all there", acknowledged.len());
    drop((engine, one, data, keys));
}
