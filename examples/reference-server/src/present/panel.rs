//! One result, one panel.

use prodops::metrics::definition::Unit;
use prodops::metrics::exclusion::Exclusion as Excluded;
use prodops::metrics::statistic::{Quantiles, Share};
use prodops::metrics::value::{ActivityClass, LineWork};
use prodops::metrics::{MetricResult, MetricValue, Report, Unknown};

use super::chart;
use crate::ui::number::{Amount, Claim, Comparison};
use crate::ui::view::{Connect, Exclusion, Panel, PanelState, Quantile, Reading, Span};

/// The panel of a result. While the history is still being read, a value that is unknown for that reason is an outline.
pub(super) fn panel(result: &MetricResult, span: Span, report: &Report, reading: bool) -> Panel {
    let state = match (result.value(), result.unknown()) {
        (Some(value), _) => known(result, value, report),
        (None, Some(Unknown::NotRead { .. } | Unknown::PartlyRead { .. })) if reading => PanelState::Loading,
        (None, Some(unknown)) => unknown_state(unknown),
        (None, None) => {
            PanelState::Empty { sentence: "Nothing of the kind happened in this window.".to_owned() }
        }
    };
    Panel {
        id: result.definition.id.to_owned(),
        name: result.definition.name.to_owned(),
        question: result.definition.question.to_owned(),
        span,
        state,
    }
}

fn known(result: &MetricResult, value: &MetricValue, report: &Report) -> PanelState {
    let amount = amount(value);
    let reading = Reading {
        amount,
        unit: unit(result.definition.unit, value).to_owned(),
        interval: share(value).map(|share| share.wilson95()),
        quantiles: quantiles(value),
        comparison: comparison(result, value, amount, report),
        charts: chart::charts(result.definition.id, value, report),
        n: result.n,
        of: basis(result).to_owned(),
        excluded: result
            .excluded
            .iter()
            .map(|(reason, n)| Exclusion { what: left_out(reason).to_owned(), n })
            .collect(),
        caveat: None,
        lineage: None,
    };
    PanelState::Known(Box::new(reading))
}

/// What was left out, in the few words that small print has room for; the definition says the rest.
const fn left_out(reason: Excluded) -> &'static str {
    match reason {
        Excluded::Duplicate => "counted in another repository",
        Excluded::ClockAnomaly => "with impossible times",
        Excluded::Bot => "by programs",
        Excluded::Merge => "merges",
        Excluded::NoAuthor => "without an author",
        Excluded::Unclassified => "unclassified",
        Excluded::NoHandwrittenChange => "without handwritten files",
        Excluded::UncountedFile => "with uncounted files",
        Excluded::OffMainline => "merges inside branches",
        Excluded::Octopus => "merges of several branches",
        Excluded::HistoryCut => "with cut-off history",
        Excluded::NothingNew => "merges without commits",
        Excluded::UnrelatedHistory => "merges of other histories",
        Excluded::PartialWeek => "partial weeks",
        Excluded::UnknownAge => "files with lines of unknown age",
        Excluded::UnknownComplexity => "files of unknown complexity",
        Excluded::NothingReplaced => "that take nothing away",
        Excluded::SeparatedLines => "lines in generated and similar files",
        Excluded::BotLines => "lines by programs",
        Excluded::NobodysLines => "lines without an author",
        other => other.as_str(),
    }
}

fn unknown_state(unknown: Unknown) -> PanelState {
    let (because, connect) = match unknown {
        Unknown::NotConnected { connect, .. } => (
            "nothing that is connected brings such records".to_owned(),
            Some(Connect { what: connect.to_owned(), href: None }),
        ),
        other => (other.to_string(), None),
    };
    PanelState::Unknown { because, connect }
}

fn amount(value: &MetricValue) -> Amount {
    match value {
        MetricValue::Count(count) => Amount::count(*count),
        MetricValue::Share(share) => Amount::share(share.as_f64()),
        MetricValue::Durations(Quantiles { p50, .. }) => Amount::duration(*p50),
        MetricValue::Percentiles(Quantiles { p50, .. }) => Amount::decimal(*p50),
        // No single number says a mix: the headline is how much of it could be classified.
        MetricValue::Mix(mix) => {
            Amount::share(1.0 - mix.share(ActivityClass::Unclassified).map_or(1.0, |share| share.as_f64()))
        }
        MetricValue::Effort(mix) => {
            Amount::share(1.0 - mix.share(ActivityClass::Unclassified).unwrap_or(1.0))
        }
        MetricValue::Lines(lines) => Amount::count(lines.total().changed()),
        // The headline is how much of the work was on lines of the last three weeks.
        MetricValue::Breakdown(lines) => {
            let rework = [LineWork::ReworkOwn, LineWork::ReworkOthers].map(|work| lines.share(work));
            Amount::share(rework.into_iter().flatten().sum())
        }
        // Points that came; what went stands beside them.
        MetricValue::Complexity(change) => Amount::count(change.total().raised),
        other => Amount::decimal(other.headline().unwrap_or(f64::NAN)),
    }
}

fn share(value: &MetricValue) -> Option<&Share> {
    if let MetricValue::Share(share) = value { Some(share) } else { None }
}

fn quantiles(value: &MetricValue) -> Vec<Quantile> {
    let pair = |p75: Amount, p90: Amount| {
        vec![
            Quantile { name: "p75".to_owned(), amount: Some(p75) },
            Quantile { name: "p90".to_owned(), amount: Some(p90) },
        ]
    };
    match value {
        MetricValue::Durations(q) => pair(Amount::duration(q.p75), Amount::duration(q.p90)),
        MetricValue::Percentiles(q) => pair(Amount::decimal(q.p75), Amount::decimal(q.p90)),
        _ => Vec::new(),
    }
}

/// What the headline counts.
fn unit(unit: Unit, value: &MetricValue) -> &'static str {
    match (value, unit) {
        (MetricValue::Mix(_), _) => "of commits classified",
        (MetricValue::Effort(_), _) => "of effort classified",
        (MetricValue::Lines(_), _) => "lines changed",
        (MetricValue::Breakdown(_), _) => "of lines are rework",
        (MetricValue::Complexity(_), _) => "points added",
        (MetricValue::Share(_), _) => "",
        (MetricValue::Durations(_), _) => "median",
        (_, Unit::Commits) => "commits",
        (_, Unit::People) => "people",
        (MetricValue::Percentiles(_), Unit::Lines) => "lines, median",
        (_, Unit::Lines) => "lines",
        (_, Unit::DaysPerWeek) => "days a week, median",
        (_, Unit::PerDay) => "per day",
        _ => "",
    }
}

/// What `n` counts.
fn basis(result: &MetricResult) -> &'static str {
    match result.definition.id {
        "branch_time" => "merges",
        "investment_mix" => "person-days",
        "work_lines" | "complexity_change" => "changes of files",
        "work_breakdown" | "bus_factor_lines" => "lines",
        "moved_lines" => "added lines",
        "line_survival" => "written lines",
        "knowledge_spread" => "files",
        "commit_days" => "days",
        "commit_days_per_week" => "weeks",
        _ => "commits",
    }
}

fn comparison(result: &MetricResult, value: &MetricValue, now: Amount, report: &Report) -> Comparison {
    let before = result.before.as_ref().map(|before| &before.value);
    let claim = match (share(value), before.and_then(share)) {
        (Some(now), Some(then)) if apart(now.wilson95(), then.wilson95()) => Claim::Clear,
        (Some(_), Some(_)) => Claim::WithinChance,
        // Two medians without an interval: both are shown, nothing is claimed.
        _ if matches!(
            value,
            MetricValue::Durations(_)
                | MetricValue::Percentiles(_)
                | MetricValue::Mix(_)
                | MetricValue::Effort(_)
                | MetricValue::Breakdown(_)
        ) =>
        {
            Claim::Untested
        }
        _ => Claim::Counted,
    };
    Comparison { now, before: before.map(|before| amount(before).value), period: period(report), claim }
}

fn apart(one: (f64, f64), other: (f64, f64)) -> bool {
    one.1 < other.0 || other.1 < one.0
}

/// The window before, in words.
fn period(report: &Report) -> String {
    let seconds = report.window.to().seconds_since(report.window.from());
    // A day may have 23 or 25 hours: to the nearest.
    format!("the {} days before", (seconds + 43_200) / 86_400)
}
