//! What each class scores before any feature is seen.

use super::CLASSES;
use super::format::{ModelError, Reader};

/// The offsets of the classes: how common each is, and how much less is asked of a rare one.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Offsets {
    /// Where the changed files are known.
    pub(crate) with_files: [f32; CLASSES],
    /// Where only the message is.
    pub(crate) message_only: [f32; CLASSES],
}

impl Offsets {
    pub(super) fn read(from: &mut Reader<'_>) -> Result<Self, ModelError> {
        let mut read = Self::default();
        let mut all = read.with_files.iter_mut().chain(&mut read.message_only);
        all.try_for_each(|offset| from.f32().map(|read| *offset = read))?;
        Ok(read)
    }

    /// All of them, in the order of a file.
    pub(super) fn iter(&self) -> impl Iterator<Item = &f32> {
        self.with_files.iter().chain(&self.message_only)
    }
}
