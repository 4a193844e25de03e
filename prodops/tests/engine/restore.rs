//! Restores: the drill, what must stay deleted, and archives that somebody has been at.

use std::path::{Path, PathBuf};

use prodops::core::environment::Environment;
use prodops::core::fact::{CommitFact, CoverageFact};
use prodops::core::id::UserId;
use prodops::core::input::ApiTokenName;
use prodops::core::tenancy::Role;
use prodops::engine::{
    ApiTokenRequest, BackupError, BackupInfo, BuildError, Engine, EngineError, StoreLocation, Workspace,
};
use prodops::metrics::Report;
use prodops::store::contract::AuditQuery;

use crate::backup::folder;
use crate::place::{Place, enter, stranger, tenant};
use crate::repository::history;
use crate::step::{copy, until};

/// A deployment in a file, with one backup of it.
struct World {
    place: Place,
    file: PathBuf,
    owners: [UserId; 2],
    backup: BackupInfo,
}

impl World {
    async fn new() -> Self {
        let place = Place::new();
        std::fs::create_dir(place.path("data")).unwrap();
        let file = place.path("data").join("store.redb");
        let engine = place.engine_on(&file).await;
        let mut owners = Vec::new();
        for (name, commits) in [("one", 40), ("two", 25)] {
            let tenant = tenant(&engine, name).await;
            tenant.read(&place.repository(name, &history(commits))).await;
            owners.push(tenant.owner);
        }
        engine.audit_upkeep().await.unwrap();
        let backup = engine.backup(&folder(&place.path("backups"))).await.unwrap();
        drop(engine);
        Self { place, file, owners: [owners[0], owners[1]], backup }
    }

    fn archive(&self) -> PathBuf {
        self.place.path("backups").join(self.backup.name())
    }

    async fn open(&self) -> Engine {
        self.place.engine_with(&self.file, |builder| builder).await.unwrap()
    }

    /// The machine is gone: the data with it, the keyring and the ledger were kept elsewhere.
    async fn destroyed(&self) -> Engine {
        drop(self.open().await);
        std::fs::remove_file(&self.file).unwrap();
        self.open().await
    }

    async fn restored(&self) -> Engine {
        let engine = self.destroyed().await;
        engine.restore(&folder(&self.place.path("backups")), None).await.unwrap();
        engine
    }

    async fn refusal(&self, engine: &Engine) -> String {
        let refused = engine.restore(&folder(&self.place.path("backups")), None).await.unwrap_err();
        refused.to_string()
    }
}

/// Everything that a workspace shows.
async fn seen(workspace: &Workspace) -> (Vec<CommitFact>, Vec<CoverageFact>, Vec<String>) {
    let id = workspace.repositories().await.unwrap()[0].id;
    let commits = workspace.commits(id, None, 5_000).await.unwrap().items;
    let log = workspace.audit(&AuditQuery::default(), None, 5_000).await.unwrap().items;
    // Looking at the log is an entry of the log, so what is compared is what was there before.
    let log = log.into_iter().filter(|row| row.event.action != "ReadAudit");
    (commits, workspace.coverage(id).await.unwrap(), log.map(|row| format!("{:?}", row.event)).collect())
}

async fn report(workspace: &Workspace) -> Report {
    workspace.report(&crate::place::all_history(None)).await.unwrap()
}

#[tokio::test]
async fn what_is_destroyed_comes_back_just_as_it_was() {
    let world = World::new().await;
    let engine = world.open().await;
    let mut before = Vec::new();
    for (owner, name) in world.owners.iter().zip(["one", "two"]) {
        let workspace = enter(&engine, *owner, name).await.unwrap();
        before.push((seen(&workspace).await, report(&workspace).await.results));
    }
    drop(engine);
    let engine = world.destroyed().await;
    let target = folder(&world.place.path("backups"));
    let report_of = engine.restore(&target, Some(world.backup.clone())).await.unwrap();
    assert_eq!((report_of.workspaces, report_of.stay_deleted), (2, 0));
    assert!(report_of.rows > 80, "{report_of:?}");
    drop(engine);
    let engine = world.open().await;
    for ((owner, name), before) in world.owners.iter().zip(["one", "two"]).zip(&before) {
        let workspace = enter(&engine, *owner, name).await.unwrap();
        assert_eq!((seen(&workspace).await, report(&workspace).await.results), *before);
        let connection = workspace.connections().await.unwrap()[0].id;
        let silent = prodops::connectors::contract::Silent;
        let again = workspace.sync(connection, &silent, &Default::default()).await.unwrap();
        assert_eq!(again.pruned, 0, "and goes on from where it was");
    }
    engine.audit_upkeep().await.unwrap();
    let found = engine.audit_source("VerifyAudit").await.unwrap().verify(Vec::new()).await.unwrap();
    assert_eq!(found.findings, []);
    let full = engine.restore(&target, None).await.unwrap_err();
    assert!(full.is_already_there(), "into an empty store only: {full}");
}

#[tokio::test]
async fn api_tokens_come_back_and_sessions_do_not() {
    let world = World::new().await;
    let engine = world.open().await;
    let workspace = enter(&engine, world.owners[0], "one").await.unwrap();
    let request = ApiTokenRequest {
        name: ApiTokenName::new("a script").unwrap(),
        cap: Role::Viewer,
        lifetime_seconds: 86_400,
    };
    let (token, _) = workspace.create_api_token(&request).await.unwrap();
    let link = engine.sign_in_link(world.owners[0], 600).await.unwrap();
    let cookie = engine.redeem_sign_in_link(&link).await.unwrap().unwrap();
    world.place.advance_seconds(60);
    engine.backup(&folder(&world.place.path("backups"))).await.unwrap();
    drop((workspace, engine));
    let engine = world.restored().await;
    assert!(engine.api_token(&token).await.unwrap().is_some());
    assert!(engine.session(&cookie).await.unwrap().is_none(), "everybody signs in again");
}

#[tokio::test]
async fn what_was_deleted_since_stays_deleted() {
    let world = World::new().await;
    let engine = world.open().await;
    let leaver = stranger(&engine, "leaver").await;
    let (one, two) = (
        enter(&engine, world.owners[0], "one").await.unwrap(),
        enter(&engine, world.owners[1], "two").await.unwrap(),
    );
    two.add_member(leaver, Role::Admin).await.unwrap();
    let commits = two.commits(two.repositories().await.unwrap()[0].id, None, 10).await.unwrap().items;
    let person = commits[0].author.unwrap();
    world.place.advance_seconds(60);
    engine.backup(&folder(&world.place.path("backups"))).await.unwrap();
    one.request_deletion().await.unwrap();
    two.erase_member(leaver).await.unwrap();
    two.erase_person(person).await.unwrap();
    engine.erase_user(leaver).await.unwrap();
    world.place.advance_days(7);
    engine.purge_due().await.unwrap();
    drop((one, two, engine));

    let engine = world.destroyed().await;
    let report = engine.restore(&folder(&world.place.path("backups")), None).await.unwrap();
    assert_eq!((report.workspaces, report.stay_deleted), (1, 1));
    assert!(matches!(enter(&engine, world.owners[0], "one").await, Err(EngineError::NotFound)));
    assert!(engine.sign_in_link(leaver, 60).await.is_err());
    let two = enter(&engine, world.owners[1], "two").await.unwrap();
    assert!(matches!(two.erase_member(leaver).await, Err(EngineError::NotFound)));
    let log = two.audit(&AuditQuery::default(), None, 500).await.unwrap().items;
    assert!(log.iter().any(|row| row.event.action == "ErasePerson"), "the name was erased again");
    drop((two, engine));
    // And after every start from then on.
    drop(world.open().await);
}

#[tokio::test]
async fn a_deletion_in_its_grace_goes_on_and_one_that_was_called_off_does_not() {
    let world = World::new().await;
    let engine = world.open().await;
    let (one, two) = (
        enter(&engine, world.owners[0], "one").await.unwrap(),
        enter(&engine, world.owners[1], "two").await.unwrap(),
    );
    two.request_deletion().await.unwrap();
    world.place.advance_seconds(60);
    engine.backup(&folder(&world.place.path("backups"))).await.unwrap();
    let pending = one.request_deletion().await.unwrap();
    enter(&engine, world.owners[1], "two").await.unwrap().cancel_deletion().await.unwrap();
    drop((one, two, engine));
    world.place.advance_days(8);
    let engine = world.restored().await;
    let one = enter(&engine, world.owners[0], "one").await.unwrap();
    assert_eq!(one.deletion().await.unwrap(), Some(pending), "with the dates that it had");
    let two = enter(&engine, world.owners[1], "two").await.unwrap();
    assert_eq!(two.deletion().await.unwrap(), None);
    assert_eq!(engine.purge_due().await.unwrap().workspaces, [one.record().id]);
}

#[tokio::test]
async fn without_the_ledger_nothing_is_restored() {
    let world = World::new().await;
    let engine = world.open().await;
    enter(&engine, world.owners[0], "one").await.unwrap().request_deletion().await.unwrap();
    world.place.advance_seconds(60);
    engine.backup(&folder(&world.place.path("backups"))).await.unwrap();
    drop(engine);
    let engine = world.destroyed().await;
    drop(engine);
    std::fs::remove_file(world.place.path("data").join("store.redb.keyring.deletions")).unwrap();
    let engine = world.open().await;
    assert!(world.refusal(&engine).await.contains("deletion ledger is older than the backup"));
}

/// Changes the archive, and tells what the restore says; the store stays empty, and the archive is put back.
async fn refused(world: &World, engine: &Engine, change: impl FnOnce(&Path)) -> String {
    let (archive, whole) = (world.archive(), world.place.path("whole"));
    if !whole.exists() {
        copy(&archive, &whole);
    }
    change(&archive);
    let said = world.refusal(engine).await;
    std::fs::remove_dir_all(&archive).unwrap();
    copy(&whole, &archive);
    said
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn an_archive_that_somebody_has_been_at_is_refused_whole_and_named() {
    let world = World::new().await;
    let second = {
        let engine = world.open().await;
        world.place.advance_seconds(-60);
        let other = world.place.path("other");
        let second = engine.backup(&folder(&other)).await.unwrap();
        world.place.advance_seconds(60);
        other.join(second.name())
    };
    let engine = world.destroyed().await;
    let files = names(&world.archive());
    assert_eq!(files.len(), 5);
    for file in &files {
        let path = |archive: &Path| archive.join(file);
        let length = std::fs::read(world.archive().join(file)).unwrap().len();
        let mut said = Vec::new();
        for at in [0, 4, 30, 60, length / 2, length - 2] {
            let flip = |archive: &Path| {
                let mut bytes = std::fs::read(path(archive)).unwrap();
                bytes[at] ^= 1;
                std::fs::write(path(archive), bytes).unwrap();
            };
            said.push(refused(&world, &engine, flip).await);
        }
        for kept in [0, 3, length / 2, length - 1] {
            let cut = |archive: &Path| {
                let bytes = std::fs::read(path(archive)).unwrap();
                std::fs::write(path(archive), &bytes[..kept]).unwrap();
            };
            said.push(refused(&world, &engine, cut).await);
        }
        let longer = |archive: &Path| {
            let bytes = std::fs::read(path(archive)).unwrap();
            std::fs::write(path(archive), [bytes.as_slice(), b"\n"].concat()).unwrap();
        };
        said.push(refused(&world, &engine, longer).await);
        said.push(refused(&world, &engine, |archive| std::fs::remove_file(path(archive)).unwrap()).await);
        let link = |archive: &Path| {
            std::fs::rename(path(archive), world.place.path("moved")).unwrap();
            std::os::unix::fs::symlink(world.place.path("moved"), path(archive)).unwrap();
        };
        said.push(refused(&world, &engine, link).await);
        let another = second.join(file);
        if another.exists() {
            let exchanged = |archive: &Path| {
                std::fs::copy(&another, path(archive)).unwrap();
            };
            said.push(refused(&world, &engine, exchanged).await);
        }
        for said in said {
            let named = said.contains(file.as_str())
                || (file.starts_with("manifest")
                    && (said.contains("manifest") || said.contains("not signed")));
            assert!(named, "{file}: {said}");
        }
    }
    let streams: Vec<&String> = files.iter().filter(|file| file.starts_with("workspace-")).collect();
    let swapped = |archive: &Path| {
        let (a, b) = (archive.join(streams[0]), archive.join(streams[1]));
        let first = std::fs::read(&a).unwrap();
        std::fs::copy(&b, &a).unwrap();
        std::fs::write(&b, first).unwrap();
    };
    assert!(refused(&world, &engine, swapped).await.contains("workspace-"));
    let more = |archive: &Path| std::fs::write(archive.join("workspace-more.pdv"), b"x").unwrap();
    assert!(refused(&world, &engine, more).await.contains("workspace-more.pdv"));
    let renamed = |archive: &Path| {
        let other = BackupInfo { made: world.backup.made.plus_seconds(60), ..world.backup.clone() };
        let _ = other;
        let name = world.backup.name();
        let (front, _) = name.split_at(name.len() - 1);
        let last = if name.ends_with('0') { '1' } else { '0' };
        copy(archive, &archive.with_file_name(format!("{front}{last}")));
        std::fs::remove_dir_all(archive).unwrap();
        std::fs::create_dir(archive).unwrap();
    };
    let said = refused(&world, &engine, renamed).await;
    assert!(!said.is_empty());
    for entry in std::fs::read_dir(world.place.path("backups")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path != world.archive() {
            std::fs::remove_dir_all(path).unwrap();
        }
    }
    // After all that the whole archive is taken, into a store in which nothing was written.
    engine.restore(&folder(&world.place.path("backups")), None).await.unwrap();
}

#[tokio::test]
async fn another_deployment_and_another_environment_are_refused() {
    let world = World::new().await;
    let stranger = Place::new();
    let engine = stranger.engine().await;
    let target = folder(&world.place.path("backups"));
    let other = engine.restore(&target, None).await.unwrap_err();
    assert!(matches!(other, EngineError::Backup(BackupError::NotSigned)), "{other}");
    let location = StoreLocation::File(world.place.path("staging.redb"));
    let staging = world.place.open(location, Environment::Staging).await.unwrap();
    let other = staging.restore(&target, None).await.unwrap_err();
    assert!(matches!(other, EngineError::Backup(BackupError::NotSigned)), "another keyring: {other}");
    let nothing = engine.restore(&folder(&world.place.path("nowhere")), None).await.unwrap_err();
    assert!(matches!(nothing, EngineError::Backup(BackupError::None)), "{nothing}");
}

#[tokio::test]
async fn a_restore_that_is_killed_between_any_two_steps_is_whole_or_opens_nothing() {
    let world = World::new().await;
    drop(world.destroyed().await);
    std::fs::remove_file(&world.file).unwrap();
    let (mut waits, mut unfinished, mut empty) = (0, 0, 0);
    loop {
        let copied = world.place.path(&format!("killed-{waits}"));
        copy(&world.place.path("data"), &copied);
        let file = copied.join("store.redb");
        let engine = world.place.engine_with(&file, |builder| builder).await.unwrap();
        let target = folder(&world.place.path("backups"));
        let done = until(waits, engine.restore(&target, None)).await;
        drop(engine);
        match world.place.engine_with(&file, |builder| builder).await {
            Err(BuildError::UnfinishedRestore) => unfinished += 1,
            Err(other) => panic!("{other}"),
            Ok(engine) => {
                let target = folder(&world.place.path("backups"));
                match engine.restore(&target, None).await {
                    Ok(_) => empty += 1,
                    Err(whole) => assert!(whole.is_already_there(), "{whole}"),
                }
                let two = enter(&engine, world.owners[1], "two").await.unwrap();
                let id = two.repositories().await.unwrap()[0].id;
                assert_eq!(two.commits(id, None, 100).await.unwrap().items.len(), 25);
            }
        }
        std::fs::remove_dir_all(copied).unwrap();
        if done.is_some() {
            break;
        }
        waits += 1;
    }
    assert!(unfinished > 5 && empty > 5, "{unfinished} unfinished, {empty} empty, killed at {waits} points");
}

/// Facts that are rotated under a new key after the backup: the backup's own key opens it all the same.
#[tokio::test]
async fn a_backup_outlives_the_rotation_of_data_keys() {
    use prodops::core::keyring::KeyOwner;
    let world = World::new().await;
    let engine = world.open().await;
    let before = report(&enter(&engine, world.owners[0], "one").await.unwrap()).await;
    for owner in engine.keyring().unwrap().owners().await.unwrap() {
        engine.rotate_data_key(owner).await.unwrap();
        engine.sweep(owner).await.unwrap();
    }
    world.place.advance_seconds(3_600);
    let mut retired = 0;
    for owner in engine.keyring().unwrap().owners().await.unwrap() {
        retired += engine.retire_data_keys(owner).await.unwrap().retired;
    }
    assert_eq!(retired, 3, "{:?}", KeyOwner::Deployment);
    drop(engine);
    let engine = world.restored().await;
    let workspace = enter(&engine, world.owners[0], "one").await.unwrap();
    assert_eq!(report(&workspace).await.results, before.results);
}
