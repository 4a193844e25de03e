//! The audit log as a transparency log: what its tree commits to, what a verification finds, and what is left of a person.

use std::path::Path;

use prodops::core::audit::verify::{Finding, Problem};
use prodops::core::audit::{Actor, AuditEvent, AuditObject, Checkpoint, Decision, NetworkPrefix};
use prodops::core::id::WorkspaceId;
use prodops::core::keyring::KeyOwner;
use prodops::core::time::Timestamp;
use prodops::core::vault::KeyId;
use prodops::engine::{AuditUpkeep, AuditVerification, Engine, EngineError};
use prodops::store::contract::AuditQuery;
use redb::ReadableTable;
use tokio_util::sync::CancellationToken;

use crate::place::{NOW, Place, Tenant, enter, git, target, tenant};
use crate::repository::history;

async fn verified(engine: &Engine, elsewhere: Vec<Checkpoint>) -> AuditVerification {
    engine.audit_source("VerifyAudit").await.unwrap().verify(elsewhere).await.unwrap()
}

/// The entries of a log, as they are kept: what, on what.
async fn log(engine: &Engine, workspace: Option<WorkspaceId>) -> Vec<(String, AuditObject)> {
    let source = engine.audit_source("ExportAudit").await.unwrap();
    let rows = source.entries(workspace, 0).await.unwrap().unwrap();
    let body = |row: prodops::core::audit::KeptEntry| row.body.unwrap().event;
    rows.into_iter().map(|(_, row)| body(row.unwrap())).map(|event| (event.action, event.object)).collect()
}

async fn two(place: &Place, engine: &Engine) -> (Tenant, Tenant) {
    let (one, two) = (tenant(engine, "one").await, tenant(engine, "two").await);
    one.read(&place.repository("one/api", &history(5))).await;
    two.read(&place.repository("two/api", &history(5))).await;
    (one, two)
}

#[tokio::test]
async fn whatever_happened_is_in_the_tree_once_and_under_a_signed_checkpoint() {
    let place = Place::new();
    let file = place.path("store");
    let engine = place.engine_on(&file).await;
    let (one, two) = two(&place, &engine).await;
    assert_eq!(engine.audit_checkpoint().await.unwrap(), None);
    let before = engine.audit_upkeep().await.unwrap();
    assert!(before.sequenced > 8, "{before:?}");
    let own = log(&engine, None).await;
    drop((one, two, engine));

    // The process ended with entries that have no place yet.
    let engine = place.engine_on(&file).await;
    let found = verified(&engine, vec![]).await;
    assert_eq!(
        (&found.findings, found.logs, found.signed, found.size),
        (&vec![], 3, before.sequenced, before.sequenced)
    );
    assert_eq!(found.waiting, 2, "the looks at the log");
    assert_eq!(engine.audit_upkeep().await.unwrap().sequenced, 2);
    assert_eq!(engine.audit_upkeep().await.unwrap().sequenced, 0);
    let signed = engine.audit_checkpoint().await.unwrap().unwrap();
    let opened = Checkpoint::open(signed.note.as_bytes(), &engine.audit_key().await.unwrap()).unwrap();
    assert_eq!(
        (opened.size, opened.root, opened.origin.as_str()),
        (signed.size, signed.root, "prodops/test")
    );
    let actions: Vec<&str> = own.iter().map(|(action, _)| action.as_str()).collect();
    let one = ["ProvisionWorkspace", "CreateSignInLink", "SignIn"];
    assert_eq!(actions, [one.as_slice(), &one, &["ExportAudit"]].concat());
    assert_eq!(verified(&engine, vec![opened]).await.findings, []);
}

#[tokio::test]
async fn a_checkpoint_kept_elsewhere_tells_of_a_store_that_was_put_back() {
    let place = Place::new();
    let file = place.path("store");
    let engine = place.engine_on(&file).await;
    let (_one, _two) = two(&place, &engine).await;
    engine.audit_upkeep().await.unwrap();
    drop((_one, _two, engine));
    let old = std::fs::read(&file).unwrap();

    let engine = place.engine_on(&file).await;
    assert!(!log(&engine, None).await.is_empty(), "a look at the log, which is an entry");
    engine.audit_upkeep().await.unwrap();
    let signed = engine.audit_checkpoint().await.unwrap().unwrap();
    let key = engine.audit_key().await.unwrap();
    let kept = Checkpoint::open(signed.note.as_bytes(), &key).unwrap();
    drop(engine);
    std::fs::write(&file, old).unwrap();

    let engine = place.engine_on(&file).await;
    assert_eq!(verified(&engine, vec![]).await.findings, [], "by itself the older store is whole");
    let found = verified(&engine, vec![kept.clone()]).await;
    assert_eq!(found.findings, [Finding::TreeTruncated { size: found.size, signed: kept.size }]);
}

#[tokio::test]
async fn who_acted_is_sealed_and_erasing_them_leaves_the_log_whole() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    let network = NetworkPrefix::V4([192, 0, 2]);
    let caller = enter(&engine, one.owner, "one").await.unwrap().from_network(network);
    caller.connect(&git(), &target(place.repository("api", &history(2)).path())).await.unwrap();
    engine.audit_upkeep().await.unwrap();
    let page = caller.audit(&AuditQuery::default(), None, 10).await.unwrap();
    let entry = page.items[0].clone();
    let leaf = String::from_utf8(entry.leaf().unwrap()).unwrap();
    let user = one.owner.to_string();
    assert!(!leaf.contains(&user) && !leaf.contains("192.0.2"), "{leaf}");
    let person = caller.audit_person(&entry.event).await.unwrap().unwrap();
    assert_eq!((person.user, person.network), (one.owner, Some(network)));

    let owner = KeyOwner::Workspace(one.workspace.record().id);
    let subject = Actor::Member(caller.membership().unwrap()).subject().unwrap();
    assert!(engine.keyring().unwrap().erase_subject(owner, subject).await.unwrap());
    assert_eq!(caller.audit_person(&entry.event).await.unwrap(), None);
    let again = caller.audit(&AuditQuery::default(), None, 1).await.unwrap();
    assert_eq!(again.items[0], entry, "what is in the open stays");
    assert_eq!(verified(&engine, vec![]).await.findings, []);
}

#[tokio::test]
async fn of_a_workspace_whose_keys_are_destroyed_the_leaves_are_left() {
    let place = Place::new();
    let engine = place.engine().await;
    let (one, two) = two(&place, &engine).await;
    engine.audit_upkeep().await.unwrap();
    let whole = verified(&engine, vec![]).await;
    let gone = log(&engine, Some(one.workspace.record().id)).await.len();
    let owner = KeyOwner::Workspace(one.workspace.record().id);
    engine.keyring().unwrap().destroy_workspace(one.workspace.record().id).await.unwrap();
    let found = verified(&engine, vec![]).await;
    assert_eq!(
        (&found.findings, found.logs, found.erased),
        (&vec![], whole.logs - 1, gone as u64),
        "{owner}"
    );
    assert!(!log(&engine, Some(two.workspace.record().id)).await.is_empty());
}

#[tokio::test]
async fn every_permit_is_counted_whether_or_not_it_leaves_an_entry() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    one.read(&place.repository("api", &history(3))).await;
    for _ in 0..3 {
        one.report().await;
    }
    engine.audit_upkeep().await.unwrap();
    place.advance_seconds(1_800);
    let workspace = enter(&engine, one.owner, "one").await.unwrap();
    workspace.report(&crate::place::all_history(None)).await.unwrap();
    engine.audit_upkeep().await.unwrap();
    assert_eq!(engine.audit_upkeep().await.unwrap().counters, 0, "written down once");
    let now: Timestamp = NOW.parse().unwrap();
    let counts = workspace.permit_counts(now, now.plus_seconds(3_600)).await.unwrap();
    let of = |action: &str| counts.iter().filter(|row| row.action == action).collect::<Vec<_>>();
    let [reports] = of("ReadReport")[..] else { panic!("{counts:?}") };
    assert_eq!((reports.count, reports.object.as_str(), reports.hour), (4, "MetricReport", now));
    assert_eq!(reports.actor, Actor::Member(workspace.membership().unwrap()));
    assert_eq!(of("IngestFacts").len(), 1, "background work is counted as well");
    assert_eq!(workspace.permit_counts(now.plus_seconds(3_600), now.plus_seconds(7_200)).await.unwrap(), []);
}

#[tokio::test]
async fn a_worker_that_is_told_to_stop_leaves_nothing_waiting() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    let (stop, worker) = (CancellationToken::new(), engine.worker());
    let running = {
        let stop = stop.clone();
        tokio::spawn(async move { worker.run(&stop).await })
    };
    one.report().await;
    stop.cancel();
    running.await.unwrap();
    assert_eq!(engine.audit_upkeep().await.unwrap(), AuditUpkeep::default());
    let found = verified(&engine, vec![]).await;
    assert_eq!((found.findings, found.signed > 0, found.waiting), (vec![], true, 1));
}

#[tokio::test]
async fn a_workspace_without_keys_stops_neither_the_tree_nor_the_counters_of_others() {
    let place = Place::new();
    let engine = place.engine().await;
    let (one, two) = two(&place, &engine).await;
    engine.audit_upkeep().await.unwrap();
    one.report().await;
    two.report().await;
    engine.rotate_data_key(KeyOwner::Deployment).await.unwrap();
    engine.keyring().unwrap().destroy_workspace(one.workspace.record().id).await.unwrap();
    let done = engine.audit_upkeep().await.unwrap();
    assert!(done.sequenced > 0 && done.counters > 0, "{done:?}");
    let again = engine.audit_upkeep().await.unwrap();
    assert_eq!(again, AuditUpkeep::default(), "counts that nobody can read are not kept");
    assert_eq!(verified(&engine, vec![]).await.findings, []);
}

#[tokio::test]
async fn damaged_counters_keep_no_entry_from_its_place() {
    let place = Place::new();
    let file = place.path("store");
    let engine = place.engine_on(&file).await;
    let one = tenant(&engine, "one").await;
    one.report().await;
    engine.audit_upkeep().await.unwrap();
    let owner = one.owner;
    drop((one, engine));
    tamper(&file, "permit_counts", |rows| {
        let keys: Vec<Vec<u8>> = rows.iter().unwrap().map(|row| row.unwrap().0.value().to_vec()).collect();
        for key in keys {
            rows.insert(key.as_slice(), b"damaged".as_slice()).unwrap();
        }
    })
    .await;
    let engine = place.engine_on(&file).await;
    let workspace = enter(&engine, owner, "one").await.unwrap();
    workspace.report(&crate::place::all_history(None)).await.unwrap();
    assert!(engine.audit_upkeep().await.is_err());
    let found = verified(&engine, vec![]).await;
    assert_eq!((found.findings, found.waiting), (vec![], 1), "only the look at the log waits");
}

#[tokio::test]
async fn a_store_whose_newest_checkpoint_is_gone_is_found_although_nothing_is_signed_any_more() {
    let place = Place::new();
    let file = place.path("store");
    let engine = place.engine_on(&file).await;
    let _ = two(&place, &engine).await;
    engine.audit_upkeep().await.unwrap();
    let size = verified(&engine, vec![]).await.size;
    drop(engine);
    tamper(&file, "audit_checkpoints", |rows| drop(rows.pop_last().unwrap())).await;
    let engine = place.engine_on(&file).await;
    let found = verified(&engine, vec![]).await;
    assert_eq!(found.findings, [Finding::Unsigned { size, signed: 0 }]);
    assert!(matches!(engine.audit_upkeep().await, Err(EngineError::AuditTree)));
}

/// Changes rows of a table below the store, once whoever was dropped has let go of the file.
async fn tamper(
    file: &Path,
    table: &str,
    change: impl FnOnce(&mut redb::Table<'_, &'static [u8], &'static [u8]>),
) {
    let database = loop {
        match redb::Database::open(file) {
            Ok(database) => break database,
            Err(_) => tokio::task::yield_now().await,
        }
    };
    let transaction = database.begin_write().unwrap();
    let table: redb::TableDefinition<'_, &'static [u8], &'static [u8]> = redb::TableDefinition::new(table);
    change(&mut transaction.open_table(table).unwrap());
    transaction.commit().unwrap();
}

/// Puts the id of a key into the last row of a table, as the key that the row is sealed under.
fn name_key(rows: &mut redb::Table<'_, &'static [u8], &'static [u8]>, id: KeyId) {
    let (key, mut row) = {
        let (key, row) = rows.last().unwrap().unwrap();
        (key.value().to_vec(), row.value().to_vec())
    };
    row[1..17].copy_from_slice(id.as_bytes());
    rows.insert(key.as_slice(), row.as_slice()).unwrap();
}

#[tokio::test]
async fn a_row_that_names_a_retired_key_hides_no_log() {
    let place = Place::new();
    let file = place.path("store");
    let engine = place.engine_on(&file).await;
    let one = tenant(&engine, "one").await;
    one.read(&place.repository("api", &history(2))).await;
    let id = one.workspace.record().id;
    let mut retired = Vec::new();
    for owner in [KeyOwner::Workspace(id), KeyOwner::Deployment] {
        retired.push(engine.keyring().unwrap().keys(owner).await.unwrap().active());
        engine.rotate_data_key(owner).await.unwrap();
        engine.sweep(owner).await.unwrap();
        place.advance_days(100);
        assert_eq!(engine.retire_data_keys(owner).await.unwrap().retired, 1);
    }
    let whole = verified(&engine, vec![]).await;
    assert_eq!(whole.findings, []);
    drop((one, engine));
    for (table, key) in [("audit_events", retired[0]), ("deployment_events", retired[1])] {
        tamper(&file, table, |rows| name_key(rows, key)).await;
    }
    let engine = place.engine_on(&file).await;
    let found = verified(&engine, vec![]).await;
    assert_eq!((found.erased, found.logs), (0, whole.logs));
    let workspaces: Vec<_> = found
        .findings
        .iter()
        .map(|finding| match finding {
            Finding::Entry { workspace, problem: Problem::Unreadable, .. } => *workspace,
            other => panic!("{other}"),
        })
        .collect();
    assert_eq!(workspaces, [None, Some(id)]);
}

#[tokio::test]
async fn what_is_done_to_keys_is_in_the_deployments_log_before_it_is_done_and_when_it_fails() {
    let place = Place::new();
    let engine = place.engine().await;
    let keyring = engine.keyring().unwrap();
    let before = keyring.keys(KeyOwner::Deployment).await.unwrap().active();
    let root = keyring.plan(&keyring.roots()).await.unwrap().roots[0].id;
    engine.rotate_data_key(KeyOwner::Deployment).await.unwrap();
    assert!(engine.retire_root(root).await.is_err(), "the only one");
    assert!(engine.rotate_roots().await.unwrap().is_empty(), "the only root is in use: no entry");
    let source = engine.audit_source("ExportAudit").await.unwrap();
    let rows = source.entries(None, 0).await.unwrap().unwrap().into_iter();
    let events = rows.map(|(_, row)| row.unwrap().body.unwrap().event);
    let about = |event: AuditEvent| (event.action, event.object, event.decision);
    let found: Vec<_> = events.filter(|event| event.action.contains("Key")).map(about).collect();
    let entry = |action: &str, key, decision| (action.to_owned(), AuditObject::Key(key), decision);
    assert_eq!(
        found,
        [
            entry("RotateDataKey", before, Decision::Allowed),
            entry("RetireRootKey", root, Decision::Allowed),
            entry("RetireRootKey", root, Decision::Failed),
        ]
    );
    assert_eq!(verified(&engine, vec![]).await.findings, []);
}
