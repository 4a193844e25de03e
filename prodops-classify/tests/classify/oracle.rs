//! What git counts, and how the classifier's counts compare.

use std::collections::BTreeMap;

use prodops_classify::{ClassifiedCommit, Classifier, CommitInput};
use prodops_core::fact::{CountState, FileChange};
use prodops_core::index_key::IndexKey;
use prodops_core::source::{Change, ChangeKind, Content, Transient};

use crate::git::{Git, Objects};

/// A submodule's pinned commit is a line for git and none for the classifier, by design.
const SUBMODULE: &str = "submodule";

/// One changed file as `git log --raw` lists it.
struct RawChange {
    modes: [String; 2],
    ids: [String; 2],
    status: u8,
    path: Vec<u8>,
}

/// A commit with git's counts; `None` for a binary file.
#[derive(Default)]
pub(crate) struct Counted {
    pub(crate) id: String,
    changes: Vec<RawChange>,
    counts: Vec<Option<(u32, u32)>>,
}

/// How many files and commits agree, and what the others are.
#[derive(Debug, Default)]
pub(crate) struct Agreement {
    pub(crate) commits: u64,
    pub(crate) exact_commits: u64,
    pub(crate) files: u64,
    pub(crate) exact_files: u64,
    pub(crate) binary: u64,
    /// Added and deleted lines by git, and by the classifier.
    pub(crate) totals: [[u64; 2]; 2],
    /// Files that differ, by class.
    pub(crate) exceptions: BTreeMap<&'static str, u64>,
}

/// Every commit that is no merge, newest first.
pub(crate) fn commits(git: &Git) -> Vec<Counted> {
    listed(git, &[])
}

/// The same of all branches, oldest first.
pub(crate) fn every_commit(git: &Git) -> Vec<Counted> {
    listed(git, &["--all", "--reverse", "--date-order"])
}

fn listed(git: &Git, which: &[&str]) -> Vec<Counted> {
    let log =
        ["log", "--no-merges", "--no-renames", "--raw", "--numstat", "--no-abbrev", "-z", "--format=@%H"];
    parse(&git.run(&[&log, which].concat(), b""))
}

impl Counted {
    /// The changes with their contents, in git's order.
    pub(crate) fn read(&self, objects: &mut Objects) -> Vec<Change> {
        self.changes.iter().map(|change| read(objects, change)).collect()
    }
}

/// Compares every commit that is no merge.
pub(crate) fn compare(git: &Git) -> Agreement {
    let mut objects = git.objects();
    let mut classifier = Classifier::new(&IndexKey::from_bytes([1; 32]));
    let mut agreement = Agreement::default();
    for commit in commits(git) {
        let classified = classify(&mut classifier, &commit.read(&mut objects));
        agreement.add(&commit.counts, &classified.changes);
    }
    agreement
}

fn classify(classifier: &mut Classifier, changes: &[Change]) -> ClassifiedCommit {
    let message = Transient::new(b"message".to_vec());
    classifier.classify(CommitInput {
        message: &message,
        merge: false,
        author_name: b"",
        author_email: b"",
        changes,
    })
}

/// Takes the log apart: `@id`, then `:modes ids status` and path for each file, then `added<tab>deleted<tab>path`.
fn parse(log: &[u8]) -> Vec<Counted> {
    let mut commits: Vec<Counted> = Vec::new();
    let mut tokens = log.split(|byte| *byte == 0);
    while let Some(token) = tokens.next() {
        let mut token = token.strip_prefix(b"\n").unwrap_or(token);
        if token.first() == Some(&b'@') {
            let end = token.iter().position(|byte| *byte == b'\n').unwrap_or(token.len());
            let id = String::from_utf8(token[1..end].to_vec()).unwrap();
            commits.push(Counted { id, ..Counted::default() });
            token = token.get(end + 1..).unwrap_or_default();
            token = token.strip_prefix(b"\n").unwrap_or(token);
        }
        let Some(commit) = commits.last_mut() else { continue };
        match token.first() {
            None => {}
            Some(b':') => commit.changes.push(parse_raw(token, tokens.next().unwrap())),
            Some(_) => commit.counts.push(parse_counts(token)),
        }
    }
    commits
}

fn parse_raw(meta: &[u8], path: &[u8]) -> RawChange {
    let meta = std::str::from_utf8(meta).unwrap();
    let mut fields = meta[1..].split(' ').map(str::to_owned);
    let mut next = || fields.next().unwrap();
    RawChange {
        modes: [next(), next()],
        ids: [next(), next()],
        status: next().as_bytes()[0],
        path: path.to_vec(),
    }
}

fn parse_counts(token: &[u8]) -> Option<(u32, u32)> {
    let mut fields = token.splitn(3, |byte| *byte == b'\t');
    let mut next = || std::str::from_utf8(fields.next().unwrap()).unwrap().parse().ok();
    Some((next()?, next()?))
}

fn read(objects: &mut Objects, change: &RawChange) -> Change {
    let mut content = |side: usize| match change.modes[side].as_str() {
        "000000" => Content::Absent,
        "160000" => Content::Submodule,
        _ => Content::Bytes(Transient::new(objects.read(&change.ids[side]))),
    };
    let (old, new) = (content(0), content(1));
    let kind = match change.status {
        b'A' => ChangeKind::Added,
        b'D' => ChangeKind::Deleted,
        b'T' => ChangeKind::TypeChanged,
        _ => ChangeKind::Modified,
    };
    let mode = |side: usize| u32::from_str_radix(change.modes[side].trim_start_matches(':'), 8).unwrap();
    Change { path: change.path.clone(), kind, modes: Some([mode(0), mode(1)]), old, new }
}

impl Agreement {
    fn add(&mut self, git: &[Option<(u32, u32)>], ours: &[FileChange]) {
        assert_eq!(git.len(), ours.len());
        let mut exact = true;
        for (git, ours) in git.iter().zip(ours) {
            self.files += 1;
            self.binary += u64::from(git.is_none());
            match exception(*git, ours) {
                None => self.exact_files += 1,
                Some(class) => {
                    *self.exceptions.entry(class).or_default() += 1;
                    exact &= class == SUBMODULE;
                    if class == SUBMODULE {
                        continue;
                    }
                }
            }
            let (added, deleted) = git.unwrap_or_default();
            self.totals[0] = [self.totals[0][0] + u64::from(added), self.totals[0][1] + u64::from(deleted)];
            self.totals[1] =
                [self.totals[1][0] + u64::from(ours.added), self.totals[1][1] + u64::from(ours.deleted)];
        }
        self.commits += 1;
        self.exact_commits += u64::from(exact);
    }

    /// The share of commits all of whose files agree.
    pub(crate) fn exact_share(&self) -> f64 {
        self.exact_commits as f64 / self.commits as f64
    }

    /// Files whose added lines minus deleted lines are not git's.
    pub(crate) fn wrong_differences(&self) -> u64 {
        self.exceptions
            .iter()
            .filter(|(class, _)| !matches!(**class, SUBMODULE | "more" | "fewer"))
            .map(|(_, n)| n)
            .sum()
    }
}

/// The class of a file on which the two disagree.
fn exception(git: Option<(u32, u32)>, ours: &FileChange) -> Option<&'static str> {
    if ours.counted == CountState::Submodule {
        return (git != Some((0, 0))).then_some(SUBMODULE);
    }
    let Some((added, deleted)) = git else {
        return (ours.counted != CountState::Binary).then_some("binary for git only");
    };
    if ours.counted != CountState::Counted {
        return Some("text for git only");
    }
    let difference = |added: u32, deleted: u32| i64::from(added) - i64::from(deleted);
    if difference(added, deleted) != difference(ours.added, ours.deleted) {
        return Some("difference");
    }
    match ours.added.cmp(&added) {
        std::cmp::Ordering::Less => Some("fewer"),
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Greater => Some("more"),
    }
}
