//! Features in, scores out: integers are added up, and scaled once at the end.

use super::table::Sums;
use super::{ActivityModel, CLASSES};
use crate::activity::features::{FeatureSink, Group, Template, feature_hash};

/// Adds up the weights of one commit.
pub(crate) struct Scorer<'m> {
    model: &'m ActivityModel,
    /// Of the features that the model knows, by group.
    groups: [Sums; Group::COUNT],
    without_files: bool,
}

impl<'m> Scorer<'m> {
    pub(crate) fn new(model: &'m ActivityModel) -> Self {
        Self { model, groups: [Sums::default(); Group::COUNT], without_files: false }
    }

    /// The scores of the classes, calibrated: their softmax are probabilities.
    pub(crate) fn scores(&self) -> [f32; CLASSES] {
        let offsets = &self.model.offsets;
        let mut scores = if self.without_files { offsets.message_only } else { offsets.with_files };
        for (sums, scale) in self.groups.iter().zip(&self.model.scales).filter(|(sums, _)| sums.count() > 0) {
            let scale = scale * voice(sums.count());
            scores.iter_mut().zip(sums.to_array()).for_each(|(score, sum)| *score += sum as f32 * scale);
        }
        scores.map(|score| score / self.temperature())
    }

    const fn temperature(&self) -> f32 {
        let temperature = &self.model.header.temperature;
        if self.without_files { temperature.message_only } else { temperature.with_files }
    }

    /// By how much one feature of this weight moves a score, after the whole commit was read.
    pub(crate) fn share(&self, group: Group, weight: i8) -> f32 {
        let place = group as usize;
        let count = self.groups.get(place).map_or(0, Sums::count);
        let scale = self.model.scales.get(place).copied().unwrap_or_default();
        f32::from(weight) * scale * voice(count) / self.temperature()
    }
}

/// How loud each feature of a group speaks when there are this many.
pub(crate) fn voice(count: u32) -> f32 {
    if count == 0 { 0.0 } else { 1.0 / (count as f32).sqrt() }
}

impl FeatureSink for Scorer<'_> {
    #[inline]
    fn put(&mut self, template: Template, hash: u64, _: impl FnOnce() -> String) {
        if matches!(template, Template::NoFiles) {
            self.without_files = true;
        }
        let Some(weights) = self.model.table.get(feature_hash(template, hash)) else { return };
        if let Some(sums) = self.groups.get_mut(template.group() as usize) {
            sums.add(weights);
        }
    }
}
