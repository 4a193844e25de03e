//! Lines by what the work on them was.

use std::collections::BTreeMap;

use prodops_core::fact::LineTurnover;
use serde::{Serialize, Serializer};

/// What the work on a line was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LineWork {
    /// It is new, and stands for none that was taken away.
    New,
    /// It took away one older than 21 days.
    Refactor,
    /// It took away one that its own author wrote in the 21 days before.
    ReworkOwn,
    /// It took away one that somebody else wrote in the 21 days before: help, or being in each other's way.
    ReworkOthers,
}

impl LineWork {
    /// Every kind, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::New, Self::Refactor, Self::ReworkOwn, Self::ReworkOthers];

    /// The kind with this stable name; `None` where there is none.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Refactor => "refactor",
            Self::ReworkOwn => "rework_own",
            Self::ReworkOthers => "rework_others",
        }
    }

    /// The lines of this kind.
    #[must_use]
    pub const fn of(self, turnover: &LineTurnover) -> u64 {
        let lines = match self {
            Self::New => turnover.fresh,
            Self::Refactor => turnover.refactored,
            Self::ReworkOwn => turnover.rework_own,
            Self::ReworkOthers => turnover.rework_others,
        };
        lines as u64
    }
}

impl Serialize for LineWork {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Lines by kind of work. Every kind is there, with 0 where there were none.
///
/// In JSON an object from kind to `{"lines", "share"}`; `share` is `null` where there was no line at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkBreakdown(BTreeMap<LineWork, u64>);

impl Default for WorkBreakdown {
    fn default() -> Self {
        Self(LineWork::ALL.into_iter().map(|kind| (kind, 0)).collect())
    }
}

impl WorkBreakdown {
    pub(crate) fn take(&mut self, turnover: &LineTurnover) {
        for (kind, lines) in &mut self.0 {
            *lines += kind.of(turnover);
        }
    }

    /// Lines of this kind.
    #[must_use]
    pub fn lines(&self, kind: LineWork) -> u64 {
        self.0.get(&kind).copied().unwrap_or(0)
    }

    /// All lines.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// The share of a kind, between 0 and 1; `None` when there was no line.
    #[must_use]
    pub fn share(&self, kind: LineWork) -> Option<f64> {
        let total = self.total();
        (total > 0).then(|| self.lines(kind) as f64 / total as f64)
    }
}

impl Serialize for WorkBreakdown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Part {
            lines: u64,
            share: Option<f64>,
        }
        let part = |kind| Part { lines: self.lines(kind), share: self.share(kind) };
        serializer.collect_map(LineWork::ALL.map(|kind| (kind, part(kind))))
    }
}
