//! The offline model: multinomial logistic regression over hashed features, with weights of eight bits.

mod format;
mod header;
mod offsets;
mod score;
mod softmax;
mod table;

use std::sync::{Arc, LazyLock};

use prodops_core::fact::Activity;

pub use format::ModelError;
pub use header::{Figures, ModelHeader, Temperature};
pub(crate) use offsets::Offsets;
pub(crate) use score::Scorer;
#[cfg(feature = "training")]
pub(crate) use score::voice;
pub(crate) use softmax::softmax;
pub(crate) use table::WeightTable;

use super::features::Group;

/// How many kinds of work there are.
pub(crate) const CLASSES: usize = Activity::ALL.len();

/// A trained model.
#[derive(Debug, Clone, PartialEq)]
pub struct ActivityModel {
    pub(crate) header: ModelHeader,
    /// What each class scores before any feature is seen.
    pub(crate) offsets: Offsets,
    /// What one step of a weight is worth, by group.
    pub(crate) scales: [f32; Group::COUNT],
    pub(crate) table: WeightTable,
}

impl Default for ActivityModel {
    /// A model that knows nothing: every kind is as likely as any other.
    fn default() -> Self {
        Self {
            header: ModelHeader::default(),
            offsets: Offsets::default(),
            scales: [1.0; Group::COUNT],
            table: WeightTable::empty(1),
        }
    }
}

impl ActivityModel {
    /// Reads a model that `cargo xtask train` wrote.
    ///
    /// # Errors
    /// [`ModelError`] when the bytes are no model, are damaged, or come from another release; each says what was expected.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        format::read(bytes)
    }

    /// The model that comes with this crate, described in `model/ACTIVITY.md`. Read once per process.
    #[must_use]
    pub fn shipped() -> Arc<Self> {
        // INVARIANT: the bytes are part of this crate, and a test reads them.
        static SHIPPED: LazyLock<Arc<ActivityModel>> = LazyLock::new(|| {
            Arc::new(
                ActivityModel::from_bytes(include_bytes!("../../../model/activity.bin")).unwrap_or_default(),
            )
        });
        Arc::clone(&SHIPPED)
    }

    /// What it says about itself.
    #[must_use]
    pub const fn header(&self) -> &ModelHeader {
        &self.header
    }

    /// The bytes that [`Self::from_bytes`] reads.
    #[cfg(feature = "training")]
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        format::write(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_model_can_be_read_and_is_small() {
        let bytes = include_bytes!("../../../model/activity.bin");
        let model = ActivityModel::from_bytes(bytes).unwrap();
        assert_eq!(model, *ActivityModel::shipped());
        assert!(bytes.len() <= 1 << 20 && model.header().version > 0);
    }
}
