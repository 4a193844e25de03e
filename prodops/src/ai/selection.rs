//! Which commits are worth asking about, and what becomes of the answer beside the label that is there already.

use prodops_core::fact::{ActivityLabel, LabelSource, Probability};

/// The commits that the offline model is less sure of than `threshold`, by their places. What the author declared or a rule
/// decided is not asked about.
#[must_use]
pub fn unsure(local: &[ActivityLabel], threshold: Probability) -> Vec<usize> {
    let numbered = local.iter().enumerate();
    numbered.filter(|(_, label)| is_unsure(label, threshold)).map(|(place, _)| place).collect()
}

/// Whether the offline model decided this, and is less sure than `threshold`.
pub(crate) fn is_unsure(label: &ActivityLabel, threshold: Probability) -> bool {
    label.source == LabelSource::Model && label.probability < threshold
}

/// A label of a provider beside the local one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merged {
    /// The provider's, with the local one as runner-up where they differ, and what the author declared.
    pub label: ActivityLabel,
    /// Whether it differs from the local one.
    pub differs: bool,
    /// Whether it differs from what the author declared.
    pub contradicts_declared: bool,
}

/// Puts a provider's label in place of the local one, without losing what that said.
#[must_use]
pub fn merge(local: &ActivityLabel, asked: &ActivityLabel) -> Merged {
    let differs = local.label != asked.label;
    let second = if differs { Some(local.label) } else { local.second };
    Merged {
        label: ActivityLabel { second, declared: local.declared, ..*asked },
        differs,
        contradicts_declared: local.declared.is_some_and(|declared| declared != asked.label),
    }
}

#[cfg(test)]
mod tests {
    use prodops_core::fact::Activity;

    use super::*;

    fn label(label: Activity, probability: f64, source: LabelSource) -> ActivityLabel {
        let probability = Probability::from_f64(probability);
        ActivityLabel { label, probability, second: None, source, declared: None }
    }

    #[test]
    fn only_what_the_model_is_unsure_of_is_asked_about() {
        let local = [
            label(Activity::Bugfix, 0.4, LabelSource::Model),
            label(Activity::Bugfix, 0.9, LabelSource::Model),
            label(Activity::Docs, 0.1, LabelSource::Rule),
            label(Activity::Docs, 0.1, LabelSource::Declared),
            label(Activity::Chore, 0.6, LabelSource::Model),
        ];
        assert_eq!(unsure(&local, Probability::from_f64(0.6)), [0]);
        assert_eq!(unsure(&local, Probability::from_f64(0.7)), [0, 4]);
        assert!(unsure(&local, Probability::from_f64(0.0)).is_empty());
    }

    #[test]
    fn what_was_known_before_is_not_lost() {
        let local = ActivityLabel {
            declared: Some(Activity::Feature),
            ..label(Activity::Bugfix, 0.4, LabelSource::Model)
        };
        let merged = merge(&local, &label(Activity::Refactor, 0.8, LabelSource::Ai));
        assert_eq!((merged.label.label, merged.label.second), (Activity::Refactor, Some(Activity::Bugfix)));
        assert_eq!(merged.label.declared, Some(Activity::Feature));
        assert!(merged.differs && merged.contradicts_declared);
    }
}
