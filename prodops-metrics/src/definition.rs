//! What a metric is: its identity is its id and version, and the version changes with any of the rest.

use std::fmt;

use prodops_core::fact::Entity;
use serde::{Serialize, Serializer};

use crate::coverage::Reads;
use crate::exclusion::Excluded;
use crate::history::Sample;
use crate::ownership::LineSample;
use crate::statistic::Statistic;
use crate::value::MetricValue;

/// What a value counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(into = "&'static str")]
pub enum Unit {
    /// Commits.
    Commits,
    /// People.
    People,
    /// Lines.
    Lines,
    /// A share between 0 and 1.
    Share,
    /// Whole seconds.
    Seconds,
    /// Days in a week.
    DaysPerWeek,
    /// Events per day.
    PerDay,
    /// Items.
    Items,
    /// Points of complexity.
    Points,
}

impl Unit {
    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Commits => "commits",
            Self::People => "people",
            Self::Lines => "lines",
            Self::Share => "share",
            Self::Seconds => "seconds",
            Self::DaysPerWeek => "days_per_week",
            Self::PerDay => "per_day",
            Self::Items => "items",
            Self::Points => "points",
        }
    }
}

impl From<Unit> for &'static str {
    fn from(unit: Unit) -> Self {
        unit.as_str()
    }
}

/// What a metric is about; pages group by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    /// What is worked on, and how much.
    Activity,
    /// How changes reach their users.
    Delivery,
    /// How long work waits and takes.
    Flow,
    /// How much is done over.
    Quality,
    /// On how many shoulders it rests.
    Knowledge,
    /// Whether the pace can be kept.
    Sustainability,
}

/// What is said where there is nothing to measure. In all of them, nothing is said of a window that was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NullPolicy {
    /// 0 where the window was completely read; unknown where it was partly read and nothing was found.
    ZeroWhenRead,
    /// No value without anything to measure; a share of 0 only where the window was completely read.
    NothingWithoutEvents,
    /// Unknown unless the window was completely read: days without events are part of the value.
    CompleteOnly,
    /// Unknown until somebody connects a source of such records.
    UnknownUntilConnected,
}

impl NullPolicy {
    /// The policy for people.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::ZeroWhenRead => "0 only where the window was completely read, else unknown",
            Self::NothingWithoutEvents => {
                "no value without anything to measure; a share of 0 only where the window was completely read"
            }
            Self::CompleteOnly => "unknown unless the window was completely read",
            Self::UnknownUntilConnected => "unknown until a source of such records is connected, never 0",
        }
    }
}

/// What was measured, before anybody asks whether it may be said.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) value: Option<MetricValue>,
    pub(crate) n: u64,
    pub(crate) excluded: Excluded,
}

/// How a definition gets its value.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source {
    /// From the commits of the window.
    Commits(Reads, fn(&Sample<'_>) -> Measured),
    /// From the lines that are left at the head.
    Lines(fn(&LineSample) -> Measured),
    /// From the commits of the window and the lines that are left of them.
    Survival(fn(&Sample<'_>, &LineSample) -> Measured),
    /// From the files at the head, which are asked about by themselves.
    Files,
    /// From records that nothing in this version brings.
    Elsewhere,
}

/// A metric, for machines and people.
#[derive(Debug)]
pub struct Definition {
    /// The stable id, such as `commits`.
    pub id: &'static str,
    /// The version; it changes when formula, statistic, filters or null policy change.
    pub version: &'static str,
    /// The name on a page.
    pub name: &'static str,
    /// The question that the value answers.
    pub question: &'static str,
    /// How it is computed, in words.
    pub formula: &'static str,
    /// What it does not say, and where it misleads.
    pub care: &'static str,
    /// What it is about.
    pub area: Area,
    /// What the value counts.
    pub unit: Unit,
    /// How many numbers become one.
    pub statistic: Statistic,
    /// What is said where there is nothing to measure.
    pub null_policy: NullPolicy,
    /// The records that it is computed from.
    pub needs: &'static [Entity],
    /// Whether a team sees it only about five people or more.
    pub k_limited: bool,
    pub(crate) source: Source,
}

impl Definition {
    /// Its identity: `id@version`.
    #[must_use]
    pub fn key(&self) -> DefinitionKey {
        DefinitionKey { id: self.id, version: self.version }
    }
}

impl Serialize for Definition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Form<'a> {
            definition: DefinitionKey,
            name: &'a str,
            question: &'a str,
            formula: &'a str,
            care: &'a str,
            area: Area,
            unit: Unit,
            statistic: Statistic,
            null_policy: NullPolicy,
            needs: &'a [Entity],
            k_limited: bool,
        }
        let form = Form {
            definition: self.key(),
            name: self.name,
            question: self.question,
            formula: self.formula,
            care: self.care,
            area: self.area,
            unit: self.unit,
            statistic: self.statistic,
            null_policy: self.null_policy,
            needs: self.needs,
            k_limited: self.k_limited,
        };
        form.serialize(serializer)
    }
}

/// The identity of a definition, as text `id@version`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DefinitionKey {
    /// The id.
    pub id: &'static str,
    /// The version.
    pub version: &'static str,
}

impl fmt::Display for DefinitionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.id, self.version)
    }
}

impl Serialize for DefinitionKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Declares a definition whose documentation and registry entry are the same words.
macro_rules! definition {
    (
        $constant:ident = $id:literal @ $version:literal, $name:literal,
        question: $question:literal,
        formula: $formula:literal,
        care: $care:literal,
        $area:ident, $unit:ident, $statistic:ident, $null:ident, needs: [$($need:ident),+], k_limited: $k:literal,
        $source:expr
    ) => {
        #[doc = concat!("`", $id, "@", $version, "`: ", $question, "\n\n**Formula:** ", $formula, "\n\n**Care:** ", $care)]
        pub static $constant: $crate::definition::Definition = $crate::definition::Definition {
            id: $id,
            version: $version,
            name: $name,
            question: $question,
            formula: $formula,
            care: $care,
            area: $crate::definition::Area::$area,
            unit: $crate::definition::Unit::$unit,
            statistic: $crate::statistic::Statistic::$statistic,
            null_policy: $crate::definition::NullPolicy::$null,
            needs: &[$(prodops_core::fact::Entity::$need),+],
            k_limited: $k,
            source: $source,
        };
    };
}
pub(crate) use definition;
