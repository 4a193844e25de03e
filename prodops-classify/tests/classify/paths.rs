//! What a path tells, through the public interface.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

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

/// Files of linguist's samples, with the language whose folder they lie in.
fn samples(folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = |folder: &Path| -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths
    };
    let mut samples = Vec::new();
    for language in entries(folder) {
        let name = language.file_name().unwrap().to_str().unwrap().to_owned();
        // Files with a name of their own lie in a folder for them.
        let files = entries(&language)
            .into_iter()
            .flat_map(|path| if path.is_dir() { entries(&path) } else { vec![path] });
        samples.extend(files.map(|file| (name.clone(), file)));
    }
    samples
}

/// `PRODOPS_TEST_LINGUIST=<linguist>/samples cargo test -p prodops-classify -- --ignored --nocapture linguists_samples`
#[test]
#[ignore = "reads the samples of linguist, in the folder that PRODOPS_TEST_LINGUIST names"]
fn linguists_samples_have_their_languages() {
    let Some(folder) = option_env!("PRODOPS_TEST_LINGUIST") else { panic!("set PRODOPS_TEST_LINGUIST") };
    let (mut classifier, message) = (classifier(1), Transient::new(Vec::new()));
    let (mut files, mut same, mut other) = (0, 0, BTreeMap::<(String, &str), usize>::new());
    for (language, path) in samples(folder.as_ref()) {
        let name = path.file_name().unwrap().to_str().unwrap();
        let changes = [change(name, ChangeKind::Added, Content::Absent, text("a\n"))];
        let found =
            classifier.classify(input(&message, &changes)).changes[0].language.map_or("none", language_name);
        files += 1;
        // Folders cannot be called as some languages are.
        if found.replace('/', "-") == language.replace('/', "-") || found == language {
            same += 1;
        } else {
            *other.entry((language, found)).or_default() += 1;
        }
    }
    let mut classes: Vec<_> = other.into_iter().collect();
    classes.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    println!(
        "{same} of {files} files; most frequent others: {:#?}",
        classes.iter().take(25).collect::<Vec<_>>()
    );
    assert!(same * 100 >= files * 69, "{same} of {files}");
}
