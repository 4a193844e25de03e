//! What a definition measures, once it is known.

mod breakdown;
mod complexity;
mod effort;
mod lines;
mod mix;

use serde::Serialize;

pub use breakdown::{LineWork, WorkBreakdown};
pub use complexity::{ComplexityChange, Points};
pub use effort::EffortMix;
pub use lines::{Lines, WorkLines};
pub use mix::{ActivityClass, ActivityMix};

use crate::statistic::{Quantiles, Share};

/// A known value. In JSON a number, or an object where one number does not say it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum MetricValue {
    /// How many.
    Count(u64),
    /// A part of a whole.
    Share(Share),
    /// Percentiles of durations, in whole seconds.
    Durations(Quantiles<u64>),
    /// Percentiles of counts.
    Percentiles(Quantiles<f64>),
    /// Commits by kind of work.
    Mix(ActivityMix),
    /// Days of people by kind of work.
    Effort(EffortMix),
    /// Lines by kind of file.
    Lines(WorkLines),
    /// Lines by kind of work.
    Breakdown(WorkBreakdown),
    /// Points of complexity by kind of work.
    Complexity(ComplexityChange),
}

impl MetricValue {
    /// The number in large figures: the count, the share between 0 and 1, the median, the sum of the handwritten
    /// lines, the change of complexity. `None` for a mix, which no single number says.
    #[must_use]
    pub fn headline(&self) -> Option<f64> {
        match self {
            Self::Count(count) => Some(*count as f64),
            Self::Share(share) => Some(share.as_f64()),
            Self::Durations(quantiles) => Some(quantiles.p50 as f64),
            Self::Percentiles(quantiles) => Some(quantiles.p50),
            Self::Mix(_) | Self::Effort(_) | Self::Breakdown(_) => None,
            Self::Lines(lines) => Some(lines.total().changed() as f64),
            Self::Complexity(change) => Some(change.total().change() as f64),
        }
    }

    /// Whether it says "there were none", which only complete reading can know. A median of 0 seconds is measured and
    /// says no such thing.
    pub(crate) fn says_none(&self) -> bool {
        match self {
            Self::Count(count) => *count == 0,
            Self::Share(share) => share.numerator() == 0,
            Self::Durations(_)
            | Self::Percentiles(_)
            | Self::Mix(_)
            | Self::Effort(_)
            | Self::Breakdown(_) => false,
            Self::Lines(lines) => lines.total().changed() == 0,
            Self::Complexity(change) => change.total() == Points::default(),
        }
    }
}
