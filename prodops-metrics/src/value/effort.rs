//! Effort by kind of work.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::ActivityClass;

/// The parts that a person-day is split into.
const PARTS: u64 = 1_000_000;

/// Person-days by class. Every class is there, with 0 where nothing was done.
///
/// In JSON an object from class to `{"person_days", "share"}`; `share` is `null` where there was no day at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffortMix {
    /// Millionths of a person-day.
    parts: BTreeMap<ActivityClass, u64>,
    days: u64,
}

impl Default for EffortMix {
    fn default() -> Self {
        Self { parts: ActivityClass::all().map(|class| (class, 0)).collect(), days: 0 }
    }
}

impl EffortMix {
    /// Takes one day of one person, split over the classes by how often each was touched. The parts of a day add up to
    /// one day exactly: each class gets what its running total is ahead of the one before.
    pub(crate) fn take_day(&mut self, touched: &BTreeMap<ActivityClass, u64>) {
        let all: u64 = touched.values().sum();
        if all == 0 {
            return;
        }
        self.days += 1;
        let (mut seen, mut given) = (0, 0);
        for (class, times) in touched {
            seen += times;
            let until = PARTS.saturating_mul(seen) / all;
            *self.parts.entry(*class).or_default() += until - given;
            given = until;
        }
    }

    /// How many days of people it is about.
    #[must_use]
    pub const fn total_days(&self) -> u64 {
        self.days
    }

    /// Days of people that went into a class.
    #[must_use]
    pub fn person_days(&self, class: ActivityClass) -> f64 {
        self.parts.get(&class).copied().unwrap_or(0) as f64 / PARTS as f64
    }

    /// The share of a class, between 0 and 1; `None` when there was no day.
    #[must_use]
    pub fn share(&self, class: ActivityClass) -> Option<f64> {
        (self.days > 0).then(|| self.person_days(class) / self.days as f64)
    }
}

impl Serialize for EffortMix {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Part {
            person_days: f64,
            share: Option<f64>,
        }
        let part = |class| Part { person_days: self.person_days(class), share: self.share(class) };
        serializer.collect_map(ActivityClass::all().map(|class| (class, part(class))))
    }
}

#[cfg(test)]
mod tests {
    use prodops_core::fact::Activity;

    use super::*;

    #[test]
    fn the_parts_of_days_add_up_to_the_days() {
        let mut mix = EffortMix::default();
        let (feature, docs) = (ActivityClass::Known(Activity::Feature), ActivityClass::Known(Activity::Docs));
        for day in [[(feature, 1), (docs, 2)], [(feature, 5), (docs, 6)]] {
            mix.take_day(&day.into_iter().collect());
        }
        mix.take_day(&BTreeMap::new());
        let total: u64 = mix.parts.values().sum();
        assert_eq!((total, mix.total_days()), (2 * PARTS, 2));
        assert!((mix.person_days(feature) - (1.0 / 3.0 + 5.0 / 11.0)).abs() < 1e-5);
        assert_eq!(mix.share(ActivityClass::Unclassified), Some(0.0));
        assert_eq!(EffortMix::default().share(docs), None);
    }
}
