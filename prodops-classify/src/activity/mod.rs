//! What kind of work a commit is, by its message and its paths.

mod bot;
mod classifier;
mod conventional;
mod distribution;
mod explain;
pub(crate) mod features;
mod label;
mod measured;
mod message;
pub(crate) mod model;
mod paths;
mod prior;
mod revert;
mod settled;
#[cfg(feature = "training")]
pub mod training;

pub use classifier::ActivityClassifier;
pub(crate) use classifier::LabelledMessage;
pub use conventional::Prefix;
pub use distribution::ActivityDistribution;
pub use explain::{Explanation, WeighedFeature};
pub use features::{CommitSummary, FileSummary};
pub use model::{ActivityModel, Figures, ModelError, ModelHeader, Temperature};
pub(crate) use paths::RoleTally;
pub use prior::RepositoryPrior;
pub use settled::settle_labels;

/// Whether an author is a program.
pub fn is_bot(name: &[u8], address: &[u8]) -> bool {
    bot::is_bot(name, address)
}
