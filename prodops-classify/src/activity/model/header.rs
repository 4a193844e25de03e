//! What a model says about itself.

use super::format::{ModelError, Reader};
use crate::activity::features::function_hash;

/// The header of a model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ModelHeader {
    /// Counts the models that were shipped.
    pub version: u32,
    /// Which feature function it was trained with.
    pub features: u64,
    /// SHA-256 of the training data.
    pub data: [u8; 32],
    /// Figures against the canonical labels, from folds whose models did not see the repositories that they judged.
    pub canonical: Figures,
    /// The same against the labels as authors declared them.
    pub declared: Figures,
    /// What scores are divided by, so that a probability is a share of answers that are right.
    pub temperature: Temperature,
}

impl Default for ModelHeader {
    fn default() -> Self {
        Self {
            version: 0,
            features: function_hash(),
            data: [0; 32],
            canonical: Figures::default(),
            declared: Figures::default(),
            temperature: Temperature::default(),
        }
    }
}

/// What scores are divided by: a model that sees less must be less certain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Temperature {
    /// Where the changed files are known.
    pub with_files: f32,
    /// Where only the message is.
    pub message_only: f32,
}

impl Default for Temperature {
    fn default() -> Self {
        Self { with_files: 1.0, message_only: 1.0 }
    }
}

/// How good a model is, in 1/10,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Labels that are right.
    pub accuracy: u16,
    /// The mean over the classes of their F1 scores.
    pub macro_f1: u16,
    /// Labels that are right among the half of which the model is most certain.
    pub accuracy_at_half: u16,
    /// The mean distance between how certain the model is and how often it is right: expected calibration error.
    pub calibration_error: u16,
}

impl Figures {
    pub(super) fn read(from: &mut Reader<'_>) -> Result<Self, ModelError> {
        Ok(Self {
            accuracy: from.u16()?,
            macro_f1: from.u16()?,
            accuracy_at_half: from.u16()?,
            calibration_error: from.u16()?,
        })
    }

    #[cfg(any(feature = "training", test))]
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let numbers = [self.accuracy, self.macro_f1, self.accuracy_at_half, self.calibration_error];
        numbers.iter().for_each(|number| out.extend_from_slice(&number.to_le_bytes()));
    }
}
