#![doc = include_str!("../README.md")]

mod activity;
mod artefact;
mod change;
mod classifier;
mod fingerprint;
mod lexer;
mod line_age;
pub mod metadata;

#[cfg(feature = "training")]
pub use activity::training;
pub use activity::{
    ActivityClassifier, ActivityDistribution, ActivityModel, CommitSummary, Explanation, Figures,
    FileSummary, ModelError, ModelHeader, Prefix, RepositoryPrior, Temperature, WeighedFeature, is_bot,
};
pub use artefact::language_name;
pub use change::LineKinds;
pub use classifier::{ClassifiedCommit, Classifier, CommitInput};
pub use fingerprint::{
    Fingerprint, FingerprintKeys, Fingerprinter, GitPatch, PatchKeys, Sketch, View, Winnowing,
    WinnowingError, git_patch,
};
pub use line_age::{
    AgeFile, AgeRun, AgeStep, AgesError, LineAges, LineOrigin, LineOrigins, Ownership, Rework,
};
