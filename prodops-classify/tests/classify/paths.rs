//! What a path tells, through the public interface.

use prodops_classify::{Classifier, CommitInput, language_name};
use prodops_core::fact::{Activity, Artefact, CountState, FileStatus, LabelSource};
use prodops_core::index_key::IndexKey;
use prodops_core::source::{Change, ChangeKind, Content, Transient};

fn classifier(key: u8) -> Classifier {
    Classifier::new(&IndexKey::from_bytes([key; 32]))
}

fn change(path: &str, kind: ChangeKind, old: Content, new: Content) -> Change {
    Change { path: path.as_bytes().to_vec(), kind, modes: None, old, new }
}

fn text(text: &str) -> Content {
    Content::Bytes(Transient::new(text.as_bytes().to_vec()))
}

fn input<'a>(message: &'a Transient, changes: &'a [Change]) -> CommitInput<'a> {
    CommitInput { message, merge: false, author_name: b"Ada", author_email: b"ada@example.org", changes }
}

#[test]
fn a_commit_becomes_numbers_and_labels() {
    let message = Transient::new(b"fix: wait for the lock".to_vec());
    let changes = [
        change("src/lock.rs", ChangeKind::Modified, text("a\nb\n"), text("a\nc\nd\n")),
        change("tests/lock.rs", ChangeKind::Added, Content::Absent, text("t\n")),
        change("logo.png", ChangeKind::Deleted, text("\0"), Content::Absent),
        change("data.bin", ChangeKind::Modified, Content::TooLarge { bytes: 1 << 30 }, text("a")),
        change("module", ChangeKind::TypeChanged, text("a"), Content::Submodule),
    ];
    let commit = classifier(1).classify(input(&message, &changes));
    let label = commit.label.unwrap();
    assert_eq!((label.label, label.source), (Activity::Bugfix, LabelSource::Declared));
    let seen: Vec<_> =
        commit.changes.iter().map(|c| (c.status, c.artefact, c.added, c.deleted, c.counted)).collect();
    assert_eq!(
        seen,
        [
            (FileStatus::Modified, Artefact::Code, 2, 1, CountState::Counted),
            (FileStatus::Added, Artefact::Test, 1, 0, CountState::Counted),
            (FileStatus::Deleted, Artefact::Binary, 0, 0, CountState::Binary),
            (FileStatus::Modified, Artefact::Binary, 0, 0, CountState::TooLarge),
            (FileStatus::TypeChanged, Artefact::Vendored, 0, 0, CountState::Submodule),
        ]
    );
    assert_eq!(commit.changes[0].language.map(language_name), Some("Rust"));
    assert!(!commit.bot && !commit.lossy_message);
}

#[test]
fn paths_are_hidden_under_the_key_of_the_workspace() {
    let message = Transient::new(b"a".to_vec());
    let changes = [change("src/lib.rs", ChangeKind::Added, Content::Absent, text("a"))];
    let path = |key: u8| classifier(key).classify(input(&message, &changes)).changes[0].path;
    assert_eq!(path(1), path(1));
    assert_ne!(path(1), path(2));
}

#[test]
fn a_merge_has_no_label() {
    let message = Transient::new(b"Merge branch 'a'".to_vec());
    let merge = CommitInput { merge: true, ..input(&message, &[]) };
    assert_eq!(classifier(1).classify(merge).label, None);
}

#[test]
fn a_classifier_moves_to_the_thread_that_uses_it() {
    let mut classifier = classifier(1);
    let bot = std::thread::spawn(move || {
        let message = Transient::new(b"Bump a".to_vec());
        classifier.classify(CommitInput { author_name: b"renovate[bot]", ..input(&message, &[]) }).bot
    });
    assert!(bot.join().unwrap());
}
