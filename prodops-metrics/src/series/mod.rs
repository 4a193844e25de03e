//! Values over time, for charts.

mod punch_card;

use std::collections::BTreeMap;

use prodops_core::fact::{Artefact, CommitFact};
use prodops_core::time::Timestamp;
use serde::Serialize;

pub use punch_card::PunchCard;

use crate::activity::mix_of;
use crate::breakdown::breakdown_of;
use crate::bucket::{BucketUnit, Buckets};
use crate::coverage::{CoverageState, ReadIndex, Reads};
use crate::exclusion::Excluded;
use crate::history::{Sample, count};
use crate::investment::effort_of;
use crate::privacy::Audience;
use crate::result::Reading;
use crate::value::{ActivityMix, EffortMix, Lines, WorkBreakdown};
use crate::volume::left_out;
use crate::window::Window;

/// One step of a chart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Point<T> {
    /// Where it starts.
    pub from: Timestamp,
    /// Where it ends; the instant is outside.
    pub to: Timestamp,
    /// What was found. `None` is unknown: nothing was found and not everything was read, or it has not begun.
    pub value: Option<T>,
    /// Whether all of it was read up to the report's instant; otherwise there may be more.
    pub complete: bool,
    /// Whether it is a full day, week, month … that is over, and so can be compared with others.
    pub whole: bool,
}

/// Values over time: at most [`crate::bucket::MAX_BUCKETS`] steps that follow each other without a hole.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Series<T> {
    /// The length of a step.
    pub unit: BucketUnit,
    /// The steps, rising.
    pub points: Vec<Point<T>>,
}

/// The charts of a report. All of them count the commits of `commits@1`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReportSeries {
    /// Commits.
    pub commits: Series<u64>,
    /// Commits by kind of work.
    pub activity: Series<ActivityMix>,
    /// Days of people by kind of work.
    pub investment: Series<EffortMix>,
    /// Lines by what the work on them was.
    pub breakdown: Series<WorkBreakdown>,
    /// Changed lines by kind of handwritten file.
    pub lines: Series<BTreeMap<Artefact, Lines>>,
    /// When commits were written, by weekday and hour of the author's own clock. Held back as `after_hours` is.
    pub punch_card: Reading<PunchCard>,
}

impl ReportSeries {
    pub(crate) fn new(sample: &Sample<'_>, asked: &Window, reads: &ReadIndex, audience: Audience) -> Self {
        let buckets = Buckets::for_chart(&sample.window);
        let mut work: Vec<Vec<&CommitFact>> = vec![Vec::new(); buckets.len()];
        for commit in &sample.work {
            let bucket = buckets.index(commit.committed.at).and_then(|index| work.get_mut(index));
            if let Some(bucket) = bucket {
                bucket.push(commit);
            }
        }
        let steps = Steps { buckets, work, reads, as_of: sample.as_of };
        Self {
            commits: steps.series(Reads::Commits, |commits| count(commits.len())),
            activity: steps.series(Reads::Commits, |commits| mix_of(commits.iter().copied())),
            investment: steps.series(Reads::Commits, |commits| effort_of(commits, &sample.window)),
            breakdown: steps.series(Reads::Files, |commits| breakdown_of(commits, &mut Excluded::default())),
            lines: steps.series(Reads::Files, handwritten),
            punch_card: punch_card::read(sample, asked, reads, audience),
        }
    }
}

struct Steps<'a> {
    buckets: Buckets,
    work: Vec<Vec<&'a CommitFact>>,
    reads: &'a ReadIndex,
    as_of: Timestamp,
}

impl Steps<'_> {
    fn series<T>(&self, reads: Reads, value: impl Fn(&[&CommitFact]) -> T) -> Series<T> {
        let point = |((from, to, full), commits): ((Timestamp, Timestamp, bool), &Vec<&CommitFact>)| {
            let (state, _) = self.reads.state(from, to, reads);
            let complete = state == CoverageState::Complete;
            // As everywhere: of what was not read at all, nothing is said.
            let known = complete || (state == CoverageState::Partial && !commits.is_empty());
            let value = known.then(|| value(commits));
            Point { from, to, value, complete, whole: full && to <= self.as_of }
        };
        Series { unit: self.buckets.unit, points: self.buckets.spans().zip(&self.work).map(point).collect() }
    }
}

fn handwritten(commits: &[&CommitFact]) -> BTreeMap<Artefact, Lines> {
    let mut lines: BTreeMap<Artefact, Lines> = BTreeMap::new();
    for change in
        commits.iter().flat_map(|commit| &commit.changes).filter(|change| left_out(change).is_none())
    {
        lines.entry(change.artefact).or_default().take(change);
    }
    lines
}
