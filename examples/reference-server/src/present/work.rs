//! What the work on lines was, and the commits that have lines of one kind.

use prodops::core::fact::{CommitFact, RepositoryFact};
use prodops::core::time::Timestamp;
use prodops::metrics::value::{ActivityClass, LineWork};
use prodops::metrics::{MetricResult, MetricValue, Report};

use super::commit::{name_of, repository_of};
use super::header::when;
use super::panel::panel;
use crate::ui::palette::WorkKind;
use crate::ui::view::{Panel, Span, WorkCommit, WorkRow};

/// The colour and the name of a kind of lines.
#[must_use]
pub const fn line_kind(work: LineWork) -> WorkKind {
    match work {
        LineWork::New => WorkKind::NewLines,
        LineWork::Refactor => WorkKind::OldLines,
        LineWork::ReworkOwn => WorkKind::OwnRework,
        LineWork::ReworkOthers => WorkKind::OthersRework,
    }
}

const fn meaning(work: LineWork) -> &'static str {
    match work {
        LineWork::New => "beyond the lines that were taken away in the same place",
        LineWork::Refactor => "taken away when they were older than 21 days",
        LineWork::ReworkOwn => "taken away by their own author within 21 days",
        LineWork::ReworkOthers => "taken away by somebody else within 21 days",
    }
}

/// The panels, and one row per kind of lines; `None` when nothing defines them.
#[must_use]
pub fn work(report: &Report) -> Option<(Vec<Panel>, Vec<WorkRow>)> {
    let breakdown = report.result("work_breakdown")?;
    let beside =
        [("moved_lines", Span::Quarter), ("line_survival", Span::Quarter), ("replaced_age", Span::Half)];
    let mut panels = vec![panel(breakdown, Span::Full, report, false)];
    let beside = beside.into_iter().filter_map(|(id, span)| Some((report.result(id)?, span)));
    panels.extend(beside.map(|(result, span)| panel(result, span, report, false)));
    let complexity = report.result("complexity_change");
    panels.extend(complexity.map(|result| panel(result, Span::Full, report, false)));
    let row = |work: LineWork| {
        let Some(MetricValue::Breakdown(lines)) = MetricResult::value(breakdown) else { return None };
        Some(WorkRow {
            kind: line_kind(work),
            name: work.as_str().to_owned(),
            lines: lines.lines(work),
            share: lines.share(work)?,
            meaning: meaning(work).to_owned(),
        })
    };
    Some((panels, LineWork::ALL.into_iter().filter_map(row).collect()))
}

/// Commits with lines of a kind, as rows.
#[must_use]
pub fn work_commits(
    commits: &[(CommitFact, u64)],
    repositories: &[RepositoryFact],
    now: Timestamp,
) -> Vec<WorkCommit> {
    let activity = |commit: &CommitFact| match ActivityClass::of(commit.label.as_ref()) {
        ActivityClass::Unclassified => None,
        class @ ActivityClass::Known(_) => Some(WorkKind::named(class.as_str())),
    };
    let row = |(commit, lines): &(CommitFact, u64)| WorkCommit {
        id: commit.id.to_string().chars().take(10).collect(),
        repository: name_of(repository_of(commit, repositories)),
        when: when(commit.committed.at, now),
        lines: *lines,
        activity: activity(commit),
    };
    commits.iter().map(row).collect()
}
