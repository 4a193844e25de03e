//! The deletion of a workspace: asked for, called off, carried out, killed in between.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use prodops::core::api_token::ApiToken;
use prodops::core::audit::Actor;
use prodops::core::id::{UserId, WorkspaceId};
use prodops::core::input::ApiTokenName;
use prodops::core::keyring::{KeyOwner, KeyringError};
use prodops::core::tenancy::Role;
use prodops::core::time::Timestamp;
use prodops::engine::{
    ApiTokenRequest, BackupPlan, BuildError, DeletionPlan, Engine, EngineError, FolderTarget, PlanError,
    Workspace,
};
use prodops::store::StoreError;
use prodops::store::contract::PurgeState;

use crate::place::{NOW, Place, enter, keyring, open_store, session, slug, tenant};
use crate::repository::history;
use crate::step::{copy, until};

fn days(days: i64) -> Timestamp {
    NOW.parse::<Timestamp>().unwrap().plus_seconds(days * 86_400)
}

#[tokio::test]
async fn an_owner_asks_for_it_sees_the_dates_and_calls_it_off() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    one.read(&place.repository("api", &history(5))).await;
    let (admin, as_admin) = one.joined_by(&engine, Role::Admin).await;
    for refused in [
        as_admin.request_deletion().await.map(drop),
        as_admin.deletion().await.map(drop),
        as_admin.deletion_preview().await.map(drop),
        as_admin.cancel_deletion().await,
    ] {
        assert!(matches!(refused, Err(EngineError::Denied)), "{refused:?}");
    }
    assert_eq!(one.workspace.deletion().await.unwrap(), None);
    assert!(matches!(one.workspace.cancel_deletion().await, Err(EngineError::NotFound)));

    let deletion = one.workspace.request_deletion().await.unwrap();
    assert_eq!(deletion.requested_by, Actor::Member(one.workspace.membership().unwrap()));
    let dates = [deletion.requested, deletion.grace_ends, deletion.purged_by, deletion.gone_by];
    assert_eq!(dates, [days(0), days(7), days(8), days(28)]);
    assert!(one.workspace.request_deletion().await.unwrap_err().is_already_there());
    assert!(matches!(enter(&engine, admin, "one").await, Err(EngineError::NotFound)), "closed to others");
    let owner = enter(&engine, one.owner, "one").await.unwrap();
    assert_eq!(owner.deletion().await.unwrap(), Some(deletion));
    assert_eq!(owner.repositories().await.unwrap().len(), 1, "what is there can be seen");
    let connection = owner.connections().await.unwrap()[0].id;
    assert!(matches!(owner.begin_sync(connection).await, Err(EngineError::Denied)), "and not changed");

    place.advance_days(6);
    assert_eq!(engine.purge_due().await.unwrap(), Default::default());
    enter(&engine, one.owner, "one").await.unwrap().cancel_deletion().await.unwrap();
    enter(&engine, admin, "one").await.unwrap();
    place.advance_days(2);
    assert_eq!(engine.purge_due().await.unwrap(), Default::default(), "nothing is due any more");
    let log = tenant_log(&engine, one.owner).await;
    for action in ["DeleteWorkspace", "CancelDeletion"] {
        assert!(log.iter().any(|(name, allowed)| name == action && *allowed), "{action}");
        assert!(log.iter().any(|(name, allowed)| name == action && !*allowed), "{action} denied");
    }
}

async fn tenant_log(engine: &Engine, owner: UserId) -> Vec<(String, bool)> {
    use prodops::core::audit::Decision;
    let workspace = enter(engine, owner, "one").await.unwrap();
    let page = workspace.audit(&Default::default(), None, 500).await.unwrap();
    page.items.into_iter().map(|row| (row.event.action, row.event.decision == Decision::Allowed)).collect()
}

#[tokio::test]
async fn a_program_deletes_nothing() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    let request = ApiTokenRequest {
        name: ApiTokenName::new("a script").unwrap(),
        cap: Role::Owner,
        lifetime_seconds: 3600,
    };
    let (token, _): (ApiToken, _) = one.workspace.create_api_token(&request).await.unwrap();
    let verified = engine.api_token(&token).await.unwrap().unwrap();
    let program = engine.enter(&verified, &slug("one")).await.unwrap();
    assert!(matches!(program.request_deletion().await, Err(EngineError::Denied)));
    one.workspace.request_deletion().await.unwrap();
    let program = engine.enter(&verified, &slug("one")).await.unwrap();
    assert!(matches!(program.cancel_deletion().await, Err(EngineError::Denied)));
    let somebody = one.owner;
    assert!(matches!(program.erase_member(somebody).await, Err(EngineError::Denied)));
}

#[tokio::test]
async fn more_than_thirty_days_are_refused_at_the_beginning() {
    let place = Place::new();
    let file = place.path("store.redb");
    let target = Arc::new(FolderTarget::new(place.path("backups")));
    let plan = |keep_days| BackupPlan { target: target.clone(), every_hours: 24, keep_days, keys: None };
    let refused = place.engine_with(&file, |builder| builder.backups(plan(21))).await.unwrap_err();
    assert!(matches!(refused, BuildError::Deletion(PlanError::BackupsOutlive { kept: 21, planned: 20 })));
    let longer = DeletionPlan::new(3, 1, 26).unwrap();
    let fits = place.engine_with(&file, |builder| builder.backups(plan(26)).deletion_plan(longer)).await;
    let engine = fits.unwrap();
    let deletion = tenant(&engine, "one").await.workspace.request_deletion().await.unwrap();
    assert_eq!((deletion.grace_ends, deletion.gone_by), (days(3), days(30)));
}

/// A file with two workspaces that read the same repository; the deletion of the first is asked for.
async fn asked(place: &Place) -> (PathBuf, WorkspaceId) {
    std::fs::create_dir(place.path("data")).unwrap();
    let file = place.path("data").join("store.redb");
    let engine = place.engine_on(&file).await;
    let repository = place.repository("api", &history(30));
    let (one, two) = (tenant(&engine, "one").await, tenant(&engine, "two").await);
    one.read(&repository).await;
    two.read(&repository).await;
    one.joined_by(&engine, Role::Viewer).await;
    one.workspace.request_deletion().await.unwrap();
    (file, one.workspace.record().id)
}

/// Nothing of the workspace is in the file: no row that its keys would open, no key, and nobody gets in.
async fn is_gone(place: &Place, file: &Path, workspace: WorkspaceId) {
    let engine = place.engine_with(file, |builder| builder).await.unwrap();
    let verified = engine.audit_source("VerifyAudit").await.unwrap().verify(Vec::new()).await.unwrap();
    assert_eq!(verified.findings, []);
    assert!(verified.erased > 0, "its leaves are in the tree, and say nothing");
    let source = engine.audit_source("ExportAudit").await.unwrap();
    let log = source.entries(None, 0).await.unwrap().unwrap();
    let said = |action: &str| {
        let of = |row: &&prodops::core::audit::KeptEntry| {
            row.body.as_ref().is_some_and(|entry| entry.event.action == action)
        };
        log.iter().filter_map(|(_, row)| row.as_ref()).filter(of).count()
    };
    assert_eq!((said("BeginPurge"), said("ConfirmDeletion")), (1, 1));
    drop(engine);
    let keys = Arc::new(keyring(file, &place.roots()).await);
    let owner = KeyOwner::Workspace(workspace);
    assert!(matches!(keys.keys(owner).await, Err(KeyringError::NoKeys(_))));
    let store = open_store(file, keys).await;
    let opened = store.plain_rows(owner).await;
    assert!(matches!(opened, Err(StoreError::Keys(KeyringError::NoKeys(_)))), "{opened:?}");
    use prodops::store::backend::LifecycleBackend;
    let left = store.rows_of(workspace).await.unwrap();
    assert!(left.iter().all(|table| table.rows == 0), "{left:?}");
    let tombstones = store.tombstones().await.unwrap();
    assert!(matches!(&tombstones[..], [only] if only.state == PurgeState::Purged));
}

#[tokio::test]
async fn after_the_grace_nothing_is_left_and_the_neighbour_notices_nothing() {
    let place = Place::new();
    let (file, workspace) = asked(&place).await;
    place.advance_days(7);
    let engine = place.engine_on(&file).await;
    let purged = engine.purge_due().await.unwrap();
    assert_eq!(purged.workspaces, [workspace]);
    assert!(purged.rows > 60, "{purged:?}");
    assert_eq!(engine.purge_due().await.unwrap(), Default::default());
    engine.audit_upkeep().await.unwrap();
    let again = tenant(&engine, "one").await;
    assert_eq!(
        again.workspace.repositories().await.unwrap(),
        [],
        "the name is free, and what had it is gone"
    );
    drop((again, engine));
    let engine = place.engine_with(&file, |builder| builder).await.unwrap();
    drop(engine);
    is_gone(&place, &file, workspace).await;
}

#[tokio::test]
async fn a_purge_that_is_killed_between_any_two_steps_goes_on() {
    let place = Place::new();
    let (_, workspace) = asked(&place).await;
    place.advance_days(7);
    let (origin, mut waits, mut killed) = (place.path("data"), 0, 0);
    loop {
        let copied = place.path(&format!("killed-{waits}"));
        copy(&origin, &copied);
        let file = copied.join("store.redb");
        let engine = place.engine_with(&file, |builder| builder).await.unwrap();
        let done = until(waits, engine.purge_due()).await;
        drop(engine);
        let whole = done.is_some();
        done.transpose().unwrap();
        // The start goes on with what the ledger knows of, the next round with the rest.
        let engine = place.engine_with(&file, |builder| builder).await.unwrap();
        engine.purge_due().await.unwrap();
        engine.audit_upkeep().await.unwrap();
        drop(engine);
        is_gone(&place, &file, workspace).await;
        std::fs::remove_dir_all(copied).unwrap();
        if whole {
            break;
        }
        (waits, killed) = (waits + 1, killed + 1);
    }
    println!("killed at {killed} points");
    assert!(killed > 7, "only {killed} points");
}

/// What the owner of a store in `data` does, killed after each number of steps in a copy of its own; `look` gets each copy as a
/// start opens it.
async fn killed_between_any_two_steps<T>(
    place: &Place,
    owner: UserId,
    act: impl AsyncFn(&Workspace) -> T,
    mut look: impl AsyncFnMut(&Path, Engine, Workspace),
) {
    for waits in 0.. {
        let copied = place.path(&format!("killed-{waits}"));
        copy(&place.path("data"), &copied);
        let file = copied.join("store.redb");
        let engine = place.engine_with(&file, |builder| builder).await.unwrap();
        let workspace = enter(&engine, owner, "one").await.unwrap();
        let done = until(waits, act(&workspace)).await;
        drop((workspace, engine));
        let engine = place.engine_with(&file, |builder| builder).await.unwrap();
        let workspace = enter(&engine, owner, "one").await.unwrap();
        look(&file, engine, workspace).await;
        std::fs::remove_dir_all(copied).unwrap();
        if done.is_some() {
            break;
        }
    }
}

#[tokio::test]
async fn a_request_that_is_killed_between_any_two_steps_is_there_or_not() {
    let place = Place::new();
    std::fs::create_dir(place.path("data")).unwrap();
    let engine = place.engine_on(&place.path("data").join("store.redb")).await;
    let owner = tenant(&engine, "one").await.owner;
    drop(engine);
    let (mut there, mut absent) = (0, 0);
    let look = async |file: &Path, engine: Engine, workspace: Workspace| {
        match workspace.deletion().await.unwrap() {
            Some(_) => {
                there += 1;
                // What was asked for is in the ledger after a start at the latest: called off, it stays called off.
                workspace.cancel_deletion().await.unwrap();
            }
            None => absent += 1,
        }
        drop((workspace, engine));
        let engine = place.engine_with(file, |builder| builder).await.unwrap();
        let workspace = engine.enter(&session(&engine, owner).await, &slug("one")).await.unwrap();
        assert_eq!(workspace.deletion().await.unwrap(), None);
    };
    killed_between_any_two_steps(&place, owner, async |own| own.request_deletion().await, look).await;
    assert!(there > 1 && absent > 1, "{there} there, {absent} absent");
}

#[tokio::test]
async fn a_cancellation_that_is_killed_between_any_two_steps_holds_or_not() {
    let place = Place::new();
    std::fs::create_dir(place.path("data")).unwrap();
    let engine = place.engine_on(&place.path("data").join("store.redb")).await;
    let one = tenant(&engine, "one").await;
    let deletion = one.workspace.request_deletion().await.unwrap();
    let owner = one.owner;
    drop((one, engine));
    let (mut held, mut not) = (0, 0);
    let look =
        async |_: &Path, _engine: Engine, workspace: Workspace| match workspace.deletion().await.unwrap() {
            Some(still) => {
                assert_eq!(still, deletion);
                not += 1;
            }
            None => held += 1,
        };
    killed_between_any_two_steps(&place, owner, async |own| own.cancel_deletion().await, look).await;
    println!("{held} held, {not} did not");
    assert!(held > 1, "{held} held, {not} not");
}

/// A file that somebody put back by hand, from before the deletion: the start deletes again.
#[tokio::test]
async fn a_file_that_is_put_back_by_hand_brings_nothing_back() {
    let place = Place::new();
    let (file, workspace) = asked(&place).await;
    let old = std::fs::read(&file).unwrap();
    place.advance_days(7);
    let engine = place.engine_with(&file, |builder| builder).await.unwrap();
    engine.purge_due().await.unwrap();
    drop(engine);
    drop(place.engine_with(&file, |builder| builder).await.unwrap());
    std::fs::write(&file, &old).unwrap();
    let engine = place.engine_with(&file, |builder| builder).await.unwrap();
    engine.audit_upkeep().await.unwrap();
    drop(engine);
    is_gone(&place, &file, workspace).await;
}
