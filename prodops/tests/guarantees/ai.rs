//! Section 7: what an AI provider is given, and what becomes of it.

use std::sync::Arc;

use prodops::ai::{
    AiSettings, Budget, CallError, ConsentError, MemoryJournal, PURPOSE, RemoteObjectState, StoredJournal,
    Training,
};
use prodops::connectors::http::egress::EgressError;

use crate::crash;
use crate::deployment::{self, CODE, Deployment, HOST, planted};
use crate::double::Day;
use crate::fuse::{Death, Fuse};
use crate::place::{Place, enter};
use crate::scene::{ANTHROPIC, AZURE, COMPATIBLE, GEMINI, Kit, OPENAI, Scene, commits, random_key};
use crate::traffic;

const ALL: [Kit; 5] = [OPENAI, AZURE, ANTHROPIC, GEMINI, COMPATIBLE];
/// Those at which something lies while a batch runs.
const STORING: [Kit; 4] = [OPENAI, AZURE, ANTHROPIC, GEMINI];

#[tokio::test]
async fn p7_1_whatever_dies_between_two_steps_the_provider_ends_empty() {
    for kit in STORING {
        crash::a_crash_between_any_two_steps_leaves_nothing(kit).await;
    }
}

#[tokio::test]
async fn p7_1_a_restart_finishes_what_a_crash_left() {
    for kit in [OPENAI, GEMINI] {
        let (place, mut scene) = (Place::new(), Scene::new(kit).await);
        let file = place.path("store.redb");
        scene.journal = Arc::new(StoredJournal::of(place.engine_on(&file).await));
        crash::die(&scene, crash::begun(kit).await).await;
        assert!(!scene.double.left().is_empty());
        // Everything of the process is gone but its files.
        scene.journal = Arc::new(MemoryJournal::default());
        let engine = place.engine_on(&file).await;
        assert!(!engine.remote_objects().await.unwrap().is_empty());
        scene.journal = Arc::new(StoredJournal::of(engine));
        scene.sweep_until_empty("restarted").await;
    }
}

#[tokio::test]
async fn p7_1_a_deletion_counts_once_the_provider_has_no_such_object() {
    for kit in STORING {
        // The provider says that it deleted it, and shows it all the same.
        let scene = Scene::on(kit, Day { ghosts: 1_000, ..Day::default() }).await;
        let outcome = scene.run(&commits(1)).await.unwrap();
        let pending = scene.journal.pending().await.unwrap();
        assert!(
            outcome.left > 0 && pending.iter().any(|entry| entry.state == RemoteObjectState::DeletionAsked)
        );
    }
}

/// A process that dies while a provider works on what it was sent: the next one on the same store deletes it, and asks anew.
#[tokio::test]
async fn p7_1_an_engine_deletes_what_the_one_before_it_left() {
    let deployment = Deployment::of(ANTHROPIC).await;
    let engine = deployment.engine().await;
    let one = deployment.reader(&engine, &planted(&random_key())).await;
    one.workspace.choose_ai(&deployment.settings(100)).await.unwrap();
    // The batch is begun, and its id did not arrive.
    let fuse = Fuse::at(0, Death::After);
    deployment.scene.double.state.lock().unwrap().fuse = Arc::clone(&fuse);
    let worker = engine.worker();
    tokio::select! {
        _ = worker.round() => panic!("it was to die"),
        () = fuse.burnt() => {}
    }
    let owner = one.owner;
    drop((worker, one, engine));
    assert!(!deployment.scene.double.left().is_empty());
    deployment.scene.clock.advance_seconds(1_000);
    let engine = deployment.engine().await;
    assert!(!engine.remote_objects().await.unwrap().is_empty());
    engine.worker().round().await.unwrap();
    for _ in 0..8 {
        // What nobody has the id of is found when the provider is done with it.
        deployment.scene.clock.advance_seconds(1_000);
        engine.worker().round().await.unwrap();
    }
    assert_eq!(deployment.scene.double.left(), Vec::<String>::new());
    assert_eq!(engine.remote_objects().await.unwrap(), []);
    let workspace = enter(&engine, owner, "one").await.unwrap();
    assert!(workspace.ai_status().await.unwrap().last_run.is_some_and(|run| run.labelled >= 3));
}

#[tokio::test]
async fn p7_2_a_provider_that_may_train_is_refused_until_its_condition_is_acknowledged() {
    let mut conditions = 0;
    for kit in ALL {
        let scene = Scene::new(kit).await;
        let provider = scene.provider();
        let entry = provider.entry();
        let settings = AiSettings { provider: Some(entry.name.clone()), ..AiSettings::default() };
        let admitted = settings.admit(entry, Budget::default());
        match &entry.training {
            Training::Never => assert!(admitted.is_ok()),
            Training::Unless(condition) => {
                conditions += 1;
                let refusal = admitted.expect_err("unacknowledged");
                assert!(refusal.to_string().contains(condition.as_str()), "{refusal}");
            }
        }
        // Nobody chose it: it is off.
        assert_eq!(AiSettings::default().admit(entry, Budget::default()), Err(ConsentError::Off));
        assert!(scene.double.seen().is_empty());
    }
    assert_eq!(conditions, 2);
}

#[tokio::test]
async fn p7_2_responses_are_not_stored() {
    for kit in [OPENAI, AZURE, COMPATIBLE] {
        let scene = Scene::new(kit).await;
        scene.run(&commits(2)).await.unwrap();
        let seen = scene.double.seen();
        let stores = seen.iter().map(|request| request.matches("\"store\":false").count()).sum::<usize>();
        assert_eq!(stores, 2, "each request says that its answer is not to be kept");
        assert!(!seen.iter().any(|request| request.contains("\"store\":true")));
    }
}

#[tokio::test]
async fn p7_3_traffic_holds_no_code_nobody_no_secret_and_no_id() {
    for kit in ALL {
        traffic::traffic_holds_nothing_else(kit).await;
    }
}

/// From a repository with code, people and secrets in its files and messages to labels in the facts.
#[tokio::test]
async fn p7_3_a_whole_run_of_an_engine_sends_metadata_only() {
    let deployment = Deployment::of(OPENAI).await;
    let engine = deployment.engine().await;
    let token = format!("ghp_{}", &random_key()[..36]);
    let one = deployment.reader(&engine, &planted(&token)).await;
    one.workspace.choose_ai(&deployment.settings(100)).await.unwrap();
    engine.worker().round().await.unwrap();
    let traffic = deployment.scene.double.seen().join("\n");
    // The search finds what is there.
    assert!(traffic.contains("Handle lists without an end") && traffic.contains("src/lists.rs"));
    let mut planted = vec![CODE.to_owned(), HOST.to_owned(), token];
    planted.extend(deployment::labels(&one).await.keys().map(ToString::to_string));
    let record = one.workspace.record();
    planted.extend([record.id.to_string(), "Kim".to_owned()]);
    for word in planted {
        assert!(!traffic.contains(&word), "{word} left the process");
    }
    let (left, pending) = (deployment.scene.double.left(), engine.remote_objects().await.unwrap());
    assert_eq!((left, pending), (vec![], vec![]));
    assert!(one.workspace.ai_status().await.unwrap().last_run.is_some_and(|run| run.labelled >= 3));
}

#[tokio::test]
async fn p7_4_every_connection_of_a_run_is_one_of_the_register() {
    for kit in ALL {
        let scene = Scene::new(kit).await;
        scene.run(&commits(2)).await.unwrap();
        let provider = scene.provider();
        let entry = provider.entry();
        assert!(!entry.terms.is_empty() && !entry.retention.is_empty() && !entry.purpose.is_empty());
        let attempts = scene.attempts.all();
        assert!(!attempts.is_empty());
        for attempt in attempts {
            assert_eq!(attempt.purpose, PURPOSE);
            let (host, port) = (attempt.host.unwrap(), attempt.port.unwrap());
            assert!(
                entry.destinations.iter().any(|one| one.host() == host && one.port() == port),
                "{host}:{port}"
            );
        }
    }
}

#[tokio::test]
async fn p7_4_a_provider_that_is_not_declared_is_not_reached() {
    for kit in STORING {
        let (declared, other) = (Scene::new(kit).await, Scene::new(kit).await);
        let provider = other.provider_through(declared.egress());
        let object = prodops::ai::RemoteObject {
            kind: prodops::ai::RemoteObjectKind::Batch,
            id: prodops::ai::RemoteObjectId::try_from("b1".to_owned()).unwrap(),
        };
        let refusal = provider.exists(&object).await.expect_err("undeclared");
        assert!(matches!(
            refusal,
            CallError::Egress(EgressError::Url { .. } | EgressError::Undeclared { .. })
        ));
        assert!(other.double.seen().is_empty());
    }
}
