//! How likely each kind of work is.

use prodops_core::fact::{Activity, ActivityShares, Probability};

use super::model::CLASSES;

/// A probability for every kind of work; together they are 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ActivityDistribution([f32; CLASSES]);

impl ActivityDistribution {
    /// Probabilities in the order of [`Activity::ALL`].
    pub(crate) const fn new(probabilities: [f32; CLASSES]) -> Self {
        Self(probabilities)
    }

    /// In the order of [`Activity::ALL`].
    #[must_use]
    pub const fn as_array(&self) -> &[f32; CLASSES] {
        &self.0
    }

    /// In the steps in which it may be kept.
    #[must_use]
    pub fn shares(&self) -> ActivityShares {
        ActivityShares(self.0.map(|share| Probability::from_f64(share.into())))
    }

    /// How likely a kind is.
    #[must_use]
    pub fn probability(&self, activity: Activity) -> Probability {
        Probability::from_f64(self.0.get(activity as usize).copied().unwrap_or_default().into())
    }

    /// The most likely kind and the next one.
    #[must_use]
    pub fn best_two(&self) -> [Activity; 2] {
        let [mut best, mut second] = [(f32::MIN, Activity::Feature); 2];
        for (probability, activity) in self.0.iter().zip(Activity::ALL) {
            if *probability > best.0 {
                (best, second) = ((*probability, activity), best);
            } else if *probability > second.0 {
                second = (*probability, activity);
            }
        }
        [best.1, second.1]
    }
}

/// As near as the steps in which it was kept.
impl From<ActivityShares> for ActivityDistribution {
    fn from(ActivityShares(shares): ActivityShares) -> Self {
        Self(shares.map(|share| share.as_f64() as f32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_numbered_in_the_order_in_which_they_are_listed() {
        for (place, activity) in Activity::ALL.into_iter().enumerate() {
            assert_eq!(activity as usize, place);
        }
    }

    #[test]
    fn the_best_two_are_found_wherever_they_stand() {
        let mut probabilities = [0.01; CLASSES];
        (probabilities[7], probabilities[2]) = (0.6, 0.3);
        let distribution = ActivityDistribution::new(probabilities);
        assert_eq!(distribution.best_two(), [Activity::BuildCi, Activity::Performance]);
        probabilities[0] = 0.5;
        assert_eq!(
            ActivityDistribution::new(probabilities).best_two(),
            [Activity::BuildCi, Activity::Feature]
        );
        assert_eq!(distribution.probability(Activity::BuildCi).as_f64(), 0.6);
    }
}
