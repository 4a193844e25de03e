//! What making a model needs: the features of a commit as numbers, and a model from weights.
//!
//! `cargo xtask train` is the only user. Everything here is the function or the number that inference uses.

use super::features::{CommitSummary, Extractor, FeatureSink, Group, Template, feature_hash};
use super::label::Reading;
use super::message::Message;
use super::model::{self, ActivityModel, CLASSES, Figures, ModelHeader, Offsets, Temperature, WeightTable};

/// How many kinds of work there are, in the order of `Activity::ALL`.
pub const KINDS: usize = CLASSES;
/// How many groups of features there are.
pub const GROUPS: usize = Group::COUNT;

/// A feature: its hash and the number of its group.
pub type Feature = (u64, u8);

/// A commit as the trainer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitFeatures {
    /// Every feature, in order.
    pub features: Vec<Feature>,
    /// One bit for every sort of file that is there.
    pub roles: u32,
    /// Whether a rule or the author decides, so that the model is not asked.
    pub decided: bool,
}

/// Reads one commit after another.
#[derive(Default)]
pub struct FeatureReader(Extractor);

impl FeatureReader {
    /// The features of a commit.
    pub fn read(&mut self, commit: &CommitSummary<'_>) -> CommitFeatures {
        let mut all = All(Vec::with_capacity(256));
        let reading = Reading::of(&Message { subject: commit.subject, body: commit.body });
        let files = self.0.extract(&CommitSummary { subject: reading.subject, ..*commit }, &mut all);
        CommitFeatures {
            features: all.0,
            roles: files.signature(),
            decided: reading.decide(&files.roles).is_some(),
        }
    }
}

impl std::fmt::Debug for FeatureReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FeatureReader").finish_non_exhaustive()
    }
}

struct All(Vec<Feature>);

impl FeatureSink for All {
    fn put(&mut self, template: Template, hash: u64, _: impl FnOnce() -> String) {
        self.0.push((feature_hash(template, hash), template.group() as u8));
    }
}

/// How loud each feature of a group speaks when there are this many.
#[must_use]
pub fn voice(count: u32) -> f32 {
    model::voice(count)
}

/// Probabilities that are in proportion to the exponentials of the scores.
#[must_use]
pub fn softmax(scores: &[f32; KINDS]) -> [f32; KINDS] {
    model::softmax(scores)
}

/// Decides which features a table of a given size has room for.
#[derive(Debug)]
pub struct Dictionary {
    table: WeightTable,
    taken: std::collections::HashSet<(usize, u16)>,
}

impl Dictionary {
    /// Room for four features in each of 2^`bits` sets.
    #[must_use]
    pub fn new(bits: u32) -> Self {
        Self { table: WeightTable::empty(bits), taken: std::collections::HashSet::new() }
    }

    /// Takes a feature in: `false` when its set is full, or when it looks like another one. Offer the best ones first.
    pub fn offer(&mut self, hash: u64) -> bool {
        self.taken.insert(self.table.place(hash)) && self.table.insert(hash, [0; KINDS])
    }
}

/// What a model is made of.
#[derive(Debug)]
pub struct Parts {
    /// Counts the models that were shipped.
    pub version: u32,
    /// SHA-256 of the training data.
    pub data: [u8; 32],
    /// Figures against the canonical labels.
    pub canonical: Figures,
    /// Figures against the declared labels.
    pub declared: Figures,
    /// What scores are divided by.
    pub temperature: Temperature,
    /// What each kind scores before any feature is seen, with files and by the message alone.
    pub offsets: [[f32; KINDS]; 2],
    /// The sets of the table are 2^`bits`.
    pub bits: u32,
    /// Every feature with its weights.
    pub weights: Vec<(Feature, [f32; KINDS])>,
}

impl Parts {
    /// A model with weights of eight bits: in each group the largest one is 127.
    #[must_use]
    pub fn quantised(&self) -> ActivityModel {
        let mut scales = [0.0f32; GROUPS];
        for ((_, group), weights) in &self.weights {
            if let Some(scale) = scales.get_mut(usize::from(*group)) {
                *scale = weights.iter().fold(*scale, |most, weight| most.max(weight.abs() / 127.0));
            }
        }
        let scales = scales.map(|scale| if scale > 0.0 { scale } else { 1.0 });
        let mut table = WeightTable::empty(self.bits);
        for ((hash, group), weights) in &self.weights {
            let scale = scales.get(usize::from(*group)).copied().unwrap_or(1.0);
            // `as` saturates.
            table.insert(*hash, weights.map(|weight| (weight / scale).round() as i8));
        }
        let header = ModelHeader {
            version: self.version,
            data: self.data,
            canonical: self.canonical,
            declared: self.declared,
            temperature: self.temperature,
            ..ModelHeader::default()
        };
        let [with_files, message_only] = self.offsets;
        ActivityModel { header, offsets: Offsets { with_files, message_only }, scales, table }
    }
}
