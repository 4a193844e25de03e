//! Why the model says what it says.

use prodops_core::fact::{Activity, ActivityLabel};

use super::distribution::ActivityDistribution;
use super::features::{FeatureSink, Group, Template, feature_hash};
use super::model::{ActivityModel, CLASSES, Scorer};

/// A label with its reasons.
///
/// # Security
/// It holds words of the message and names of files: show it to people who may see those, and store it nowhere.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The label, whoever decided it.
    pub label: ActivityLabel,
    /// What the model thinks, also where something else decided.
    pub distribution: ActivityDistribution,
    /// What weighed most for the model, most first.
    pub features: Vec<WeighedFeature>,
}

/// One thing that the model saw in a commit.
#[derive(Debug, Clone, PartialEq)]
pub struct WeighedFeature {
    /// What it is, for people: `word 1 “fix”`.
    pub name: String,
    /// The kind it speaks for: the model's first or second choice.
    pub toward: Activity,
    /// By how much it moves the one ahead of the other, in natural logarithms of the odds: 0.7 doubles them.
    pub weight: f32,
}

/// Scores a commit and remembers what it saw.
pub(super) struct Weigher<'m> {
    scorer: Scorer<'m>,
    model: &'m ActivityModel,
    seen: Vec<(Group, [i8; CLASSES], String)>,
}

impl<'m> Weigher<'m> {
    pub(super) fn new(model: &'m ActivityModel) -> Self {
        Self { scorer: Scorer::new(model), model, seen: Vec::new() }
    }

    pub(super) const fn scorer(&self) -> &Scorer<'m> {
        &self.scorer
    }

    /// The features that move the first kind ahead of the second, or back, most.
    pub(super) fn weighed(&self, [first, second]: [Activity; 2], most: usize) -> Vec<WeighedFeature> {
        let weighed = self.seen.iter().map(|(group, weights, name)| {
            let of = |activity: Activity| weights.get(activity as usize).copied().unwrap_or_default();
            let ahead = self.scorer.share(*group, of(first)) - self.scorer.share(*group, of(second));
            let toward = if ahead < 0.0 { second } else { first };
            WeighedFeature { name: name.clone(), toward, weight: ahead.abs() }
        });
        let mut weighed: Vec<WeighedFeature> = weighed.filter(|feature| feature.weight > 0.0).collect();
        weighed.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.name.cmp(&b.name)));
        weighed.dedup();
        weighed.truncate(most);
        weighed
    }
}

impl FeatureSink for Weigher<'_> {
    fn put(&mut self, template: Template, hash: u64, name: impl FnOnce() -> String) {
        if let Some(weights) = self.model.table.get(feature_hash(template, hash)) {
            self.seen.push((template.group(), weights.to_array(), name()));
        }
        self.scorer.put(template, hash, String::new);
    }
}
