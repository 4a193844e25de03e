//! Histories of every shape: merges, no commit at all, shallow, bare, detached, long.

use std::fmt::Write;

use prodops_core::fact::{Gap, ObjectFormat};

use crate::git_oracle::agrees;
use crate::reading::Reading;
use crate::repository::Repository;

/// Two branches, a merge, an octopus, a second root.
pub(crate) fn tangled() -> Repository {
    let repository = Repository::with_commits(3);
    for branch in ["red", "green", "blue"] {
        repository.git(&["checkout", "--quiet", "-b", branch, "main~1"]);
        repository.write(branch, "1\n");
        repository.commit(branch);
        repository.write(branch, "2\n");
        repository.commit(branch);
    }
    repository.git(&["checkout", "--quiet", "main"]);
    repository.merge(&["red"]);
    repository.merge(&["green", "blue"]);
    repository.git(&["checkout", "--quiet", "--orphan", "second"]);
    repository.git(&["rm", "-r", "-q", "--force", "."]);
    repository.write("other/root", "x");
    repository.commit("second root");
    repository.git(&["checkout", "--quiet", "main"]);
    repository.merge(&["--allow-unrelated-histories", "second"]);
    repository.grow(2);
    repository
}

#[tokio::test]
async fn merges_octopuses_and_several_roots_are_read_as_git_has_them() {
    let repository = tangled();
    let reading = Reading::of(repository.path()).read().await;
    agrees(&reading, &repository);
    assert!(reading.sink.stored().commits.values().any(|commit| commit.parents.len() == 3));
    assert_eq!(reading.gaps(), []);
}

#[tokio::test]
async fn packed_with_deltas_and_a_commit_graph_reads_the_same_in_the_same_order() {
    let repository = tangled();
    for n in 0..40 {
        repository
            .write("long", (0..400).map(|line| format!("{}\n", line * (n / 7 + 1))).collect::<String>());
        repository.commit("long");
    }
    let loose = Reading::of(repository.path()).read().await;
    repository.git(&["gc", "--quiet", "--aggressive", "--prune=now"]);
    repository.git(&["commit-graph", "write", "--reachable"]);
    let packed = Reading::of(repository.path()).read().await;
    agrees(&packed, &repository);
    assert_eq!(loose.sink.asked().order, packed.sink.asked().order);
    assert_eq!(*loose.sink.stored(), *packed.sink.stored());
}

#[tokio::test]
async fn the_order_is_the_same_in_every_run_and_for_every_number_of_threads() {
    let repository = tangled();
    repository.grow(150);
    let first = Reading::of(repository.path()).with_threads(1).read().await;
    for threads in [1, 2, 3, 8] {
        let other = Reading::of(repository.path()).with_threads(threads).read().await;
        assert_eq!(other.sink.asked().order, first.sink.asked().order, "{threads}");
        assert_eq!(*other.sink.stored(), *first.sink.stored(), "{threads}");
    }
}

#[tokio::test]
async fn bare_clones_and_linked_working_folders_hold_the_same_history() {
    let repository = tangled();
    let bare = repository.clone_as("bare.git", &["--bare"]);
    let linked = repository.beside("linked");
    repository.git(&["worktree", "add", "--quiet", linked.to_str().unwrap(), "main~1"]);

    let bare = Reading::of(&bare).read().await;
    agrees(&bare, &repository);
    assert_eq!(bare.sink.stored().repository.as_ref().unwrap().name.as_str(), "bare");

    let linked = Reading::of(&linked).read().await;
    let fact = linked.sink.stored().repository.clone().unwrap();
    assert_eq!((fact.head, fact.branch), (Some(repository.id("main~1")), None));
    linked.holds(repository.git(&["rev-list", "main~1"]).lines().map(|id| id.parse().unwrap()).collect());
}

#[tokio::test]
async fn a_shallow_clone_says_that_something_is_missing() {
    let repository = Repository::with_commits(6);
    let shallow = repository.clone_as("shallow", &["--depth=2"]);
    let reading = Reading::of(&shallow).read().await;
    reading.holds(repository.history()[..2].to_vec());
    assert_eq!(reading.gaps(), [(Gap::Shallow, 1)]);
    assert!(reading.sink.stored().repository.as_ref().unwrap().shallow);
}

#[tokio::test]
async fn sha256_repositories_are_read() {
    let repository = Repository::init(&["--object-format=sha256"]);
    repository.grow(3);
    let loose = Reading::of(repository.path()).read().await;
    agrees(&loose, &repository);
    assert_eq!(loose.sink.stored().repository.as_ref().unwrap().format, ObjectFormat::Sha256);
    repository.git(&["gc", "--quiet", "--prune=now"]);
    agrees(&Reading::of(repository.path()).read().await, &repository);
}

#[tokio::test]
async fn a_repository_without_a_commit_is_covered_and_its_first_commit_is_seen_later() {
    let repository = Repository::new();
    let reading = Reading::of(repository.path()).read().await;
    reading.holds(vec![]);
    assert_eq!(reading.gaps(), []);
    let fact = reading.sink.stored().repository.clone().unwrap();
    assert_eq!((fact.head, fact.branch.unwrap().as_str()), (None, "main"));
    assert_eq!(reading.sync().await.unwrap().commits, 0);

    repository.grow(1);
    assert_eq!(reading.sync().await.unwrap().commits, 1);
    agrees(&reading, &repository);
}

#[tokio::test]
async fn a_detached_head_and_a_renamed_branch_are_followed() {
    let repository = Repository::with_commits(3);
    let reading = Reading::of(repository.path()).read().await;
    repository.git(&["branch", "--move", "main", "trunk/größer"]);
    assert_eq!(reading.sync().await.unwrap().commits, 0);
    let fact = reading.sink.stored().repository.clone().unwrap();
    assert_eq!(fact.branch.unwrap().as_str(), "trunk/größer");

    repository.git(&["checkout", "--quiet", "--detach", "HEAD~1"]);
    repository.write("apart", "1");
    repository.commit("apart");
    reading.sync().await.unwrap();
    agrees(&reading, &repository);
    assert_eq!(reading.sink.stored().repository.as_ref().unwrap().branch, None);
}

#[tokio::test]
async fn three_thousand_commits_come_in_batches() {
    let repository = Repository::new();
    let mut stream = String::new();
    for n in 0..3_000 {
        let (text, time) = (format!("{n}\n"), 1_700_000_000 + n);
        writeln!(stream, "commit refs/heads/main\ncommitter A <a@example.org> {time} +0000\ndata 2\nm")
            .unwrap();
        writeln!(stream, "M 100644 inline d{}/f{}\ndata {}\n{text}", n % 7, n % 50, text.len()).unwrap();
    }
    repository.git_with(&["fast-import", "--quiet"], stream.as_bytes());
    let reading = Reading::of(repository.path()).read().await;
    let order: Vec<_> = repository.history().into_iter().rev().collect();
    assert_eq!(reading.sink.asked().order, order, "a line of commits has one order");
    let batches = reading.sink.asked().batches.clone();
    assert!(batches.iter().all(|facts| *facts <= 512), "{batches:?}");
    assert!(reading.sink.stored().commits.values().all(|commit| commit.changes.len() == 1));
}
