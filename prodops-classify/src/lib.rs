#![doc = include_str!("../README.md")]

mod activity;
mod artefact;
mod change;
mod classifier;
mod complexity;
mod fingerprint;
mod lexer;
mod line_age;
pub mod metadata;
mod tip;

#[cfg(feature = "training")]
pub use activity::training;
pub use activity::{
    ActivityClassifier, ActivityDistribution, ActivityModel, CommitSummary, Explanation, Figures,
    FileSummary, ModelError, ModelHeader, Prefix, RepositoryPrior, Temperature, WeighedFeature, is_bot,
    settle_labels,
};
pub use artefact::{Attributes, language_name};
pub use change::{LineKinds, Rename, renames};
pub use classifier::{ClassifiedCommit, Classifier, CommitInput};
pub use fingerprint::{
    Extent, Fingerprint, FingerprintKeys, Fingerprinter, GitPatch, PatchKeys, PatchLines, RelatedPatches,
    Relation, Sketch, Squash, SquashedPatches, View, WfpHash, WfpWinnower, Winnowing, WinnowingError,
    git_patch,
};
pub use line_age::{AgeFile, AgeRun, AgeStep, LineAges, LineEditor, LineOrigin, LineOrigins};
pub use tip::{TipInput, TipKeys, TipReader};
