//! Series of a report as charts.

use jiff::tz::TimeZone;
use prodops::core::fact::Artefact;
use prodops::core::time::Timestamp;
use prodops::metrics::bucket::BucketUnit;
use prodops::metrics::series::{Point, PunchCard, Series};
use prodops::metrics::value::{
    ActivityClass, ActivityMix, ComplexityChange, EffortMix, LineWork, Lines, Points, WorkBreakdown,
    WorkLines,
};
use prodops::metrics::{MetricValue, Report};

use super::work::line_kind;
use crate::ui::Label;
use crate::ui::chart::{self, Bar, Bars, Bucket, Chart, ShareBar, ShareColumn, SharesOverTime, Trend};
use crate::ui::number::{Measure, percent, thousands};
use crate::ui::palette::WorkKind;

/// The charts of a metric.
pub(super) fn charts(id: &str, value: &MetricValue, report: &Report) -> Vec<Chart> {
    match (id, value) {
        ("commits", _) => vec![Chart::Trend(commits(report))],
        ("after_hours", _) => report.series.punch_card.value().map(punch_card).into_iter().collect(),
        (_, MetricValue::Mix(mix)) => {
            let series = &report.series.activity;
            let weight = |mix: &ActivityMix, class| mix.count(class) as f64;
            let over_time = shares_over_time("Kinds of work", series, report, weight);
            vec![Chart::ShareBar(mix_bar(mix)), Chart::SharesOverTime(over_time)]
        }
        (_, MetricValue::Effort(mix)) => {
            let series = &report.series.investment;
            let over_time = shares_over_time("Investment", series, report, EffortMix::person_days);
            vec![Chart::ShareBar(effort_bar(mix)), Chart::SharesOverTime(over_time)]
        }
        (_, MetricValue::Breakdown(lines)) => {
            let over_time = breakdown_over_time(report);
            vec![Chart::ShareBar(breakdown_bar(lines)), Chart::SharesOverTime(over_time)]
        }
        (_, MetricValue::Complexity(change)) => vec![Chart::Bars(points_by_kind(change))],
        (_, MetricValue::Lines(lines)) => vec![Chart::Bars(lines_by_kind(lines))],
        _ => Vec::new(),
    }
}

fn commits(report: &Report) -> Trend {
    let series = &report.series.commits;
    let bucket = |point: &Point<u64>| Bucket {
        label: label(point.from, series.unit, report.window.zone()),
        value: point.value.map(|count| count as f64),
        interval: None,
        partial: !point.whole || !point.complete,
    };
    Trend {
        title: format!("Commits per {}", series.unit.as_str()),
        measure: Measure::Count,
        unit: "commits".to_owned(),
        buckets: series.points.iter().map(bucket).collect(),
        target: None,
        tall: true,
    }
}

fn mix_bar(mix: &ActivityMix) -> ShareBar {
    let share = |class: ActivityClass| chart::Share {
        kind: WorkKind::named(class.as_str()),
        weight: mix.count(class) as f64,
        n: mix.count(class),
    };
    ShareBar {
        title: "Commits by kind of work".to_owned(),
        unit: "commits".to_owned(),
        shares: ActivityClass::all().map(share).collect(),
    }
}

fn effort_bar(mix: &EffortMix) -> ShareBar {
    let share = |class: ActivityClass| chart::Share {
        kind: WorkKind::named(class.as_str()),
        weight: mix.person_days(class),
        n: mix.person_days(class).round() as u64,
    };
    ShareBar {
        title: "Person-days by kind of work".to_owned(),
        unit: "person-days".to_owned(),
        shares: ActivityClass::all().map(share).collect(),
    }
}

/// Shares per step of a series; `weight` is how much a step has of a class.
fn shares_over_time<T>(
    what: &str,
    series: &Series<T>,
    report: &Report,
    weight: impl Fn(&T, ActivityClass) -> f64,
) -> SharesOverTime {
    let weights = |mix: &T| {
        let all = ActivityClass::all().map(|class| (WorkKind::named(class.as_str()), weight(mix, class)));
        all.filter(|(_, weight)| *weight > 0.0).collect()
    };
    let column = |point: &Point<T>| ShareColumn {
        label: label(point.from, series.unit, report.window.zone()),
        weights: point.value.as_ref().map(weights),
    };
    SharesOverTime {
        title: format!("{what} per {}", series.unit.as_str()),
        columns: series.points.iter().map(column).collect(),
    }
}

fn breakdown_bar(lines: &WorkBreakdown) -> ShareBar {
    let share = |work: LineWork| chart::Share {
        kind: line_kind(work),
        weight: lines.lines(work) as f64,
        n: lines.lines(work),
    };
    ShareBar {
        title: "Lines by what the work on them was".to_owned(),
        unit: "lines".to_owned(),
        shares: LineWork::ALL.map(share).into(),
    }
}

fn breakdown_over_time(report: &Report) -> SharesOverTime {
    let series = &report.series.breakdown;
    let weights = |lines: &WorkBreakdown| {
        let all = LineWork::ALL.map(|work| (line_kind(work), lines.lines(work) as f64));
        all.into_iter().filter(|(_, weight)| *weight > 0.0).collect()
    };
    let column = |point: &Point<WorkBreakdown>| ShareColumn {
        label: label(point.from, series.unit, report.window.zone()),
        weights: point.value.as_ref().map(weights),
    };
    SharesOverTime {
        title: format!("Work per {}", series.unit.as_str()),
        columns: series.points.iter().map(column).collect(),
    }
}

fn lines_by_kind(lines: &WorkLines) -> Bars {
    let total = lines.total().changed();
    let mut kinds: Vec<(&Artefact, &Lines)> =
        lines.handwritten.iter().filter(|(_, part)| part.changed() > 0).collect();
    kinds.sort_by_key(|(kind, part)| (std::cmp::Reverse(part.changed()), **kind));
    let bar = |(kind, part): (&Artefact, &Lines)| Bar {
        label: Label::new(kind_name(*kind)),
        value: part.changed() as f64,
        note: percent(part.changed() as f64 / total.max(1) as f64),
        kind: None,
    };
    Bars {
        title: "Lines added and deleted, by kind of file".to_owned(),
        measure: Measure::Count,
        whole: None,
        bars: kinds.into_iter().map(bar).collect(),
    }
}

/// Points that came, most first; what went is a note.
fn points_by_kind(change: &ComplexityChange) -> Bars {
    let mut kinds: Vec<_> = ActivityClass::all().map(|class| (class, change.of(class))).collect();
    kinds.retain(|(_, points)| points.raised + points.lowered > 0);
    kinds.sort_by_key(|(class, points)| (std::cmp::Reverse(points.raised), *class));
    let bar = |(class, points): (ActivityClass, Points)| Bar {
        label: Label::new(WorkKind::named(class.as_str()).label()),
        value: points.raised as f64,
        note: format!("added, {} taken away", thousands(points.lowered)),
        kind: Some(WorkKind::named(class.as_str())),
    };
    Bars {
        title: "Points added, by kind of work".to_owned(),
        measure: Measure::Count,
        whole: None,
        bars: kinds.into_iter().map(bar).collect(),
    }
}

const fn kind_name(kind: Artefact) -> &'static str {
    match kind {
        Artefact::Code => "Code",
        Artefact::Test => "Tests",
        Artefact::Docs => "Documentation",
        Artefact::BuildCi => "Build and CI",
        Artefact::Config => "Settings",
        Artefact::Data => "Data",
        Artefact::Other => "Other text",
        other => other.as_str(),
    }
}

fn punch_card(card: &PunchCard) -> Chart {
    Chart::PunchCard(chart::PunchCard {
        title: "Commits by weekday and hour of the author's clock".to_owned(),
        unit: "commits".to_owned(),
        cells: Box::new(card.cells),
        working: Some((8, 18)),
    })
}

/// The name of a step on the axis.
fn label(from: Timestamp, unit: BucketUnit, zone: &TimeZone) -> String {
    let date = zone.to_datetime(from.to_jiff()).date();
    let form = match unit {
        BucketUnit::Day | BucketUnit::Week => "%-d %b",
        BucketUnit::Month | BucketUnit::Quarter => "%b %Y",
        _ => "%Y",
    };
    date.strftime(form).to_string()
}
