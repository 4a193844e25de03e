//! How much is changed.

use prodops_core::fact::{Artefact, CommitFact, CountState, FileChange};

use crate::coverage::Reads;
use crate::definition::{Measured, Source, definition};
use crate::exclusion::Exclusion;
use crate::history::{Sample, count};
use crate::statistic::quantiles;
use crate::value::{Lines, MetricValue, WorkLines};

/// Why the lines of a changed file are no handwritten lines; `None` when they are.
pub(crate) const fn left_out(change: &FileChange) -> Option<Exclusion> {
    match (change.counted, change.artefact) {
        (CountState::Submodule, _) => Some(Exclusion::Submodule),
        (_, Artefact::Generated) => Some(Exclusion::Generated),
        (_, Artefact::Vendored) => Some(Exclusion::Vendored),
        (_, Artefact::Lock) => Some(Exclusion::Lock),
        (_, Artefact::Minified) => Some(Exclusion::Minified),
        (CountState::Binary, _) | (_, Artefact::Binary) => Some(Exclusion::Binary),
        (CountState::TooLarge, _) => Some(Exclusion::TooLarge),
        (CountState::Unreadable, _) => Some(Exclusion::Unreadable),
        (CountState::Counted, _) => None,
    }
}

definition! {
    WORK_LINES = "work_lines" @ "1", "Changed lines",
    question: "How many lines did people change, and in what kinds of files?",
    formula: "lines added and lines deleted against the first parent, as git counts them, by kind of file, over the \
        commits of commits@1; generated, vendored, lock, minified and binary files are shown apart and are not in the \
        total. n counts changes of handwritten files",
    care: "More lines are not more value, and deleting is work. A moved file counts as deleted and added.",
    Activity, Lines, Sum, ZeroWhenRead, needs: [Commit], k_limited: false,
    Source::Commits(Reads::Files, work_lines)
}

fn work_lines(sample: &Sample<'_>) -> Measured {
    let mut excluded = sample.left_out.clone();
    let mut lines = WorkLines::default();
    for change in sample.work.iter().flat_map(|commit| &commit.changes) {
        match left_out(change) {
            None => lines.handwritten.entry(change.artefact).or_default().take(change),
            Some(reason) => {
                excluded.add(reason, 1);
                if !change.artefact.is_handwritten() && reason != Exclusion::Submodule {
                    lines.separated.entry(change.artefact).or_default().take(change);
                }
            }
        }
    }
    let n = lines.total().files;
    Measured { value: Some(MetricValue::Lines(lines)), n, excluded }
}

definition! {
    CHANGE_SIZE = "change_size" @ "1", "Size of a change",
    question: "How large is a usual change?",
    formula: "lines added + lines deleted in handwritten files per commit of commits@1, percentiles 50, 75 and 90 of \
        type 7; commits that change no handwritten file, or one whose lines could not be counted, are left out",
    care: "A commit is what its author made it: where requests are squashed, it is a whole request.",
    Flow, Lines, Percentiles, NothingWithoutEvents, needs: [Commit], k_limited: false,
    Source::Commits(Reads::Files, change_size)
}

fn change_size(sample: &Sample<'_>) -> Measured {
    let mut excluded = sample.left_out.clone();
    let mut sizes = Vec::with_capacity(sample.work.len());
    for commit in &sample.work {
        match size_of(commit) {
            Ok(size) => sizes.push(size),
            Err(reason) => excluded.add(reason, 1),
        }
    }
    let n = count(sizes.len());
    Measured { value: quantiles(sizes).map(MetricValue::Percentiles), n, excluded }
}

/// Handwritten lines that a commit changes, or why that cannot be said.
fn size_of(commit: &CommitFact) -> Result<u64, Exclusion> {
    let mut lines = Lines::default();
    for change in &commit.changes {
        match left_out(change) {
            None => lines.take(change),
            Some(Exclusion::TooLarge | Exclusion::Unreadable) => return Err(Exclusion::UncountedFile),
            Some(_) => {}
        }
    }
    if lines.files == 0 { Err(Exclusion::NoHandwrittenChange) } else { Ok(lines.changed()) }
}
