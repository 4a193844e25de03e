//! Any bytes are a commit, and what came before does not change what is said about it.

use proptest::prelude::*;

use prodops_classify::{ClassifiedCommit, Classifier, CommitInput};
use prodops_core::index_key::IndexKey;
use prodops_core::source::{Change, ChangeKind, Content, Transient};

fn classifier() -> Classifier {
    Classifier::new(&IndexKey::from_bytes([1; 32]))
}

fn bytes(length: usize) -> impl Strategy<Value = Vec<u8>> {
    // Line ends are frequent enough to make lines.
    prop::collection::vec(prop_oneof![4 => any::<u8>(), 1 => Just(b'\n'), 2 => b'a'..=b'd'], 0..length)
}

/// A commit that can be made again: sources cannot be cloned.
#[derive(Debug, Clone)]
struct Commit {
    message: Vec<u8>,
    author: [Vec<u8>; 2],
    files: Vec<(Vec<u8>, Side, Side)>,
}

#[derive(Debug, Clone)]
enum Side {
    Absent,
    Bytes(Vec<u8>),
    TooLarge,
    Submodule,
    Unreadable,
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![
        6 => bytes(200).prop_map(Side::Bytes),
        1 => Just(Side::Absent),
        1 => Just(Side::TooLarge),
        1 => Just(Side::Submodule),
        1 => Just(Side::Unreadable),
    ]
}

fn commit() -> impl Strategy<Value = Commit> {
    let files = prop::collection::vec((bytes(40), side(), side()), 0..5);
    (bytes(120), bytes(20), bytes(20), files).prop_map(|(message, name, address, files)| Commit {
        message,
        author: [name, address],
        files,
    })
}

fn content(side: &Side) -> Content {
    match side {
        Side::Absent => Content::Absent,
        Side::Bytes(bytes) => Content::Bytes(Transient::new(bytes.clone())),
        Side::TooLarge => Content::TooLarge { bytes: u64::MAX },
        Side::Submodule => Content::Submodule,
        Side::Unreadable => Content::Unreadable,
    }
}

fn classify(classifier: &mut Classifier, commit: &Commit) -> ClassifiedCommit {
    let change = |(path, old, new): &(Vec<u8>, Side, Side)| Change {
        path: path.clone(),
        kind: ChangeKind::Modified,
        modes: None,
        old: content(old),
        new: content(new),
    };
    let changes: Vec<Change> = commit.files.iter().map(change).collect();
    let [author_name, author_email] = &commit.author;
    let message = Transient::new(commit.message.clone());
    classifier.classify(CommitInput {
        message: &message,
        merge: false,
        author_name,
        author_email,
        changes: &changes,
    })
}

proptest! {
    #[test]
    fn any_bytes_are_classified(commit in commit()) {
        let classified = classify(&mut classifier(), &commit);
        prop_assert_eq!(classified.changes.len(), commit.files.len());
        prop_assert!(classified.label.is_some());
        prop_assert_eq!(classified.lossy_message, std::str::from_utf8(&commit.message).is_err());
    }

    #[test]
    fn earlier_commits_leave_no_trace(commits in prop::collection::vec(commit(), 1..5)) {
        let mut used = classifier();
        for commit in &commits {
            prop_assert_eq!(classify(&mut used, commit), classify(&mut classifier(), commit));
        }
    }
}
