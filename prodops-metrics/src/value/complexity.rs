//! Points of complexity that came and went, by kind of work.

use std::collections::BTreeMap;

use prodops_core::fact::ComplexityDelta;
use serde::{Serialize, Serializer};

use super::ActivityClass;

/// Points that came and went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Points {
    /// Added by the files that became more complex.
    pub raised: u64,
    /// Taken away by those that became less so.
    pub lowered: u64,
}

impl Points {
    /// Both together; negative where more went than came.
    #[must_use]
    pub const fn change(&self) -> i64 {
        self.raised.cast_signed().saturating_sub(self.lowered.cast_signed())
    }

    fn plus(self, other: Self) -> Self {
        Self { raised: self.raised + other.raised, lowered: self.lowered + other.lowered }
    }
}

/// Points by kind of work. Every kind is there, with 0 where nothing changed.
///
/// In JSON `{"change", "raised", "lowered", "kinds"}`; `kinds` is an object from kind to `{"raised", "lowered"}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComplexityChange(BTreeMap<ActivityClass, Points>);

impl Default for ComplexityChange {
    fn default() -> Self {
        Self(ActivityClass::all().map(|class| (class, Points::default())).collect())
    }
}

impl ComplexityChange {
    pub(crate) fn take(&mut self, class: ActivityClass, delta: &ComplexityDelta) {
        let (before, after) = (u64::from(delta.before), u64::from(delta.after));
        let points = Points { raised: after.saturating_sub(before), lowered: before.saturating_sub(after) };
        let sum = self.0.entry(class).or_default();
        *sum = sum.plus(points);
    }

    /// Points of commits of this kind.
    #[must_use]
    pub fn of(&self, class: ActivityClass) -> Points {
        self.0.get(&class).copied().unwrap_or_default()
    }

    /// All points.
    #[must_use]
    pub fn total(&self) -> Points {
        self.0.values().copied().fold(Points::default(), Points::plus)
    }
}

impl Serialize for ComplexityChange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Form<'a> {
            change: i64,
            raised: u64,
            lowered: u64,
            kinds: &'a BTreeMap<ActivityClass, Points>,
        }
        let Points { raised, lowered } = self.total();
        Form { change: self.total().change(), raised, lowered, kinds: &self.0 }.serialize(serializer)
    }
}
