//! What the work on lines was: new, or instead of lines that were there, and how old those were.

use prodops_core::fact::{CommitFact, FileChange, LineTurnover};

use crate::coverage::Reads;
use crate::definition::{Measured, Source, definition};
use crate::exclusion::{Excluded, Exclusion};
use crate::facts::FactSet;
use crate::history::{History, Sample};
use crate::report::ReportOptions;
use crate::statistic::{Share, durations};
use crate::value::{LineWork, MetricValue, WorkBreakdown};
use crate::volume::left_out;
use crate::window::Window;

definition! {
    WORK_BREAKDOWN = "work_breakdown" @ "1", "Work breakdown",
    question: "How much of the work is new, how much replaces older lines, and how much is done over?",
    formula: "over the handwritten files of the commits of commits@1: a line that is taken away is rework_own or \
        rework_others where its author or somebody else wrote it at most 21 days before, else refactor; lines that a hunk \
        adds beyond those that it takes away are new. White space and blocks that move within a file count for nothing. \
        n counts lines",
    care: "Rework is no fault: early corrections are cheap. A block that moves to another file counts as taken away and \
        new. What stood before the beginning of a shallow history is as old as that beginning. Never about one person.",
    Quality, Lines, Parts, NothingWithoutEvents, needs: [Commit], k_limited: false,
    Source::Commits(Reads::Files, work_breakdown)
}

fn work_breakdown(sample: &Sample<'_>) -> Measured {
    let mut excluded = sample.left_out.clone();
    let breakdown = breakdown_of(&sample.work, &mut excluded);
    let n = breakdown.total();
    Measured { value: (n > 0).then_some(MetricValue::Breakdown(breakdown)), n, excluded }
}

/// The lines of these commits by kind.
pub(crate) fn breakdown_of(commits: &[&CommitFact], excluded: &mut Excluded) -> WorkBreakdown {
    let mut breakdown = WorkBreakdown::default();
    for change in commits.iter().flat_map(|commit| &commit.changes) {
        match turnover_of(change) {
            Ok(turnover) => breakdown.take(turnover),
            Err(reason) => excluded.add(reason, 1),
        }
    }
    breakdown
}

/// What was done to the lines of a handwritten file, or why that cannot be said.
pub(crate) fn turnover_of(change: &FileChange) -> Result<&LineTurnover, Exclusion> {
    match left_out(change) {
        Some(reason) => Err(reason),
        None => change.turnover.as_ref().ok_or(Exclusion::UnknownAge),
    }
}

definition! {
    REPLACED_AGE = "replaced_age" @ "1", "Age of what is replaced",
    question: "How old is what a change takes away?",
    formula: "per commit of commits@1 the mean age in whole days of the lines that it takes away in handwritten files, as \
        seconds, percentiles 50, 75 and 90 of type 7; commits that take none away, or of which one file is not known, are \
        left out",
    care: "Small ages say that the same places are worked on again and again, or that the code is young.",
    Quality, Seconds, Percentiles, NothingWithoutEvents, needs: [Commit], k_limited: false,
    Source::Commits(Reads::Files, replaced_age)
}

fn replaced_age(sample: &Sample<'_>) -> Measured {
    let mut excluded = sample.left_out.clone();
    let mut ages = Vec::with_capacity(sample.work.len());
    for commit in &sample.work {
        match mean_age(commit) {
            Ok(age) => ages.push(age),
            Err(reason) => excluded.add(reason, 1),
        }
    }
    let n = crate::history::count(ages.len());
    Measured { value: durations(ages).map(MetricValue::Durations), n, excluded }
}

/// The mean age of the lines that a commit takes away, in seconds.
fn mean_age(commit: &CommitFact) -> Result<u64, Exclusion> {
    let (mut days, mut lines) = (0, 0);
    for change in &commit.changes {
        match turnover_of(change) {
            Ok(turnover) => {
                days += u64::from(turnover.age_days);
                lines += turnover.lost();
            }
            Err(Exclusion::UnknownAge | Exclusion::TooLarge | Exclusion::Unreadable) => {
                return Err(Exclusion::UncountedFile);
            }
            Err(_) => {}
        }
    }
    days.saturating_mul(86_400).checked_div(lines).ok_or(Exclusion::NothingReplaced)
}

definition! {
    MOVED_LINES = "moved_lines" @ "1", "Moved, not written",
    question: "What share of the added lines was not written but moved or copied?",
    formula: "lines in blocks of 20 letters and digits or more that were taken away elsewhere in the same commit, and lines in \
        blocks of 40 or more that stand elsewhere in a file that the commit touches ÷ lines added, over all counted files of \
        the commits of commits@1, with a Wilson 95 % interval. n counts added lines",
    care: "A high share says that code is being put in order, or that it is duplicated. Generated files are in it.",
    Quality, Share, Share, NothingWithoutEvents, needs: [Commit], k_limited: false,
    Source::Commits(Reads::Files, moved_lines)
}

fn moved_lines(sample: &Sample<'_>) -> Measured {
    let added: u64 = sample.work.iter().map(|commit| commit.added()).sum();
    let moved = |commit: &&CommitFact| u64::from(commit.work.moved) + u64::from(commit.work.copied);
    let moved: u64 = sample.work.iter().map(moved).sum();
    let value = Share::new(moved.min(added), added).map(MetricValue::Share);
    Measured { value, n: added, excluded: sample.left_out.clone() }
}

/// The commits that have lines of a kind in the window, newest first, each with how many: what went into `work_breakdown@1`.
#[must_use]
pub fn commits_with<'a>(
    facts: &FactSet<'a>,
    window: &Window,
    options: &ReportOptions,
    kind: LineWork,
) -> Vec<(&'a CommitFact, u64)> {
    let repositories = facts.in_scope(options.scope);
    let history = History::new(facts, &repositories, options.as_of);
    let (first, last) = history.ends();
    let narrowed = window.narrowed(first, last, options.as_of);
    let lines = |commit: &CommitFact| -> u64 {
        let known = commit.changes.iter().filter_map(|change| turnover_of(change).ok());
        known.map(|turnover| kind.of(turnover)).sum()
    };
    let commits = history.work(&narrowed).map(|commit| (commit, lines(commit)));
    commits.filter(|(_, lines)| *lines > 0).collect()
}
