//! What the days go into, and the commits behind a kind of work.

use prodops::core::fact::{Activity, CommitFact, LabelSource, RepositoryFact};
use prodops::core::time::Timestamp;
use prodops::metrics::value::ActivityClass;
use prodops::metrics::{MetricResult, MetricValue, Report};

use super::commit::{name_of, repository_of};
use super::header::when;
use super::panel::panel;
use crate::ui::palette::WorkKind;
use crate::ui::view::{Correction, InvestmentCommit, InvestmentRow, Panel, Span};

/// The panel of the shares, and one row per kind of work that there was.
#[must_use]
pub fn investment(report: &Report) -> (Option<Panel>, Vec<InvestmentRow>) {
    let result = report.result("investment_mix");
    let commits = report.result("activity_mix").and_then(MetricResult::value);
    let row = |class: ActivityClass| {
        let Some(MetricValue::Effort(mix)) = result.and_then(MetricResult::value) else { return None };
        let commits = match commits {
            Some(MetricValue::Mix(commits)) => Some(commits.count(class)),
            _ => None,
        };
        let share = mix.share(class)?;
        let seen = share > 0.0 || commits.is_some_and(|n| n > 0) || class == ActivityClass::Unclassified;
        let kind = WorkKind::named(class.as_str());
        seen.then(|| InvestmentRow { kind, share, days: mix.person_days(class), commits })
    };
    let panel = result.map(|result| panel(result, Span::Full, report, false));
    (panel, ActivityClass::all().filter_map(row).collect())
}

/// Commits of a kind of work, as rows; `may_correct` tells for which repositories the reader may correct labels.
#[must_use]
pub fn investment_commits(
    commits: &[CommitFact],
    repositories: &[RepositoryFact],
    now: Timestamp,
    may_correct: impl Fn(&RepositoryFact) -> bool,
) -> Vec<InvestmentCommit> {
    let kind = |activity: Activity| WorkKind::named(activity.as_str());
    let row = |commit: &CommitFact| {
        let (label, repository) = (commit.label, repository_of(commit, repositories));
        InvestmentCommit {
            id: commit.id.to_string(),
            repository: name_of(repository),
            repository_id: commit.repository.to_string(),
            correction: repository.filter(|one| label.is_some() && may_correct(one)).map(|_| Correction {
                corrected: label.is_some_and(|label| label.source == LabelSource::Person),
            }),
            when: when(commit.committed.at, now),
            probability: label.map(|label| label.probability.as_f64()),
            source: label.map_or("nobody", |label| decided_by(label.source)).to_owned(),
            declared: label.and_then(|label| label.declared.filter(|one| *one != label.label)).map(kind),
            second: label.and_then(|label| label.second).map(kind),
        }
    };
    commits.iter().map(row).collect()
}

const fn decided_by(source: LabelSource) -> &'static str {
    match source {
        LabelSource::Declared => "the author",
        LabelSource::Rule => "a rule over the files",
        LabelSource::Model => "the model",
        LabelSource::Ai => "an AI provider",
        LabelSource::Person => "a correction",
    }
}
