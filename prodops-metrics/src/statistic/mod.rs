//! How many numbers become one: part of a metric's identity.

mod quantile;
mod share;

use serde::Serialize;

pub use quantile::Quantiles;
pub(crate) use quantile::{durations, quantiles};
pub use share::Share;

/// The statistic of a definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(into = "&'static str")]
pub enum Statistic {
    /// How many.
    Count,
    /// How many different ones.
    DistinctCount,
    /// All added up.
    Sum,
    /// A part of a whole, kept as numerator and denominator, with a Wilson 95 % interval.
    Share,
    /// Several parts of one whole.
    Mix,
    /// Days of people, each split over what it went into.
    Effort,
    /// Parts of one sum.
    Parts,
    /// Percentiles 50, 75 and 90 of type 7: linear between the two nearest ranks of (n − 1) p.
    Percentiles,
    /// How much per unit of time.
    Rate,
    /// The least number that together holds more than half.
    LeastMajority,
}

impl Statistic {
    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::DistinctCount => "distinct_count",
            Self::Sum => "sum",
            Self::Share => "share_wilson95",
            Self::Mix => "mix",
            Self::Effort => "effort_mix",
            Self::Parts => "parts_of_sum",
            Self::Percentiles => "percentiles_type7",
            Self::Rate => "rate",
            Self::LeastMajority => "least_majority",
        }
    }
}

impl Statistic {
    /// The statistic for people.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Count => "how many",
            Self::DistinctCount => "how many different ones",
            Self::Sum => "all added up",
            Self::Share => "a share with its Wilson 95 % interval",
            Self::Mix => "several shares of one whole, each with its Wilson 95 % interval",
            Self::Effort => "person-days, each split over what it went into",
            Self::Parts => "all added up, and the parts of it",
            Self::Percentiles => "percentiles 50, 75 and 90 of type 7",
            Self::Rate => "how much per unit of time",
            Self::LeastMajority => "the least number that together holds more than half",
        }
    }
}

impl From<Statistic> for &'static str {
    fn from(statistic: Statistic) -> Self {
        statistic.as_str()
    }
}
