//! A history, parents first, on one thread: the ages of its lines, or the counts alone.

use std::path::Path;

use prodops::classify::{AgeFile, AgeStep, Classifier, CommitInput, LineAges, LineEditor};
use prodops::connectors::contract::LineageFile;
use prodops::connectors::git::{GitConnector, LineageCommit, LineageOrder, LineageVisitor};
use prodops::core::fact::CommitId;
use prodops::core::index_key::IndexKey;
use prodops::core::input::ConnectionTarget;
use prodops::core::source::{Change, ChangeKind, Content};

use super::Failure;

/// Which commit every line comes from.
struct Ages {
    editor: LineEditor,
    ages: LineAges,
    commits: u64,
}

/// Lines added and deleted, and what kind of change they are.
struct Counts {
    classifier: Classifier,
    lines: u64,
    commits: u64,
}

fn key() -> IndexKey {
    IndexKey::from_bytes([7; 32])
}

/// What the side prints: version, commits, runs of lines at the last one.
pub(super) fn ages(folder: &Path) -> Result<String, Failure> {
    let mut visitor = Ages { editor: LineEditor::new(&key()), ages: LineAges::default(), commits: 0 };
    read(folder, &mut visitor)?;
    let runs: usize =
        visitor.ages.snapshot(1_000).iter().flat_map(|part| &part.files).map(|file| file.runs.len()).sum();
    Ok(format!("{} {} {runs} 0", env!("CARGO_PKG_VERSION"), visitor.commits))
}

/// What the side prints: version, commits, lines added and deleted.
pub(super) fn counts(folder: &Path) -> Result<String, Failure> {
    let mut visitor = Counts { classifier: Classifier::new(&key()), lines: 0, commits: 0 };
    read(folder, &mut visitor)?;
    Ok(format!("{} {} {} 0", env!("CARGO_PKG_VERSION"), visitor.commits, visitor.lines))
}

fn read(folder: &Path, visitor: &mut impl LineageVisitor) -> Result<(), Failure> {
    let connector = GitConnector::within([folder.to_owned()])?;
    let target = ConnectionTarget::new(folder.to_str().ok_or("the path is not UTF-8")?)?;
    Ok(connector.lineage(&target, LineageOrder::ParentsFirst, visitor)?)
}

impl LineageVisitor for Ages {
    fn wants(&self, _: &CommitId, _: &[u8]) -> bool {
        true
    }

    fn visit(&mut self, commit: LineageCommit) {
        let file = |LineageFile { path, new, old }| AgeFile { path, new, old };
        let files: Vec<AgeFile> = commit.files.into_iter().map(file).collect();
        let edits = self.editor.edits(&AgeStep {
            id: commit.header.id,
            parents: &commit.header.parents,
            author: None,
            committed: 0,
            files: &files,
        });
        std::hint::black_box(self.ages.take(&edits, commit.children));
        self.commits += 1;
    }
}

impl LineageVisitor for Counts {
    fn wants(&self, _: &CommitId, _: &[u8]) -> bool {
        true
    }

    fn visit(&mut self, commit: LineageCommit) {
        let merge = commit.header.parents.len() > 1;
        // git compares merges with nothing, either.
        let files = if merge { Vec::new() } else { commit.files };
        let changes: Vec<Change> = files.into_iter().map(change).collect();
        let classified = self.classifier.classify(CommitInput {
            message: &commit.header.message,
            merge,
            author_name: b"",
            author_email: b"",
            changes: &changes,
        });
        let lines = |file: &prodops::core::fact::FileChange| u64::from(file.added) + u64::from(file.deleted);
        self.lines += classified.changes.iter().map(lines).sum::<u64>();
        self.commits += 1;
    }
}

fn change(LineageFile { path, new, old }: LineageFile) -> Change {
    let old = old.into_iter().next().flatten().unwrap_or(Content::Absent);
    let kind = match (&old, &new) {
        (Content::Absent, _) => ChangeKind::Added,
        (_, Content::Absent) => ChangeKind::Deleted,
        _ => ChangeKind::Modified,
    };
    Change { path, kind, modes: None, old, new }
}
