//! What a repository's own declared labels tell about its other commits.

use prodops_core::fact::Activity;

use super::distribution::ActivityDistribution;
use super::model::CLASSES;

/// How a repository differs from those that the model was trained on, learned from commits that declare their kind.
///
/// Projects draw the lines differently: what one calls a chore is a fix to another. Give it commits whose kind was
/// declared (or corrected by somebody) with what the model makes of them without the declaration
/// ([`ActivityClassifier::distribution`](super::ActivityClassifier::distribution)); from [`Self::FEWEST`] on it moves the
/// probabilities of the others by the ratio of what was declared to what was expected.
///
/// ```
/// use prodops_classify::{ActivityClassifier, ActivityModel, CommitSummary, RepositoryPrior};
/// use prodops_core::fact::Activity;
///
/// let mut classifier = ActivityClassifier::new(ActivityModel::shipped());
/// let mut prior = RepositoryPrior::default();
/// let earlier = CommitSummary { subject: b"style: tidy the form", ..CommitSummary::default() };
/// for _ in 0..RepositoryPrior::FEWEST {
///     prior.observe(&classifier.distribution(&earlier), Activity::Style);
/// }
/// let commit = CommitSummary { subject: b"Tidy the list", ..CommitSummary::default() };
/// let without = classifier.distribution(&commit);
/// assert!(prior.adjust(&without).probability(Activity::Style) > without.probability(Activity::Style));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct RepositoryPrior {
    labels: u32,
    declared: [f64; CLASSES],
    expected: [f64; CLASSES],
}

/// Labels of each kind that are imagined on both sides, so that few real ones move little.
const IMAGINED: f64 = 3.0;

impl RepositoryPrior {
    /// Labels below which nothing is adjusted.
    pub const FEWEST: u32 = 25;

    /// Learns from a commit: what the model makes of it, and what it is.
    pub fn observe(&mut self, model: &ActivityDistribution, label: Activity) {
        self.labels = self.labels.saturating_add(1);
        if let Some(declared) = self.declared.get_mut(label as usize) {
            *declared += 1.0;
        }
        self.expected.iter_mut().zip(model.as_array()).for_each(|(sum, share)| *sum += f64::from(*share));
    }

    /// Takes back what was learned from a commit whose label has changed.
    pub fn forget(&mut self, model: &ActivityDistribution, label: Activity) {
        self.labels = self.labels.saturating_sub(1);
        if let Some(declared) = self.declared.get_mut(label as usize) {
            *declared = (*declared - 1.0).max(0.0);
        }
        let sums = self.expected.iter_mut().zip(model.as_array());
        sums.for_each(|(sum, share)| *sum = (*sum - f64::from(*share)).max(0.0));
    }

    /// How many labels it has learned from.
    #[must_use]
    pub const fn labels(&self) -> u32 {
        self.labels
    }

    /// What the model says, moved towards the habits of the repository.
    #[must_use]
    pub fn adjust(&self, model: &ActivityDistribution) -> ActivityDistribution {
        if self.labels < Self::FEWEST {
            return *model;
        }
        let ratio = |(declared, expected): (&f64, &f64)| (declared + IMAGINED) / (expected + IMAGINED);
        let mut ratios = self.declared.iter().zip(&self.expected).map(ratio);
        let moved = model.as_array().map(|share| f64::from(share) * ratios.next().unwrap_or(1.0));
        let sum: f64 = moved.iter().sum();
        ActivityDistribution::new(moved.map(|share| (share / sum) as f32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn even() -> ActivityDistribution {
        ActivityDistribution::new([0.1; CLASSES])
    }

    #[test]
    fn few_labels_move_nothing_and_many_move_towards_them() {
        let mut prior = RepositoryPrior::default();
        for _ in 1..RepositoryPrior::FEWEST {
            prior.observe(&even(), Activity::Chore);
        }
        assert_eq!(prior.adjust(&even()), even());
        prior.observe(&even(), Activity::Chore);
        let few = prior.adjust(&even()).probability(Activity::Chore);
        (0..1000).for_each(|_| prior.observe(&even(), Activity::Chore));
        let many = prior.adjust(&even()).probability(Activity::Chore);
        assert!(few.as_f64() > 0.3 && many > few, "{few:?} {many:?}");
        assert!((prior.adjust(&even()).as_array().iter().sum::<f32>() - 1.0).abs() < 1e-5);
    }

    #[test]
    fn what_was_learned_can_be_taken_back() {
        let mut prior = RepositoryPrior::default();
        (0..50).for_each(|_| prior.observe(&even(), Activity::Docs));
        (0..50).for_each(|_| prior.forget(&even(), Activity::Docs));
        assert_eq!((prior.labels(), prior.adjust(&even())), (0, even()));
    }
}
