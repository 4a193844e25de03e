//! Backups: made, killed in between, on a full disk, and removed in time.

use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use prodops::engine::{
    BackupError, BackupPart, BackupPlan, BackupTarget, Engine, EngineError, FolderTarget, UnfinishedBackup,
};

use crate::place::{Place, tenant};
use crate::repository::history;
use crate::step::until;

pub(crate) fn folder(path: &Path) -> Arc<dyn BackupTarget> {
    Arc::new(FolderTarget::new(path.to_owned()))
}

/// A target that has room for so many operations and is full then.
#[derive(Debug)]
struct Full {
    inner: FolderTarget,
    room: Arc<AtomicUsize>,
}

fn take(room: &AtomicUsize) -> io::Result<()> {
    let taken = room.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
    taken.map(drop).map_err(|_| io::ErrorKind::StorageFull.into())
}

impl BackupTarget for Full {
    fn begin(&self, name: &str) -> io::Result<Box<dyn UnfinishedBackup>> {
        take(&self.room)?;
        Ok(Box::new(FullBackup { inner: self.inner.begin(name)?, room: Arc::clone(&self.room) }))
    }
    fn list(&self) -> io::Result<Vec<String>> {
        self.inner.list()
    }
    fn parts(&self, backup: &str) -> io::Result<Vec<String>> {
        self.inner.parts(backup)
    }
    fn open(&self, backup: &str, part: &str) -> io::Result<Box<dyn Read + Send>> {
        self.inner.open(backup, part)
    }
    fn remove(&self, backup: &str) -> io::Result<()> {
        self.inner.remove(backup)
    }
}

#[derive(Debug)]
struct FullBackup {
    inner: Box<dyn UnfinishedBackup>,
    room: Arc<AtomicUsize>,
}

impl UnfinishedBackup for FullBackup {
    fn create(&mut self, part: &str) -> io::Result<Box<dyn BackupPart>> {
        take(&self.room)?;
        Ok(Box::new(FullPart { inner: self.inner.create(part)?, room: Arc::clone(&self.room) }))
    }
    fn publish(self: Box<Self>) -> io::Result<()> {
        take(&self.room)?;
        self.inner.publish()
    }
}

struct FullPart {
    inner: Box<dyn BackupPart>,
    room: Arc<AtomicUsize>,
}

impl Write for FullPart {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        take(&self.room)?;
        self.inner.write(data)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl BackupPart for FullPart {
    fn sync(&mut self) -> io::Result<()> {
        take(&self.room)?;
        self.inner.sync()
    }
}

async fn filled(place: &Place) -> Engine {
    let engine = place.engine().await;
    let repository = place.repository("api", &history(30));
    for name in ["one", "two"] {
        tenant(&engine, name).await.read(&repository).await;
    }
    engine
}

fn names(folder: &Path) -> Vec<String> {
    let all = std::fs::read_dir(folder).into_iter().flatten();
    let names = all.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name != ".lock").collect()
}

#[tokio::test]
async fn a_backup_is_a_folder_of_sealed_streams_that_only_its_owner_can_read() {
    let place = Place::new();
    let engine = filled(&place).await;
    let made = engine.backup(&folder(&place.path("backups"))).await.unwrap();
    assert_eq!(names(&place.path("backups")), [made.name()]);
    let within = place.path("backups").join(made.name());
    let mut files = names(&within);
    files.sort();
    assert_eq!(files.len(), 5);
    assert_eq!(&files[..3], ["deployment.pdv", "manifest.json", "manifest.note"]);
    for file in &files {
        use std::os::unix::fs::PermissionsExt;
        let path = within.join(file);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let bytes = std::fs::read(&path).unwrap();
        for text in ["one", "api"] {
            let plain = bytes.windows(text.len()).any(|window| window == text.as_bytes());
            assert!(!plain || bytes.len() > 100_000, "{text} is in {file}");
        }
    }
}

#[tokio::test]
async fn on_a_full_disk_there_is_no_backup_and_nothing_is_lost() {
    let place = Place::new();
    let engine = filled(&place).await;
    let path = place.path("backups");
    let (mut room, mut refused) = (0, 0);
    loop {
        let inner = FolderTarget::new(path.clone());
        let target: Arc<dyn BackupTarget> = Arc::new(Full { inner, room: Arc::new(AtomicUsize::new(room)) });
        match engine.backup(&target).await {
            Ok(made) => {
                assert_eq!(names(&path), [made.name()]);
                break;
            }
            Err(EngineError::Backup(BackupError::Io { place, reason })) => {
                assert_eq!(reason.kind(), io::ErrorKind::StorageFull, "{place}");
                assert!(!place.is_empty());
                assert_eq!(names(&path), [] as [String; 0], "room {room}: nothing is left that takes room");
                refused += 1;
            }
            Err(other) => panic!("{other:?}"),
        }
        room += 1;
    }
    assert!(refused > 15, "{refused} points");
    assert_eq!(engine.backup(&folder(&path)).await.map(drop).map_err(|error| error.to_string()), Ok(()));
}

#[tokio::test]
async fn a_backup_that_is_killed_between_any_two_steps_was_never_there() {
    let place = Place::new();
    let engine = filled(&place).await;
    let (mut waits, mut absent) = (0, 0);
    loop {
        let path = place.path(&format!("backups-{waits}"));
        let done = until(waits, engine.backup(&folder(&path))).await;
        let listed = folder(&path).list().unwrap();
        assert!(listed.len() <= 1);
        absent += usize::from(listed.is_empty());
        // The next one is not in the way of what was left, and leaves nothing of it.
        let made = loop {
            match engine.backup(&folder(&path)).await {
                Err(EngineError::Backup(BackupError::Io { reason, .. }))
                    if reason.kind() == io::ErrorKind::WouldBlock =>
                {
                    tokio::task::yield_now().await;
                }
                made => break made.unwrap(),
            }
        };
        let mut expected = folder(&path).list().unwrap();
        expected.retain(|name| !name.starts_with('.'));
        assert_eq!(names(&path).len(), expected.len(), "nothing unfinished is left");
        assert!(expected.contains(&made.name()));
        std::fs::remove_dir_all(&path).unwrap();
        match done {
            Some(made) => break made.map(drop).unwrap(),
            None => waits += 1,
        }
    }
    assert!(absent > 8, "killed at {waits} points, {absent} of them before it was whole");
}

#[tokio::test]
async fn two_at_once_do_not_mix() {
    let place = Place::new();
    let engine = filled(&place).await;
    let target = folder(&place.path("backups"));
    let held = target.begin("backup-held").unwrap();
    let second = engine.backup(&target).await.unwrap_err();
    assert!(
        matches!(&second, EngineError::Backup(BackupError::Io { reason, .. })
            if reason.kind() == io::ErrorKind::WouldBlock),
        "{second:?}"
    );
    drop(held);
    engine.backup(&target).await.unwrap();
}

#[tokio::test]
async fn backups_are_made_when_due_and_removed_in_time() {
    let place = Place::new();
    let path = place.path("backups");
    let keys = place.path("keys");
    let plan = BackupPlan { target: folder(&path), every_hours: 24, keep_days: 3, keys: Some(keys.clone()) };
    let file = place.path("store.redb");
    let engine = place.engine_with(&file, |builder| builder.backups(plan.clone())).await.unwrap();
    std::fs::create_dir_all(path.join("notes-of-somebody")).unwrap();
    for day in 0..10 {
        let made = engine.backup_due().await.unwrap();
        assert!(made.is_some(), "day {day}");
        assert_eq!(engine.backup_due().await.unwrap(), None, "not twice");
        let kept = engine.backups().await.unwrap();
        assert_eq!(kept.len(), usize::try_from(day.min(2) + 1).unwrap(), "day {day}");
        assert_eq!(kept.last(), made.as_ref());
        let mut copies = names(&keys);
        copies.sort();
        assert_eq!(
            copies,
            kept.iter().map(|backup| backup.name()).collect::<Vec<_>>(),
            "keys with every backup"
        );
        assert!(!engine.backup_is_overdue().await.unwrap());
        place.advance_seconds(23 * 3_600);
        assert_eq!(engine.backup_due().await.unwrap(), None, "not too early");
        place.advance_seconds(3_600);
    }
    // A clock that went back: the backup from the future does not keep the next one waiting.
    place.advance_days(-5);
    assert!(engine.backup_due().await.unwrap().is_some());
    assert_eq!(engine.backup_due().await.unwrap(), None);
    assert!(path.join("notes-of-somebody").exists(), "what is no backup is left alone");
    // Old ones go also when no new one can be made.
    place.advance_days(60);
    let _held = folder(&path).begin("backup-held").unwrap();
    assert!(engine.backup_is_overdue().await.unwrap());
    assert!(engine.backup_due().await.is_err());
    assert_eq!(names(&keys), [] as [String; 0]);
    assert_eq!(engine.backups().await.unwrap(), []);
}
