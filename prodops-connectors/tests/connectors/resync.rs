//! The second sync and every one after it: only what is new, all of what was rewritten, nothing lost in between.

use std::collections::BTreeSet;

use prodops_core::fact::{CountState, Gap, PathKey};

use crate::git_oracle::agrees;
use crate::reading::Reading;
use crate::repository::Repository;
use crate::sink::{Trouble, number};

#[tokio::test]
async fn only_new_commits_are_read() {
    let repository = crate::shapes::tangled();
    let reading = Reading::of(repository.path()).read().await;
    let known = repository.history().len();
    repository.grow(2);
    repository.git(&["checkout", "--quiet", "-b", "side", "HEAD~3"]);
    repository.write("side", "1");
    repository.commit("side");
    repository.git(&["checkout", "--quiet", "main"]);
    repository.merge(&["side"]);
    let summary = reading.sync().await.unwrap();
    assert_eq!((summary.commits, summary.pruned), (4, 0));
    assert_eq!(reading.sink.asked().order.len(), known + 4, "none came twice");
    agrees(&reading, &repository);
}

#[tokio::test]
async fn an_unchanged_repository_costs_nothing_but_its_coverage_is_new() {
    let repository = Repository::with_commits(3);
    let reading = Reading::of(repository.path()).read().await;
    let before = reading.sink.stored().coverage.clone().unwrap();
    reading.clock.advance_seconds(3_600);
    let summary = reading.sync().await.unwrap();
    assert_eq!((summary.commits, summary.pruned), (0, 0));
    let after = reading.sink.stored().coverage.clone().unwrap();
    assert_eq!(after.to.seconds_since(before.to), 3_600);
    assert_eq!((after.from, after.gaps), (None, vec![]));
}

#[tokio::test]
async fn files_are_read_again_when_they_or_what_their_folders_say_is_another() {
    let repository = Repository::init(&[]);
    repository.write("a", "1");
    repository.write("src/b", "1");
    repository.write("src/c.unwanted", "1");
    repository.commit("one");
    let reading = Reading::of(repository.path()).read().await;
    let read = |reading: &Reading| reading.sink.asked().files.drain(..).collect::<BTreeSet<_>>();
    let keys = |paths: &[&str]| paths.iter().map(|path| number(path.as_bytes())).collect::<BTreeSet<_>>();
    assert_eq!(read(&reading), keys(&["a", "src/b", "src/c.unwanted"]));
    let unwanted = reading.sink.stored().files[&PathKey(number(b"src/c.unwanted"))].clone();
    assert_eq!((unwanted.counted, unwanted.lines), (CountState::Binary, 0), "nobody read it");
    repository.write("a", "2");
    repository.commit("two");
    reading.sync().await.unwrap();
    assert_eq!(read(&reading), keys(&["a"]));
    repository.write("src/.gitattributes", "*.rs linguist-generated\n");
    repository.commit("three");
    reading.sync().await.unwrap();
    assert_eq!(read(&reading), keys(&["src/.gitattributes", "src/b", "src/c.unwanted"]));
    reading.sync().await.unwrap();
    assert_eq!(read(&reading), keys(&[]), "the head is the same");
}

/// The last three of six commits are replaced by two others.
fn rewrite(repository: &Repository) {
    repository.git(&["reset", "--quiet", "--hard", "HEAD~3"]);
    for name in ["new", "newer"] {
        repository.write(name, "x");
        repository.commit(name);
    }
}

#[tokio::test]
async fn rewritten_history_is_read_all_over_and_only_then_the_old_one_goes() {
    for collected in [false, true] {
        let repository = Repository::with_commits(6);
        let reading = Reading::of(repository.path()).read().await;
        rewrite(&repository);
        if collected {
            repository.git(&["reflog", "expire", "--expire=now", "--all"]);
            repository.git(&["gc", "--quiet", "--prune=now"]);
        }
        let summary = reading.sync().await.unwrap();
        assert_eq!((summary.commits, summary.pruned), (5, 3), "{collected}");
        agrees(&reading, &repository);
        let kept = reading.sink.asked().retained.clone();
        assert_eq!(kept, [repository.history().into_iter().collect()]);
        assert_eq!(reading.sync().await.unwrap().commits, 0, "it is settled");
    }
}

#[tokio::test]
async fn a_rewrite_can_be_killed_anywhere() {
    for trouble in [Trouble::Refuse, Trouble::LoseAnswer] {
        for call in 1.. {
            let repository = Repository::with_commits(6);
            let reading = Reading::of(repository.path()).read().await;
            let old = reading.sink.stored().commits.clone();
            rewrite(&repository);
            reading.sink.upset(call, trouble);
            let first = reading.sync().await;
            let stored = reading.sink.stored().commits.len();
            assert!(stored >= 5, "{call}: all of the old or all of the new is there");
            if first.is_ok() {
                assert!(call > 4, "the sync writes more often than {call} times");
                break;
            }
            if reading.sink.asked().retained.is_empty() {
                assert!(old.keys().all(|id| reading.sink.stored().commits.contains_key(id)), "{call}");
            }
            reading.sync().await.unwrap();
            agrees(&reading, &repository);
            assert_eq!(reading.gaps(), []);
        }
    }
}

#[tokio::test]
async fn a_rewrite_during_an_interrupted_first_sync_leaves_nothing_of_the_old() {
    let repository = Repository::with_commits(200);
    let reading = Reading::of(repository.path());
    reading.sink.upset(3, Trouble::Refuse);
    assert!(reading.sync().await.is_err());
    assert!((1..200).contains(&reading.cursor().position));
    repository.git(&["reset", "--quiet", "--hard", "HEAD~190"]);
    repository.grow(2);
    repository.git(&["reflog", "expire", "--expire=now", "--all"]);
    repository.git(&["gc", "--quiet", "--prune=now"]);
    reading.sync().await.unwrap();
    agrees(&reading, &repository);
}

#[tokio::test]
async fn a_head_without_a_branch_removes_nothing() {
    let repository = Repository::with_commits(3);
    let reading = Reading::of(repository.path()).read().await;
    let before = reading.sink.stored().clone();
    repository.git(&["checkout", "--quiet", "--orphan", "fresh"]);
    let error = reading.sync().await.unwrap_err().to_string();
    assert!(error.contains("git symbolic-ref HEAD"), "{error}");
    assert_eq!(reading.sink.stored().commits, before.commits, "what was read stays");
    repository.git(&["rm", "-r", "-q", "--force", "."]);
    repository.grow(1);
    reading.sync().await.unwrap();
    agrees(&reading, &repository);
    repository.git(&["checkout", "--quiet", "main"]);
    reading.sync().await.unwrap();
    agrees(&reading, &repository);
}

#[tokio::test]
async fn a_shallow_history_that_is_deepened_is_read_all_over() {
    let repository = Repository::with_commits(8);
    let shallow = repository.clone_as("shallow", &["--depth=2"]);
    let at = |arguments: &[&str]| repository.git(&[&["-C", shallow.to_str().unwrap()], arguments].concat());
    let reading = Reading::of(&shallow).read().await;
    at(&["fetch", "--quiet", "--deepen=2"]);
    assert_eq!(reading.sync().await.unwrap().commits, 4);
    assert_eq!(reading.gaps(), [(Gap::Shallow, 1)]);
    assert_eq!(reading.sync().await.unwrap().commits, 0);
    at(&["fetch", "--quiet", "--unshallow"]);
    assert_eq!(reading.sync().await.unwrap().commits, 8);
    assert_eq!(reading.gaps(), []);
    agrees(&reading, &repository);
}

#[tokio::test]
async fn an_interrupted_sync_of_a_shallow_history_survives_its_deepening() {
    let repository = Repository::with_commits(100);
    let shallow = repository.clone_as("shallow", &["--depth=80"]);
    let reading = Reading::of(&shallow);
    reading.sink.upset(3, Trouble::Refuse);
    assert!(reading.sync().await.is_err());
    assert!((1..80).contains(&reading.cursor().position));
    repository.git(&["-C", shallow.to_str().unwrap(), "fetch", "--quiet", "--unshallow"]);
    reading.sync().await.unwrap();
    agrees(&reading, &repository);
}

#[tokio::test]
async fn cutting_a_history_off_removes_nothing_that_was_read() {
    let repository = Repository::with_commits(6);
    let clone = repository.clone_as("clone", &[]);
    let reading = Reading::of(&clone).read().await;
    let expected = repository.history();
    let at = |arguments: &[&str]| repository.git(&[&["-C", clone.to_str().unwrap()], arguments].concat());
    at(&["fetch", "--quiet", "--depth=2"]);
    at(&["reflog", "expire", "--expire=now", "--all"]);
    at(&["gc", "--quiet", "--prune=now"]);
    assert_eq!(reading.sync().await.unwrap().pruned, 0);
    reading.holds(expected);
    assert_eq!(reading.gaps(), [(Gap::Shallow, 1)]);
}

#[tokio::test]
async fn another_repository_in_the_same_place_replaces_the_first() {
    let repository = Repository::with_commits(3);
    let reading = Reading::of(repository.path()).read().await;
    let other = Repository::init(&["--object-format=sha256"]);
    other.grow(2);
    std::fs::remove_dir_all(repository.path()).unwrap();
    let copied = std::process::Command::new("cp").arg("-R").args([other.path(), repository.path()]).status();
    assert!(copied.unwrap().success());
    assert_eq!(reading.sync().await.unwrap().pruned, 3);
    agrees(&reading, &other);
}

#[tokio::test]
async fn what_is_pushed_during_a_sync_is_read_by_it() {
    let repository = std::sync::Arc::new(Repository::with_commits(3));
    let (first, pushing) =
        (repository.id("HEAD~2"), std::sync::Mutex::new(Some(std::sync::Arc::clone(&repository))));
    let reading = Reading::of(repository.path()).meanwhile(move |id| {
        if id == first
            && let Some(repository) = pushing.lock().unwrap().take()
        {
            repository.grow(2);
        }
    });
    assert_eq!(reading.sync().await.unwrap().commits, 5);
    agrees(&reading, &repository);
}
