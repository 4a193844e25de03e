//! What kind of work a commit is, how sure that is, and who said so.

use serde::{Deserialize, Serialize};

/// The kind of work. Mixed commits take the first that fits of feature, bugfix, performance, refactor, style.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    /// New or widened capability.
    Feature,
    /// Wrong behaviour corrected.
    Bugfix,
    /// Same behaviour, less time or memory.
    Performance,
    /// Structure changed, behaviour kept.
    Refactor,
    /// No token changed in meaning.
    Style,
    /// Prose and comments only.
    Docs,
    /// Tests and fixtures only.
    Test,
    /// Build, CI and lint configuration only.
    BuildCi,
    /// Versions, releases, vendoring, licences, housekeeping only.
    Chore,
    /// An earlier commit taken back.
    Revert,
}

impl Activity {
    /// Every kind, in the order in which they are shown.
    pub const ALL: [Self; 10] = [
        Self::Feature,
        Self::Bugfix,
        Self::Performance,
        Self::Refactor,
        Self::Style,
        Self::Docs,
        Self::Test,
        Self::BuildCi,
        Self::Chore,
        Self::Revert,
    ];

    /// The kind with this stable name; `None` where there is none.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Feature => "feature",
            Self::Bugfix => "bugfix",
            Self::Performance => "performance",
            Self::Refactor => "refactor",
            Self::Style => "style",
            Self::Docs => "docs",
            Self::Test => "test",
            Self::BuildCi => "build_ci",
            Self::Chore => "chore",
            Self::Revert => "revert",
        }
    }
}

/// Who decided a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelSource {
    /// The author, by a Conventional Commits prefix.
    Declared,
    /// A rule over the changed paths or a revert marker.
    Rule,
    /// The offline model.
    Model,
    /// An AI provider.
    Ai,
    /// Somebody who may correct labels.
    Person,
}

impl LabelSource {
    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Rule => "rule",
            Self::Model => "model",
            Self::Ai => "ai",
            Self::Person => "person",
        }
    }
}

/// A probability in steps of 1/10,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Probability(u16);

impl Probability {
    /// Certain.
    pub const ONE: Self = Self(10_000);

    /// The nearest step, held between 0 and 1; `NaN` is 0.
    #[must_use]
    pub fn from_f64(value: f64) -> Self {
        // `as` saturates, and takes NaN to 0.
        Self((value.clamp(0.0, 1.0) * 10_000.0).round() as u16)
    }

    /// As a number between 0 and 1.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / 10_000.0
    }
}

/// How likely each kind of work is, in the order of [`Activity::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ActivityShares(pub [Probability; Activity::ALL.len()]);

/// The label of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ActivityLabel {
    /// The kind of work.
    pub label: Activity,
    /// How likely it is right, by the source's own account.
    pub probability: Probability,
    /// The runner-up.
    pub second: Option<Activity>,
    /// Who decided.
    pub source: LabelSource,
    /// What the author declared, also where something else was decided.
    pub declared: Option<Activity>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_stay_between_zero_and_one() {
        assert_eq!(Probability::from_f64(1.7), Probability::ONE);
        assert_eq!(Probability::from_f64(f64::NAN).as_f64(), 0.0);
        assert_eq!(Probability::from_f64(0.12346).as_f64(), 0.1235);
    }

    #[test]
    fn names_are_what_serde_writes() {
        for activity in Activity::ALL {
            assert_eq!(serde_json::to_string(&activity).unwrap(), format!("\"{}\"", activity.as_str()));
            assert_eq!(Activity::named(activity.as_str()), Some(activity));
        }
    }
}
