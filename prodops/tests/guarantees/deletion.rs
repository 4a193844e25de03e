//! Sections 2 and 10, as far as they are about going and coming back.

use std::path::Path;
use std::sync::Arc;

use prodops::core::fact::{CommitFact, CoverageFact};
use prodops::core::keyring::{KeyOwner, KeyringError};
use prodops::core::time::Timestamp;
use prodops::engine::{BackupPlan, BackupTarget, BuildError, Engine, FolderTarget, PlanError, Workspace};
use prodops::store::StoreError;
use prodops::store::backend::LifecycleBackend;

use crate::place::{NOW, Place, all_history, enter, git, keyring, open_store, target, tenant};
use crate::repository::{Commit, FIRST, history};
use crate::sealing::plain_rows;

const PERSON: &str = "Wilhelmina Kanarienvogel";

fn plan(place: &Place) -> BackupPlan {
    let target: Arc<dyn BackupTarget> = Arc::new(FolderTarget::new(place.path("backups")));
    BackupPlan { target, every_hours: 24, keep_days: 20, keys: Some(place.path("keys")) }
}

async fn open(place: &Place, file: &Path) -> Engine {
    place.engine_with(file, |builder| builder.backups(plan(place))).await.unwrap()
}

fn commits_of(name: &str) -> Vec<Commit> {
    let commit = |at: usize| Commit {
        author: (name.to_owned(), "wk@example.org".to_owned()),
        at: FIRST + i64::try_from(at).unwrap() * 60,
        message: format!("feat: step {at}"),
        parents: at.checked_sub(1).into_iter().collect(),
        files: vec![("src/lib.rs".to_owned(), format!("fn f{at}() {{}}\n"))],
    };
    (0..8).map(commit).collect()
}

async fn shown(workspace: &Workspace) -> (Vec<CommitFact>, Vec<CoverageFact>, String) {
    let id = workspace.repositories().await.unwrap()[0].id;
    let report = workspace.report(&all_history(None)).await.unwrap();
    (
        workspace.commits(id, None, 5_000).await.unwrap().items,
        workspace.coverage(id).await.unwrap(),
        serde_json::to_string(&report.results).unwrap(),
    )
}

/// The worker makes backups without being asked; the store is destroyed, and a restore gives the same facts back.
#[tokio::test]
async fn p2_3_backups_run_by_themselves_and_give_the_same_facts_back() {
    let place = Place::new();
    let file = place.path("store.redb");
    let engine = open(&place, &file).await;
    let one = tenant(&engine, "one").await;
    one.read(&place.repository("api", &history(60))).await;
    for day in 1..=3 {
        engine.worker().round().await.unwrap();
        assert_eq!(engine.backups().await.unwrap().len(), day);
        place.advance_days(1);
    }
    let owner = one.owner;
    let workspace = enter(&engine, owner, "one").await.unwrap();
    let before = shown(&workspace).await;
    assert_eq!(before.0.len(), 60);
    drop((one, workspace, engine));
    drop(open(&place, &file).await);
    std::fs::remove_file(&file).unwrap();
    let engine = open(&place, &file).await;
    engine.restore(&plan(&place).target, None).await.unwrap();
    drop(engine);
    let engine = open(&place, &file).await;
    let workspace = enter(&engine, owner, "one").await.unwrap();
    assert_eq!(shown(&workspace).await, before);
}

/// A day-by-day run of a deletion with everything at its slowest: after thirty days nothing of the workspace is in the store, the
/// keyring, a backup of either, and nothing opens what copies of them somebody might have kept of the rows.
#[tokio::test]
async fn p10_3_thirty_days_after_the_request_nothing_of_a_workspace_is_left() {
    let place = Place::new();
    let file = place.path("store.redb");
    let engine = open(&place, &file).await;
    let (one, two) = (tenant(&engine, "one").await, tenant(&engine, "two").await);
    one.read(&place.repository("api", &history(40))).await;
    two.read(&place.repository("web", &history(10))).await;
    let workspace = one.workspace.record().id;
    engine.worker().round().await.unwrap();
    let deletion = one.workspace.request_deletion().await.unwrap();
    let thirty = NOW.parse::<Timestamp>().unwrap().plus_seconds(30 * 86_400);
    assert!(deletion.gone_by <= thirty);
    drop((one, two, engine));
    let copy_of_the_rows = std::fs::read(&file).unwrap();
    for _ in 0..30 {
        place.advance_days(1);
        let engine = open(&place, &file).await;
        engine.worker().round().await.unwrap();
    }
    let engine = open(&place, &file).await;
    let stream = format!("workspace-{workspace}.pdv");
    let backups = engine.backups().await.unwrap();
    assert!(!backups.is_empty());
    for backup in &backups {
        assert!(!place.path("backups").join(backup.name()).join(&stream).exists(), "{backup}");
    }
    drop(engine);
    // Copies of the keyring that are as old as the oldest backup do not have the keys either.
    let mut keyrings = vec![file.with_extension("redb.keyring")];
    keyrings.extend(
        backups.iter().map(|backup| place.path("keys").join(backup.name()).join("store.redb.keyring")),
    );
    for path in keyrings {
        let text = std::fs::read_to_string(&path).unwrap();
        let live = text.lines().filter(|line| line.contains(&workspace.to_string()));
        assert!(live.clone().all(|line| line.contains("destroyed")), "{}", path.display());
        assert!(live.count() > 0, "that there were keys stays known");
    }
    let keys = Arc::new(keyring(&file, &place.roots()).await);
    let store = open_store(&file, Arc::clone(&keys)).await;
    assert!(store.rows_of(workspace).await.unwrap().iter().all(|table| table.rows == 0));
    drop(store);
    // Somebody kept the file of the first day: nothing opens the workspace's rows in it.
    let kept = place.path("kept.redb");
    std::fs::write(&kept, copy_of_the_rows).unwrap();
    let store = open_store(&kept, keys).await;
    assert!(store.rows_of(workspace).await.unwrap().iter().any(|table| table.rows > 0));
    let opened = store.plain_rows(KeyOwner::Workspace(workspace)).await;
    assert!(matches!(opened, Err(StoreError::Keys(KeyringError::NoKeys(_)))), "{opened:?}");
}

/// A person's name is in no row from the moment on that it is erased, and comes back with no sync and no restore.
#[tokio::test]
async fn p10_3_the_name_of_a_person_is_gone_and_comes_back_from_nowhere() {
    let place = Place::new();
    let file = place.path("store.redb");
    let engine = open(&place, &file).await;
    let one = tenant(&engine, "one").await;
    let repository = place.repository("api", &commits_of(PERSON));
    let first = one.read(&repository).await;
    engine.worker().round().await.unwrap();
    let id = one.workspace.repositories().await.unwrap()[0].id;
    let person = one.workspace.commits(id, None, 1).await.unwrap().items[0].author.unwrap();
    one.workspace.erase_person(person).await.unwrap();
    one.workspace.disconnect(first).await.unwrap();
    let again = one.workspace.connect(&git(), &target(repository.path())).await.unwrap();
    one.sync(again.id).await.unwrap();
    drop((one, engine));
    assert!(!named(&place, &file).await, "in no row, also after another sync");
    std::fs::remove_file(&file).unwrap();
    let engine = open(&place, &file).await;
    engine.restore(&plan(&place).target, None).await.unwrap();
    drop(engine);
    assert!(!named(&place, &file).await, "the backup had it, and the ledger took it away again");
}

async fn named(place: &Place, file: &Path) -> bool {
    drop(open(place, file).await);
    let rows = plain_rows(place, file).await;
    assert!(rows.len() > 10);
    rows.iter().any(|row| row.windows(PERSON.len()).any(|window| window == PERSON.as_bytes()))
}

#[tokio::test]
async fn p10_3_a_configuration_under_which_it_would_take_longer_is_refused() {
    let place = Place::new();
    let longer = BackupPlan { keep_days: 23, ..plan(&place) };
    let refused =
        place.engine_with(&place.path("store.redb"), |builder| builder.backups(longer.clone())).await;
    assert!(matches!(refused, Err(BuildError::Deletion(PlanError::BackupsOutlive { .. }))));
    assert!(prodops::engine::DeletionPlan::new(7, 1, 23).is_err());
}
