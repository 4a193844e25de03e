//! A commit in, numbers and members of closed lists out.

use std::fmt;

use prodops_core::fact::{
    ActivityLabel, ActivityShares, CommitWork, CountState, FileChange, FileStatus, PathKey,
};
use prodops_core::index_key::{IndexKey, IndexLabel, IndexSubkey};
use prodops_core::source::{Change, ChangeKind, Transient};

use crate::activity::{ActivityClassifier, ActivityModel, FileSummary, LabelledMessage, is_bot};
use crate::artefact::{Attributes, LowerCase, sort};
use crate::change::{LineDiff, LineKinds, WorkFinder, count, read_first};
use crate::fingerprint::{PatchHasher, PatchKeys, add_change};

/// A commit on its way to classification.
#[derive(Debug, Clone, Copy)]
pub struct CommitInput<'a> {
    /// The complete message.
    pub message: &'a Transient,
    /// Whether the commit has more than one parent.
    pub merge: bool,
    /// The author's name, bytes as git has them.
    pub author_name: &'a [u8],
    /// The author's address, bytes as git has them.
    pub author_email: &'a [u8],
    /// The changed files; a merge has none.
    pub changes: &'a [Change],
}

/// What is left of a commit when its text is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassifiedCommit {
    /// Whether its author is a program.
    pub bot: bool,
    /// What kind of work it is; merges have none.
    pub label: Option<ActivityLabel>,
    /// What the model makes of it, whatever its author declared; `None` where a rule decides, and for merges.
    pub model: Option<ActivityShares>,
    /// The changed files, in the order they came in.
    pub changes: Vec<FileChange>,
    /// What became of the lines of each of them.
    pub kinds: Vec<LineKinds>,
    /// The same for the whole commit, and its patch.
    pub work: CommitWork,
    /// Files of more than 10 MiB on either side: their lines are counted, but changes of format and of comments are not told
    /// from others, because the text is not taken apart into tokens.
    pub unlexed: u32,
    /// Whether the message is not UTF-8, so that some of it may have been misread.
    pub lossy_message: bool,
}

/// Classifies one commit after another, and keeps its memory between them: use one per thread.
///
/// Any bytes are a commit: nothing here fails or panics.
///
/// # Security
/// Between commits it holds numbers, the last path in lower case and no source text.
pub struct Classifier {
    paths: IndexSubkey,
    patches: PatchKeys,
    diff: LineDiff,
    finder: WorkFinder,
    lower_case: LowerCase,
    activity: ActivityClassifier,
    attributes: Attributes,
}

impl Classifier {
    /// A classifier that hides paths and patches under this key, the workspace's.
    #[must_use]
    pub fn new(key: &IndexKey) -> Self {
        Self {
            paths: key.subkey(IndexLabel::Path),
            patches: PatchKeys::of(key),
            diff: LineDiff::default(),
            finder: WorkFinder::default(),
            lower_case: LowerCase::default(),
            activity: ActivityClassifier::new(ActivityModel::shipped()),
            attributes: Attributes::default(),
        }
    }

    /// From the next commit on, this is what the repository says itself of its files.
    pub fn set_attributes(&mut self, attributes: Attributes) {
        self.attributes = attributes;
    }

    /// Classifies a commit.
    #[must_use]
    pub fn classify(&mut self, commit: CommitInput<'_>) -> ClassifiedCommit {
        let mut patch = PatchHasher::default();
        self.finder.begin();
        let file = |(place, change)| self.file_change(place, change, &mut patch);
        let changes: Vec<FileChange> = commit.changes.iter().enumerate().map(file).collect();
        let kinds = self.finder.finish(changes.len());
        let LabelledMessage { label, model, lossy } = self.label(&commit, &changes);
        ClassifiedCommit {
            bot: is_bot(commit.author_name, commit.author_email),
            label: (!commit.merge).then_some(label),
            model: model.filter(|_| !commit.merge),
            work: self.work(&kinds, patch),
            changes,
            kinds,
            unlexed: self.finder.unlexed(),
            lossy_message: lossy,
        }
    }

    fn label(&mut self, commit: &CommitInput<'_>, counts: &[FileChange]) -> LabelledMessage {
        let files = commit.changes.iter().zip(counts).map(|(change, counts)| FileSummary {
            path: &change.path,
            added: counts.added,
            deleted: counts.deleted,
        });
        let files: Vec<FileSummary<'_>> = files.collect();
        self.activity.label_message(commit.message, &files)
    }

    fn work(&self, kinds: &[LineKinds], patch: PatchHasher) -> CommitWork {
        let mut work = CommitWork::default();
        kinds.iter().for_each(|kinds| kinds.add_to(&mut work));
        let patch = patch.finish().map(|patch| self.patches.hide(&patch));
        (work.patch, work.inverse) = patch.unzip();
        work
    }

    fn file_change(&mut self, place: usize, change: &Change, patch: &mut PatchHasher) -> FileChange {
        let counts = count(&mut self.diff, change);
        let said = self.attributes.of(&change.path);
        let path = self.lower_case.parts(&change.path);
        let sort = read_first([&change.new, &change.old], |text| sort(&path, counts.state, text, said));
        let complexity = (counts.state == CountState::Counted)
            .then(|| self.finder.add(place, sort.language, change, self.diff.hunks()))
            .flatten();
        add_change(patch, change, self.diff.hunks(), counts.state == CountState::Binary);
        FileChange {
            path: PathKey(self.paths.hash64(&change.path)),
            status: status(change.kind),
            artefact: sort.artefact,
            language: sort.language,
            added: counts.added,
            deleted: counts.deleted,
            counted: counts.state,
            turnover: None,
            complexity,
        }
    }
}

impl fmt::Debug for Classifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Classifier").finish_non_exhaustive()
    }
}

const fn status(kind: ChangeKind) -> FileStatus {
    match kind {
        ChangeKind::Added => FileStatus::Added,
        ChangeKind::Deleted => FileStatus::Deleted,
        ChangeKind::Modified => FileStatus::Modified,
        ChangeKind::TypeChanged => FileStatus::TypeChanged,
    }
}
