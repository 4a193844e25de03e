//! What a report says of one definition.

use std::fmt;

use prodops_core::fact::Entity;
use prodops_core::time::Timestamp;
use serde::{Serialize, Serializer};

use crate::coverage::Coverage;
use crate::definition::{Definition, DefinitionKey, Unit};
use crate::exclusion::Excluded;
use crate::statistic::Statistic;
use crate::value::MetricValue;

/// Why a value is unknown. Unknown is not 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
#[non_exhaustive]
pub enum Unknown {
    /// Nothing brings such records.
    NotConnected {
        /// The records that are missing.
        entity: Entity,
        /// What to connect.
        connect: &'static str,
    },
    /// Such records are connected, but nothing of this window was read.
    NotRead {
        /// The records that are missing.
        entity: Entity,
    },
    /// The window was partly read, so "there were none" cannot be said.
    PartlyRead {
        /// The records that may be missing.
        entity: Entity,
    },
    /// It would be about fewer people than a team may see.
    TooFewPeople {
        /// The fewest people.
        k: u64,
    },
    /// Such records are read, but this version does not compute the metric from them.
    NotComputed {
        /// The records that are there.
        entity: Entity,
    },
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotConnected { connect, .. } => write!(f, "connect {connect}"),
            Self::NotRead { .. } => f.write_str("this window has not been read"),
            Self::PartlyRead { .. } => f.write_str("this window has been read only in part"),
            Self::TooFewPeople { k } => write!(f, "held back: about fewer than {k} people"),
            Self::NotComputed { .. } => f.write_str("this version does not compute it yet"),
        }
    }
}

/// A value, or why there is none.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading<T> {
    /// Known.
    Value(T),
    /// Known to have none: the window was read, and there was nothing to measure.
    Nothing,
    /// Not known.
    Unknown(Unknown),
}

impl<T> Reading<T> {
    /// The value, if there is one.
    #[must_use]
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Nothing | Self::Unknown(_) => None,
        }
    }

    /// Why it is unknown, if it is.
    #[must_use]
    pub const fn unknown(&self) -> Option<Unknown> {
        match self {
            Self::Unknown(unknown) => Some(*unknown),
            Self::Value(_) | Self::Nothing => None,
        }
    }
}

/// In JSON `{"value": …}`, `{"nothing": true}` or `{"unknown": {"reason": …}}`.
impl<T: Serialize> Serialize for Reading<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => serializer.collect_map([("value", value)]),
            Self::Nothing => serializer.collect_map([("nothing", true)]),
            Self::Unknown(unknown) => serializer.collect_map([("unknown", unknown)]),
        }
    }
}

/// The value of the previous window of the same length.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Before {
    /// Where the previous window started; it ended where this one starts.
    pub from: Timestamp,
    /// The value.
    pub value: MetricValue,
    /// How many things went into it.
    pub n: u64,
}

/// What a report says of one definition.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricResult {
    /// Which metric.
    pub definition: &'static Definition,
    /// The value, or why there is none.
    pub reading: Reading<MetricValue>,
    /// How many things went into the value; its definition says of what.
    pub n: u64,
    /// What was left out, and why.
    pub excluded: Excluded,
    /// How much of the window was read.
    pub coverage: Coverage,
    /// The instant that it speaks of: the oldest of the latest reads.
    pub as_of: Timestamp,
    /// The window before, where both windows were completely read and both have a value.
    pub before: Option<Before>,
}

impl PartialEq for Definition {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl MetricResult {
    /// The value, if there is one.
    #[must_use]
    pub const fn value(&self) -> Option<&MetricValue> {
        self.reading.value()
    }

    /// Why it is unknown, if it is.
    #[must_use]
    pub const fn unknown(&self) -> Option<Unknown> {
        self.reading.unknown()
    }

    /// The short form for machines: `definition`, `value`, `unit`, `n`, `excluded`, `statistic`.
    #[must_use]
    pub const fn view(&self) -> MetricView<'_> {
        MetricView {
            definition: DefinitionKey { id: self.definition.id, version: self.definition.version },
            value: self.value(),
            unit: self.definition.unit,
            n: self.n,
            excluded: &self.excluded,
            statistic: self.definition.statistic,
        }
    }
}

/// In JSON the short form and, besides, `reading`, `coverage`, `as_of` and `before`.
impl Serialize for MetricResult {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Form<'a> {
            #[serde(flatten)]
            view: MetricView<'a>,
            reading: &'a Reading<MetricValue>,
            coverage: &'a Coverage,
            as_of: Timestamp,
            before: Option<&'a Before>,
        }
        let form = Form {
            view: self.view(),
            reading: &self.reading,
            coverage: &self.coverage,
            as_of: self.as_of,
            before: self.before.as_ref(),
        };
        form.serialize(serializer)
    }
}

/// The short form of a result.
#[derive(Debug, Clone, Serialize)]
pub struct MetricView<'a> {
    /// `id@version`.
    pub definition: DefinitionKey,
    /// A number, an object, or `null` where there is no value.
    pub value: Option<&'a MetricValue>,
    /// What the value counts.
    pub unit: Unit,
    /// How many things went into it.
    pub n: u64,
    /// What was left out, by reason.
    pub excluded: &'a Excluded,
    /// How many numbers became one.
    pub statistic: Statistic,
}
