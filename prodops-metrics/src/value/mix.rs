//! Commits by kind of work.

use std::collections::BTreeMap;

use prodops_core::fact::{Activity, ActivityLabel};
use serde::{Serialize, Serializer};

use crate::statistic::Share;

/// A label that is less probable than this is no label.
const LEAST_PROBABILITY: f64 = 0.5;

/// A kind of work, or none that is sure enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActivityClass {
    /// A label with a probability of at least 0.5.
    Known(Activity),
    /// No label, or one less probable than that.
    Unclassified,
}

impl ActivityClass {
    /// Every class, in the order in which they are shown.
    pub fn all() -> impl Iterator<Item = Self> {
        Activity::ALL.into_iter().map(Self::Known).chain([Self::Unclassified])
    }

    /// The class with this stable name; `None` where there is none.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|class| class.as_str() == name)
    }

    /// The class of a commit with this label.
    #[must_use]
    pub fn of(label: Option<&ActivityLabel>) -> Self {
        match label {
            Some(label) if label.probability.as_f64() >= LEAST_PROBABILITY => Self::Known(label.label),
            _ => Self::Unclassified,
        }
    }

    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Known(activity) => activity.as_str(),
            Self::Unclassified => "unclassified",
        }
    }
}

impl Serialize for ActivityClass {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// How many commits were of which class. Every class is there, with 0 where there were none.
///
/// In JSON an object from class to [`Share`]; `null` for every class when there were no commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityMix(BTreeMap<ActivityClass, u64>);

impl Default for ActivityMix {
    fn default() -> Self {
        Self(ActivityClass::all().map(|class| (class, 0)).collect())
    }
}

impl ActivityMix {
    pub(crate) fn take(&mut self, class: ActivityClass) {
        *self.0.entry(class).or_default() += 1;
    }

    /// Commits of this class.
    #[must_use]
    pub fn count(&self, class: ActivityClass) -> u64 {
        self.0.get(&class).copied().unwrap_or(0)
    }

    /// All commits.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// The share of a class; `None` when there were no commits.
    #[must_use]
    pub fn share(&self, class: ActivityClass) -> Option<Share> {
        Share::new(self.count(class), self.total())
    }
}

impl Serialize for ActivityMix {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(ActivityClass::all().map(|class| (class, self.share(class))))
    }
}
