//! Where repositories are: nowhere, outside the allowed folders, gone, moved under our feet.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use prodops_connectors::contract::{Connector, ConnectorError};
use prodops_connectors::driver::SyncError;
use prodops_core::fact::CommitId;

use crate::git_oracle::agrees;
use crate::reading::Reading;
use crate::repository::Repository;

/// The words of a refusal, at the check and at the sync alike, without the path.
async fn refusal(allowed: &Path, target: &Path) -> String {
    let reading = Reading::within(allowed, target);
    let checked = reading.connector.check(&reading.api).await;
    let checked = checked.expect_err(&target.display().to_string()).to_string();
    let synced = reading.sync().await.unwrap_err().to_string();
    assert_eq!(checked, synced);
    assert!(reading.sink.stored().cursors.is_empty());
    checked.replace(target.to_str().unwrap(), "<path>")
}

#[tokio::test]
async fn what_lies_outside_is_answered_like_what_does_not_exist() {
    let repository = Repository::with_commits(1);
    let allowed = repository.beside("allowed");
    std::fs::create_dir_all(allowed.join("folder")).unwrap();
    std::os::unix::fs::symlink(repository.path(), allowed.join("link")).unwrap();
    let absent = refusal(&allowed, &allowed.join("absent")).await;
    assert_eq!(absent, "there is no git repository at `<path>`");
    for target in [
        repository.path().to_owned(),
        allowed.join("../project"),
        allowed.join("link"),
        allowed.join("folder"),
    ] {
        assert_eq!(refusal(&allowed, &target).await, absent, "{}", target.display());
    }
}

#[tokio::test]
async fn a_repository_that_borrows_from_outside_is_refused_and_one_that_is_broken_sounds_the_same() {
    let repository = Repository::with_commits(2);
    let allowed = repository.beside("allowed");
    std::fs::create_dir_all(&allowed).unwrap();
    let shared = repository.clone_as("allowed/shared", &["--shared"]);
    let linked = allowed.join("linked");
    repository.git(&["worktree", "add", "--quiet", "--detach", linked.to_str().unwrap()]);
    let separate = repository.clone_as("allowed/separate", &[]);
    std::fs::rename(separate.join(".git/objects"), repository.beside("objects")).unwrap();
    std::os::unix::fs::symlink(repository.beside("objects"), separate.join(".git/objects")).unwrap();
    let broken = repository.clone_as("allowed/broken", &[]);
    std::fs::write(broken.join(".git/config"), "[core]\nrepositoryformatversion = 99\n").unwrap();
    let nowhere = allowed.join("nowhere");
    std::fs::create_dir(&nowhere).unwrap();
    std::fs::write(nowhere.join(".git"), "gitdir: /nowhere/at/all\n").unwrap();

    let answer = refusal(&allowed, &broken).await;
    for target in [&shared, &linked, &separate, &nowhere] {
        assert_eq!(refusal(&allowed, target).await, answer, "{}", target.display());
    }
    // The same repositories are read where all of their parts are allowed.
    for target in [&shared, &linked, &separate] {
        Reading::within(repository.folder(), target).read().await.holds(repository.history());
    }
}

#[tokio::test]
async fn a_repository_that_was_read_before_is_gone_and_what_was_read_stays() {
    let repository = Repository::with_commits(3);
    let reading = Reading::of(repository.path()).read().await;
    let before = reading.sink.stored().clone();
    std::fs::remove_dir_all(repository.path()).unwrap();
    let error = reading.sync().await.unwrap_err();
    assert!(matches!(error, SyncError::Connector(ConnectorError::Gone { .. })), "{error}");
    assert_eq!(*reading.sink.stored(), before);
}

#[tokio::test]
async fn a_repository_that_goes_in_the_middle_keeps_what_came_before() {
    let repository = Repository::with_commits(30);
    let mut history = repository.history();
    history.reverse();
    let (path, aside, at) = (repository.path().to_owned(), repository.beside("aside"), history[20]);
    let there = AtomicBool::new(true);
    let reading = Reading::of(repository.path()).with_threads(1).meanwhile(move |id: CommitId| {
        if id == at && there.swap(false, Ordering::SeqCst) {
            std::fs::rename(&path, &aside).unwrap();
        }
    });
    let error = reading.sync().await.unwrap_err();
    assert!(matches!(error, SyncError::Connector(ConnectorError::Gone { .. })), "{error}");
    reading.holds(history[..=20].to_vec());
    assert_eq!(reading.sink.stored().coverage, None, "it was not read to the end");

    // It comes back, and reading goes on where it stopped.
    std::fs::rename(repository.beside("aside"), repository.path()).unwrap();
    assert_eq!(reading.sync().await.unwrap().commits, 9);
    agrees(&reading, &repository);
    assert_eq!(reading.gaps(), []);
}

#[tokio::test]
async fn a_repository_that_is_packed_in_the_middle_loses_nothing() {
    let repository = Repository::with_commits(30);
    let at = repository.id("HEAD~20");
    let git_dir = repository.path().join(".git");
    let reading = Reading::of(repository.path()).with_threads(1).meanwhile(move |id| {
        if id == at {
            let git = |arguments: &[&str]| {
                let git_dir = format!("--git-dir={}", git_dir.display());
                let status = std::process::Command::new("git")
                    .envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_SYSTEM", "/dev/null")])
                    .arg(git_dir)
                    .args(arguments)
                    .status();
                assert!(status.unwrap().success());
            };
            git(&["repack", "-a", "-d", "-q"]);
            git(&["prune-packed", "-q"]);
        }
    });
    let reading = reading.read().await;
    agrees(&reading, &repository);
    assert_eq!(reading.gaps(), []);
}
