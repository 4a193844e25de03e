//! A model as bytes.
//!
//! Little endian: magic (8), format (2), classes (2), version (4), feature function (8), digest of the training data (32),
//! eight figures in 1/10,000 (16), temperatures with files and without (4 each), an offset per class with
//! files and without (4 each), a scale per group (4 each), number of
//! sets (4), the sets (48 each: four tags of 2, four times a weight of 1 per class), SHA-256 of all that (32).

use sha2::{Digest, Sha256};

use super::header::{Figures, ModelHeader, Temperature};
use super::offsets::Offsets;
use super::table::{SET_BYTES, WeightTable};
use super::{ActivityModel, CLASSES};
use crate::activity::features::{Group, function_hash};

const MAGIC: &[u8; 8] = b"PDACTIV\0";
const FORMAT: u16 = 2;
const DIGEST: usize = 32;

/// Why bytes are no model that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The bytes are something else.
    #[error("this is no activity model: a model file starts with `PDACTIV`")]
    NotAModel,
    /// The bytes end before the model does, or go on after it.
    #[error("the model has {found} bytes, expected {expected}: copy it again")]
    Length {
        /// Bytes that are there.
        found: usize,
        /// Bytes that its header announces.
        expected: usize,
    },
    /// Written by another release.
    #[error("the model has format {found}, expected {expected}: train it again with this release")]
    Format {
        /// What the file says.
        found: u16,
        /// What this release reads.
        expected: u16,
    },
    /// Trained with another feature function.
    #[error(
        "the model was trained with feature function {found:016x}, expected {expected:016x}: train it again with \
         this release"
    )]
    Features {
        /// What the file says.
        found: u64,
        /// What this release computes.
        expected: u64,
    },
    /// A byte is not what it was.
    #[error("the model's checksum is {found}, expected {expected}: the file is damaged, copy it again")]
    Checksum {
        /// Of the bytes that are there, the first 16 digits.
        found: String,
        /// What the file says, the first 16 digits.
        expected: String,
    },
    /// Numbers that no training writes.
    #[error("the model's {0} cannot be used: train it again")]
    Content(&'static str),
}

/// Reads a model.
pub(super) fn read(bytes: &[u8]) -> Result<ActivityModel, ModelError> {
    let mut from = Reader(bytes);
    if from.take()? != *MAGIC {
        return Err(ModelError::NotAModel);
    }
    let (format, classes) = (from.u16()?, from.u16()?);
    if format != FORMAT || usize::from(classes) != CLASSES {
        return Err(ModelError::Format { found: format, expected: FORMAT });
    }
    let (version, features) = (from.u32()?, u64::from_le_bytes(from.take()?));
    let data = from.take()?;
    let figures = [Figures::read(&mut from)?, Figures::read(&mut from)?];
    let temperature = Temperature { with_files: from.f32()?, message_only: from.f32()? };
    let offsets = Offsets::read(&mut from)?;
    let mut scales = [0.0; Group::COUNT];
    scales.iter_mut().try_for_each(|scale| from.f32().map(|read| *scale = read))?;
    let table = from.u32()? as usize * SET_BYTES;
    let end = bytes.len() - from.0.len() + table;
    let expected = end + DIGEST;
    if bytes.len() != expected {
        return Err(ModelError::Length { found: bytes.len(), expected });
    }
    check(bytes, end)?;
    if features != function_hash() {
        return Err(ModelError::Features { found: features, expected: function_hash() });
    }
    let positive = temperature.with_files.min(temperature.message_only) > 0.0;
    if !(positive && scales.iter().chain(offsets.iter()).all(|number| number.is_finite())) {
        return Err(ModelError::Content("scale"));
    }
    let sets = from.0.get(..table).and_then(WeightTable::from_bytes).ok_or(ModelError::Content("table"))?;
    let [canonical, declared] = figures;
    let header = ModelHeader { version, features, data, canonical, declared, temperature };
    Ok(ActivityModel { header, offsets, scales, table: sets })
}

/// Whether the digest at `end` is that of what stands before.
fn check(bytes: &[u8], end: usize) -> Result<(), ModelError> {
    let (content, written) = bytes.split_at_checked(end).unwrap_or((bytes, &[]));
    let digest: [u8; DIGEST] = Sha256::digest(content).into();
    let short = |digest: &[u8]| digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    if digest == *written {
        return Ok(());
    }
    Err(ModelError::Checksum { found: short(&digest), expected: short(written) })
}

/// Writes a model.
#[cfg(any(feature = "training", test))]
pub(super) fn write(model: &ActivityModel) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    out.extend_from_slice(&FORMAT.to_le_bytes());
    out.extend_from_slice(&(CLASSES as u16).to_le_bytes());
    out.extend_from_slice(&model.header.version.to_le_bytes());
    out.extend_from_slice(&model.header.features.to_le_bytes());
    out.extend_from_slice(&model.header.data);
    model.header.canonical.write(&mut out);
    model.header.declared.write(&mut out);
    let temperatures = [model.header.temperature.with_files, model.header.temperature.message_only];
    let numbers = temperatures.iter().chain(model.offsets.iter()).chain(&model.scales);
    numbers.for_each(|number| out.extend_from_slice(&number.to_le_bytes()));
    let mut table = Vec::new();
    model.table.write(&mut table);
    out.extend_from_slice(&((table.len() / SET_BYTES) as u32).to_le_bytes());
    out.extend_from_slice(&table);
    let digest: [u8; DIGEST] = Sha256::digest(&out).into();
    out.extend_from_slice(&digest);
    out
}

/// Takes numbers off the front.
pub(super) struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], ModelError> {
        let short = ModelError::Length { found: self.0.len(), expected: N };
        let (first, rest) = self.0.split_first_chunk::<N>().ok_or(short)?;
        self.0 = rest;
        Ok(*first)
    }

    pub(super) fn u16(&mut self) -> Result<u16, ModelError> {
        Ok(u16::from_le_bytes(self.take()?))
    }

    fn u32(&mut self) -> Result<u32, ModelError> {
        Ok(u32::from_le_bytes(self.take()?))
    }

    pub(super) fn f32(&mut self) -> Result<f32, ModelError> {
        Ok(f32::from_le_bytes(self.take()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> Vec<u8> {
        let mut table = WeightTable::empty(2);
        table.insert(1 << 62, [1; CLASSES]);
        write(&ActivityModel { table, ..ActivityModel::default() })
    }

    #[test]
    fn a_model_is_read_as_it_was_written() {
        let bytes = model();
        assert_eq!(write(&read(&bytes).unwrap()), bytes);
    }

    #[test]
    fn every_flipped_bit_and_every_length_is_refused() {
        let bytes = model();
        for place in 0..bytes.len() {
            let mut other = bytes.clone();
            other[place] ^= 1 << (place % 8);
            assert!(read(&other).is_err(), "byte {place}");
            assert!(read(&bytes[..place]).is_err(), "cut at {place}");
        }
        assert!(read(&[&bytes[..], &[0]].concat()).is_err());
    }

    #[test]
    fn a_refusal_says_what_was_expected() {
        let refused = |change: fn(&mut Vec<u8>)| {
            let mut bytes = model();
            change(&mut bytes);
            read(&bytes).unwrap_err().to_string()
        };
        assert!(refused(|bytes| bytes[0] = b'X').contains("starts with `PDACTIV`"));
        assert!(refused(|bytes| bytes[8] = 9).contains("format 9, expected 2"));
        assert!(refused(|bytes| bytes[200] ^= 1).contains("checksum"));
        assert!(refused(|bytes| bytes.push(0)).contains("expected"));
        // A model of another feature function, intact.
        let other = ActivityModel {
            header: ModelHeader { features: 7, ..ModelHeader::default() },
            ..ActivityModel::default()
        };
        let refused = read(&write(&other)).unwrap_err();
        assert_eq!(refused, ModelError::Features { found: 7, expected: function_hash() });
    }
}
