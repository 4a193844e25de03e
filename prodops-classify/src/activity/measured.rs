//! Probabilities: shares measured on the labelled set (133,765 commits of 108 public repositories, rows `base`), of the
//! commits that a rule decides, whose canonical label is the rule's.

use prodops_core::fact::{Activity, Probability};

/// A kind of work, how often it was right, and what came next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Measured {
    pub(super) label: Activity,
    pub(super) probability: f64,
    pub(super) second: Option<Activity>,
}

impl Measured {
    /// The probability in steps of a stored label.
    pub(super) fn probability(&self) -> Probability {
        Probability::from_f64(self.probability)
    }
}

/// Of the commits that declare a kind and that no rule over their paths decides.
///
/// The canonical label starts from the declared one and moves away from it by scope (`fix(deps)` is a chore), so this is
/// the share of declarations that their own scope does not contradict.
pub(super) const fn declared(label: Activity) -> Measured {
    let (probability, second) = match label {
        Activity::Feature => (0.9886, Some(Activity::BuildCi)),
        Activity::Bugfix => (0.9767, Some(Activity::BuildCi)),
        Activity::Performance => (0.9957, Some(Activity::Chore)),
        Activity::Refactor => (0.9786, Some(Activity::BuildCi)),
        Activity::Style => (0.9925, Some(Activity::Docs)),
        Activity::Docs => (0.9989, Some(Activity::Chore)),
        Activity::Test => (0.9968, Some(Activity::Chore)),
        Activity::BuildCi => (0.9459, Some(Activity::Chore)),
        Activity::Chore => (0.9774, Some(Activity::BuildCi)),
        Activity::Revert => (1.0, None),
    };
    Measured { label, probability, second }
}

/// Of the commits that a rule over their paths decides.
///
/// The canonical labels are made with the same rules, so these say that the rules are the definition, not that people
/// would agree: authors declare the same kind for 49 % (tests), 72 % (docs), 48 % (build and CI) and 58 % (lock files).
pub(super) const fn by_paths(label: Activity) -> Measured {
    // The runner-up is what authors declare instead most often.
    let (probability, second) = match label {
        Activity::Test => (0.9985, Activity::Chore),
        Activity::Docs => (0.9996, Activity::Chore),
        Activity::BuildCi => (0.9990, Activity::Chore),
        _ => (1.0, Activity::Bugfix),
    };
    Measured { label, probability, second: Some(second) }
}

/// Of the commits that carry nothing but the marker that git and code hosts leave: 1,580 of 1,580 in all rows of the set
/// (the rows `base` hold none).
pub(super) const REVERT: Measured = Measured { label: Activity::Revert, probability: 1.0, second: None };

/// Of the commits that declare another kind before the marker (`chore: Revert "…"`). The labels follow the declared word and
/// cannot tell, so this is the share that says a second time, in its body, which commit it reverts: 54 of 76.
pub(super) const DECLARED_OTHERWISE: Measured =
    Measured { label: Activity::Revert, probability: 0.7105, second: None };
