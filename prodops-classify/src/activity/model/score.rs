//! Features in, scores out: integers are added up, and scaled once at the end.

use super::{ActivityModel, CLASSES};
use crate::activity::features::{FeatureSink, Group, Template, feature_hash};

/// Adds up the weights of one commit.
pub(crate) struct Scorer<'m> {
    model: &'m ActivityModel,
    /// By group: how many features the model knows, and the sums of their weights.
    groups: [(u32, [i32; CLASSES]); Group::COUNT],
}

impl<'m> Scorer<'m> {
    pub(crate) fn new(model: &'m ActivityModel) -> Self {
        Self { model, groups: [(0, [0; CLASSES]); Group::COUNT] }
    }

    /// The scores of the classes, calibrated: their softmax are probabilities.
    pub(crate) fn scores(&self) -> [f32; CLASSES] {
        let mut scores = self.model.offsets;
        for ((count, sums), scale) in self.groups.iter().zip(&self.model.scales) {
            let scale = scale * voice(*count);
            scores.iter_mut().zip(sums).for_each(|(score, sum)| *score += *sum as f32 * scale);
        }
        scores.map(|score| score / self.model.header.temperature)
    }

    /// By how much one feature of this weight moves a score, after the whole commit was read.
    pub(crate) fn share(&self, group: Group, weight: i8) -> f32 {
        let place = group as usize;
        let count = self.groups.get(place).map_or(0, |(count, _)| *count);
        let scale = self.model.scales.get(place).copied().unwrap_or_default();
        f32::from(weight) * scale * voice(count) / self.model.header.temperature
    }
}

/// How loud each feature of a group speaks when there are this many.
pub(crate) fn voice(count: u32) -> f32 {
    if count == 0 { 0.0 } else { 1.0 / (count as f32).sqrt() }
}

impl FeatureSink for Scorer<'_> {
    #[inline]
    fn put(&mut self, template: Template, hash: u64, _: impl FnOnce() -> String) {
        let Some(weights) = self.model.table.get(feature_hash(template, hash)) else { return };
        let Some((count, sums)) = self.groups.get_mut(template.group() as usize) else { return };
        *count += 1;
        sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += i32::from(*weight));
    }
}
