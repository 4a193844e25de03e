//! Whether the pace can be kept.

use jiff::civil::{DateTime, Weekday};

use crate::bucket::{BucketUnit, Buckets};
use crate::coverage::Reads;
use crate::definition::{Measured, Source, definition};
use crate::exclusion::{Excluded, Exclusion};
use crate::history::{Sample, count};
use crate::statistic::{Share, quantiles};
use crate::value::MetricValue;

definition! {
    AFTER_HOURS = "after_hours" @ "author-offset", "After hours",
    question: "What share of the changes was written outside usual working hours?",
    formula: "commits of commits@1 written outside Monday to Friday 8:00 to 18:00, by the author's own clock and offset, \
        ÷ commits of commits@1, with a Wilson 95 % interval; unbelievable written times are left out as clock_anomaly",
    care: "Nobody declared these hours: part-time, shifts, holidays and volunteers look like overtime, and a machine set \
        to UTC shifts the clock. Of a team, never of a person.",
    Sustainability, Share, Share, NothingWithoutEvents, needs: [Commit], k_limited: true,
    Source::Commits(Reads::Commits, after_hours)
}

fn after_hours(sample: &Sample<'_>) -> Measured {
    let (readings, excluded) = wall_clocks(sample);
    let outside = readings.iter().filter(|reading| {
        let weekend = matches!(reading.date().weekday(), Weekday::Saturday | Weekday::Sunday);
        weekend || !(8..18).contains(&reading.hour())
    });
    let (part, n) = (count(outside.count()), count(readings.len()));
    Measured { value: Share::new(part, n).map(MetricValue::Share), n, excluded }
}

/// What the clocks of the authors showed as they wrote; unbelievable readings are left out.
pub(crate) fn wall_clocks(sample: &Sample<'_>) -> (Vec<DateTime>, Excluded) {
    let mut excluded = sample.left_out.clone();
    let believed = sample.work.iter().filter(|commit| sample.believes(commit.authored.at));
    let readings: Vec<_> = believed.map(|commit| commit.authored.local()).collect();
    excluded.add(Exclusion::ClockAnomaly, count(sample.work.len() - readings.len()));
    (readings, excluded)
}

/// Per day of the window that has begun: its Monday's step in `weeks`, and whether it holds work.
fn active_days(sample: &Sample<'_>) -> Vec<(prodops_core::time::Timestamp, bool)> {
    let buckets = Buckets::of(&sample.window, BucketUnit::Day);
    let mut active = vec![false; buckets.len()];
    let at = |commit: &&prodops_core::fact::CommitFact| commit.committed.at;
    for index in sample.work.iter().map(at).filter_map(|at| buckets.index(at)) {
        if let Some(day) = active.get_mut(index) {
            *day = true;
        }
    }
    // A clock that runs ahead may have stamped a day that has not begun.
    let last = sample.work.last().map_or(sample.as_of, |commit| commit.committed.at.max(sample.as_of));
    let days = buckets.spans().map(|(from, _, _)| from).zip(active);
    days.take_while(|(from, _)| *from <= last).collect()
}

definition! {
    COMMIT_DAYS = "commit_days" @ "1", "Days with commits",
    question: "On what share of the days was something brought in?",
    formula: "calendar days of the window's zone with a commit of commits@1 ÷ calendar days of the window up to the \
        day of the report. n counts days",
    care: "Weekends and holidays are days. The interval treats days as independent, which they are not.",
    Sustainability, Share, Share, CompleteOnly, needs: [Commit], k_limited: false,
    Source::Commits(Reads::Commits, commit_days)
}

fn commit_days(sample: &Sample<'_>) -> Measured {
    let days = active_days(sample);
    let active = count(days.iter().filter(|(_, active)| *active).count());
    let n = count(days.len());
    Measured { value: Share::new(active, n).map(MetricValue::Share), n, excluded: sample.left_out.clone() }
}

definition! {
    COMMIT_DAYS_PER_WEEK = "commit_days_per_week" @ "1", "Active days per week",
    question: "On how many days of a usual week is something brought in?",
    formula: "calendar days with a commit of commits@1 per ISO week of the window's zone, weeks without any included, \
        percentiles 50, 75 and 90 of type 7; weeks that lie only partly in the window or are not over are left out. n \
        counts weeks",
    care: "Of a team: two people who each work every other day fill a week.",
    Sustainability, DaysPerWeek, Percentiles, CompleteOnly, needs: [Commit], k_limited: false,
    Source::Commits(Reads::Commits, commit_days_per_week)
}

fn commit_days_per_week(sample: &Sample<'_>) -> Measured {
    let weeks = Buckets::of(&sample.window, BucketUnit::Week);
    let mut active = vec![0u64; weeks.len()];
    for (day, _) in active_days(sample).into_iter().filter(|(_, active)| *active) {
        if let Some(week) = weeks.index(day).and_then(|index| active.get_mut(index)) {
            *week += 1;
        }
    }
    let mut excluded = sample.left_out.clone();
    let mut counts = Vec::with_capacity(active.len());
    for ((from, to, whole), days) in weeks.spans().zip(active) {
        if whole && to <= sample.as_of {
            counts.push(days);
        } else if from <= sample.as_of {
            excluded.add(Exclusion::PartialWeek, 1);
        }
    }
    let n = count(counts.len());
    Measured { value: quantiles(counts).map(MetricValue::Percentiles), n, excluded }
}
