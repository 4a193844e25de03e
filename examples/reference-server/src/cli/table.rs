//! The metrics of a repository as lines for people.

use std::io::{Result, Write};

use prodops::metrics::value::{ActivityClass, LineWork};
use prodops::metrics::{MetricResult, MetricValue, Report};

use super::analyze::Summary;
use crate::ui::number::{decimal, duration, percent, thousands};

/// Prints one repository.
pub(super) fn print(out: &mut impl Write, summary: &Summary<'_>, report: &Report) -> Result<()> {
    let Summary { repository, head, commits, lines, .. } = summary;
    let head =
        head.map_or_else(|| "no commit".to_owned(), |head| head.to_string().chars().take(12).collect());
    writeln!(out, "{repository} at {head}")?;
    writeln!(
        out,
        "  {} commits ({} merges, {} by programs), +{} −{} lines\n",
        thousands(commits.total),
        thousands(commits.merges),
        thousands(commits.bots),
        thousands(lines.added),
        thousands(lines.deleted)
    )?;
    for result in &report.results {
        writeln!(out, "  {:<34} {}", result.definition.name, reading(result))?;
        let small = small_print(result);
        if !small.is_empty() {
            writeln!(out, "  {:<34} {small}", "")?;
        }
    }
    writeln!(out)
}

fn reading(result: &MetricResult) -> String {
    match (result.value(), result.unknown()) {
        (Some(value), _) => value_text(value),
        (None, Some(unknown)) => format!("unknown: {unknown}"),
        (None, None) => "none".to_owned(),
    }
}

fn value_text(value: &MetricValue) -> String {
    match value {
        MetricValue::Count(count) => thousands(*count),
        MetricValue::Share(share) => format!(
            "{} ({} of {})",
            percent(share.as_f64()),
            thousands(share.numerator()),
            thousands(share.denominator())
        ),
        MetricValue::Durations(q) => {
            format!("{} (p75 {}, p90 {})", duration(q.p50), duration(q.p75), duration(q.p90))
        }
        MetricValue::Percentiles(q) => {
            format!("{} (p75 {}, p90 {})", decimal(q.p50), decimal(q.p75), decimal(q.p90))
        }
        MetricValue::Mix(mix) => {
            let shown = ActivityClass::all().filter(|class| mix.count(*class) > 0);
            let parts = shown.map(|class| {
                let share = mix.share(class).map_or(0.0, |share| share.as_f64());
                format!("{} {}", class.as_str(), percent(share))
            });
            parts.collect::<Vec<_>>().join(", ")
        }
        MetricValue::Effort(mix) => {
            let shown = ActivityClass::all().filter(|class| mix.person_days(*class) > 0.0);
            let parts = shown
                .map(|class| format!("{} {}", class.as_str(), percent(mix.share(class).unwrap_or_default())));
            parts.collect::<Vec<_>>().join(", ")
        }
        MetricValue::Lines(lines) => {
            let total = lines.total();
            format!("+{} −{} written by people", thousands(total.added), thousands(total.deleted))
        }
        MetricValue::Breakdown(lines) => {
            let parts = LineWork::ALL
                .map(|work| format!("{} {}", work.as_str(), percent(lines.share(work).unwrap_or_default())));
            parts.join(", ")
        }
        MetricValue::Complexity(change) => {
            let total = change.total();
            format!("+{} −{} points", thousands(total.raised), thousands(total.lowered))
        }
        _ => "see --format json".to_owned(),
    }
}

/// How many went in, and what was left out for which reason.
fn small_print(result: &MetricResult) -> String {
    if result.unknown().is_some() {
        return String::new();
    }
    let left_out =
        result.excluded.iter().map(|(reason, count)| format!("{} {}", thousands(count), reason.as_str()));
    let left_out: Vec<String> = left_out.collect();
    let left_out =
        if left_out.is_empty() { String::new() } else { format!(", left out: {}", left_out.join(", ")) };
    format!("n = {}{left_out}", thousands(result.n))
}
