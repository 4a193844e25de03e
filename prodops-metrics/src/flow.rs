//! How long work waits and takes.

use crate::coverage::Reads;
use crate::definition::{Measured, Source, definition};
use crate::exclusion::{Excluded, Exclusion};
use crate::history::{Branch, Kind, Sample, count};
use crate::statistic::durations;
use crate::value::MetricValue;

definition! {
    LANDING_TIME = "landing_time" @ "1", "Landing time",
    question: "How long does a change wait between being written and being brought in?",
    formula: "committed − authored per commit of commits@1, in whole seconds, percentiles 50, 75 and 90 of type 7; 0 \
        is part of it, negative spans and unbelievable times are left out as clock_anomaly",
    care: "An early sign of lead time, not lead time: a commit that is pushed as it was written waits 0 seconds, \
        however long its branch lived. Rebasing and squashing set the committed time; amending alone does, too.",
    Flow, Seconds, Percentiles, NothingWithoutEvents, needs: [Commit], k_limited: false,
    Source::Commits(Reads::Commits, landing_time)
}

fn landing_time(sample: &Sample<'_>) -> Measured {
    let mut excluded = sample.left_out.clone();
    let mut waits = Vec::with_capacity(sample.work.len());
    for commit in &sample.work {
        // In milliseconds, as a span of −1 ms is negative, too.
        let span = commit.committed.at.as_millis() - commit.authored.at.as_millis();
        match u64::try_from(span) {
            Ok(span) if sample.believes(commit.authored.at) => waits.push(span / 1000),
            _ => excluded.add(Exclusion::ClockAnomaly, 1),
        }
    }
    let n = count(waits.len());
    Measured { value: durations(waits).map(MetricValue::Durations), n, excluded }
}

definition! {
    BRANCH_TIME = "branch_time" @ "1", "Life of a branch",
    question: "How long does a branch live, from its first commit to its merge?",
    formula: "per merge of two parents on the first-parent line of the head: committed of the merge − earliest \
        authored of the commits reachable from its second parent and not from its first, in whole seconds, percentiles \
        50, 75 and 90 of type 7; branches of bots alone, merges inside branches, merges of more than two lines, of \
        unrelated histories and of nothing, and branches whose start was not read are left out",
    care: "Only merges show branches: squashed and rebased ones leave no trace, and fast-forwards none either. A \
        commit that was written long before and picked into the branch makes the branch look old.",
    Flow, Seconds, Percentiles, NothingWithoutEvents, needs: [Commit], k_limited: false,
    Source::Commits(Reads::Commits, branch_time)
}

fn branch_time(sample: &Sample<'_>) -> Measured {
    let mut excluded = Excluded::default();
    excluded.add(Exclusion::ClockAnomaly, sample.anomalous_merges);
    let mut lives = Vec::new();
    for entry in sample.entries {
        let Some(branch) = entry.branch else { continue };
        match branch {
            _ if entry.kind == Kind::Duplicate => excluded.add(Exclusion::Duplicate, 1),
            Branch::Left(reason) => excluded.add(reason, 1),
            Branch::Since(earliest) => {
                match u64::try_from(entry.commit.committed.at.as_millis() - earliest.as_millis()) {
                    Ok(life) => lives.push(life / 1000),
                    Err(_) => excluded.add(Exclusion::ClockAnomaly, 1),
                }
            }
        }
    }
    let n = count(lives.len());
    Measured { value: durations(lives).map(MetricValue::Durations), n, excluded }
}
