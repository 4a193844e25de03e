//! Missing and damaged objects: what cannot be read is a gap, everything else is read, and nothing stored is removed.

use prodops_core::fact::Gap;
use prodops_core::source::ChangeKind;

use crate::reading::{Reading, Side};
use crate::repository::Repository;
use crate::sink::{Stored, Trouble};

/// Three commits that each change `dir/a` and `b`.
fn three() -> Repository {
    let repository = Repository::new();
    for n in 0..3 {
        repository.write("dir/a", "x".repeat(10 + n));
        repository.write("b", "y".repeat(20 + n));
        repository.commit("change");
    }
    repository
}

#[tokio::test]
async fn a_blob_that_cannot_be_read_spoils_the_changes_that_hold_it() {
    for ruin in [Repository::damage, Repository::lose] {
        let repository = three();
        ruin(&repository, "HEAD~1:b");
        let reading = Reading::of(repository.path()).read().await;
        reading.holds(repository.history());
        let sides = |revision| {
            let changes = reading.seen(repository.id(revision)).changes;
            changes.iter().map(|change| (change.2, change.3)).collect::<Vec<_>>()
        };
        assert_eq!(sides("HEAD~1")[0], (Side::Bytes(20), Side::Unreadable));
        assert_eq!(sides("HEAD")[0], (Side::Unreadable, Side::Bytes(22)));
        assert_eq!(sides("HEAD")[1], (Side::Bytes(11), Side::Bytes(12)), "the other file is whole");
        assert_eq!(reading.gaps(), [(Gap::UnreadableObject, 2)]);
    }
}

#[tokio::test]
async fn a_tree_that_cannot_be_read_makes_nothing_look_new_or_gone() {
    for ruin in [Repository::damage, Repository::lose] {
        let repository = three();
        ruin(&repository, "HEAD~1:dir");
        let reading = Reading::of(repository.path()).read().await;
        reading.holds(repository.history());
        for revision in ["HEAD~1", "HEAD"] {
            let changes = reading.seen(repository.id(revision)).changes;
            assert_eq!(changes.len(), 1, "{revision}");
            assert_eq!((&changes[0].0[..], changes[0].1), (&b"b"[..], ChangeKind::Modified));
        }
        assert_eq!(reading.gaps(), [(Gap::UnreadableObject, 2)]);
    }
}

#[tokio::test]
async fn a_root_tree_that_cannot_be_read_leaves_both_neighbours_without_changes() {
    let repository = three();
    repository.lose("HEAD~1^{tree}");
    let reading = Reading::of(repository.path()).read().await;
    reading.holds(repository.history());
    assert_eq!(reading.seen(repository.id("HEAD~1")).changes, []);
    assert_eq!(reading.seen(repository.head()).changes, []);
    assert_eq!(reading.seen(repository.id("HEAD~2")).changes.len(), 2);
    assert_eq!(reading.gaps(), [(Gap::UnreadableObject, 2)]);
}

#[tokio::test]
async fn a_tree_that_ends_in_the_middle_is_no_shorter_tree() {
    let repository = three();
    let mut tree = repository.git_bytes(&["cat-file", "tree", "HEAD^{tree}"]);
    tree.truncate(tree.len() - 3);
    let id = repository.git_with(&["hash-object", "-t", "tree", "-w", "--stdin", "--literally"], &tree);
    let who = "A <a@x> 1700000000 +0000";
    let parent = repository.head();
    let text = format!("tree {id}\nparent {parent}\nauthor {who}\ncommitter {who}\n\nm\n");
    let broken = repository.commit_raw(text.as_bytes());
    let reading = Reading::of(repository.path()).read().await;
    assert_eq!(reading.seen(broken).changes, []);
    assert_eq!(reading.gaps(), [(Gap::UnreadableObject, 1)]);
}

#[tokio::test]
async fn behind_a_commit_that_cannot_be_read_history_is_unknown() {
    for ruin in [Repository::damage, Repository::lose] {
        let repository = three();
        let (head, middle) = (repository.head(), repository.id("HEAD~1"));
        ruin(&repository, "HEAD~1");
        let reading = Reading::of(repository.path()).read().await;
        reading.holds(vec![head]);
        // Without its parent nothing tells what it changed: not all of its files are new.
        assert_eq!(reading.seen(head).changes, []);
        assert_eq!(reading.gaps(), [(Gap::UnreadableObject, 2)]);
        assert_eq!(reading.cursor().done, Some(head));
        assert!(!reading.sink.stored().commits.contains_key(&middle));
    }
}

#[tokio::test]
async fn a_stored_commit_graph_leads_past_a_commit_that_cannot_be_read() {
    let repository = three();
    let (head, first) = (repository.head(), repository.id("HEAD~2"));
    repository.git(&["commit-graph", "write", "--reachable"]);
    repository.lose("HEAD~1");
    let reading = Reading::of(repository.path()).read().await;
    reading.holds(vec![head, first]);
    assert_eq!(reading.gaps(), [(Gap::UnreadableObject, 2)]);
}

#[tokio::test]
async fn commits_that_cannot_be_seen_any_more_stay_stored() {
    let repository = three();
    let reading = Reading::of(repository.path()).read().await;
    let mut expected = repository.history();
    repository.grow(1);
    expected.push(repository.head());
    repository.lose("HEAD~1");
    assert_eq!(reading.sync().await.unwrap().pruned, 0);
    reading.holds(expected);
    assert_eq!(reading.gaps(), [(Gap::UnreadableObject, 2)]);
    assert_eq!(reading.sync().await.unwrap().commits, 0, "it is not read over and over");
}

#[tokio::test]
async fn a_head_that_makes_no_sense_stores_nothing() {
    for content in ["garbage\n", "", "ref: refs/heads/\n"] {
        let repository = three();
        std::fs::write(repository.path().join(".git/HEAD"), content).unwrap();
        let reading = Reading::of(repository.path());
        assert!(reading.sync().await.is_err(), "{content:?}");
        assert_eq!(*reading.sink.stored(), Stored::default(), "{content:?}");
    }
}

#[tokio::test]
async fn a_commit_that_is_lost_during_an_interrupted_sync_takes_no_other_with_it() {
    let repository = Repository::new();
    // Few at a time: more at once would lie in a pack.
    (0..3).for_each(|_| repository.grow(30));
    let everything = repository.history();
    let reading = Reading::of(repository.path());
    reading.sink.upset(3, Trouble::Refuse);
    assert!(reading.sync().await.is_err());
    assert_eq!(reading.cursor().position, 64);
    // The order is shorter now: the sixty-fourth commit is another one.
    repository.lose("HEAD~80");
    reading.sync().await.unwrap();
    reading.holds(everything);
    assert_eq!(reading.gaps(), [(Gap::UnreadableObject, 2)]);
}
