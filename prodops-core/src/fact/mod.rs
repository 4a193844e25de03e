//! What may be stored: numbers, times, ids and members of closed lists, derived from what passed through.
//!
//! No fact has a field for free text that came from source code or from what people wrote. The only texts are names of
//! repositories, branches and people, each a checked type of its own.

mod activity;
mod artefact;
mod assigned;
mod commit;
mod complexity;
mod coverage;
mod line;
mod person;
mod repository;
mod tip;
mod work;

pub use activity::{Activity, ActivityLabel, ActivityShares, LabelSource, Probability};
pub use artefact::{Artefact, Language};
pub use assigned::{AssignedLabel, Assigner};
pub use commit::{CommitFact, CommitId, CountState, FileChange, FileStatus, ParseCommitIdError, PathKey};
pub use complexity::ComplexityDelta;
pub use coverage::{CoverageFact, Entity, Gap};
pub use line::{
    CommitEdits, CommitLines, FileLines, FileLosses, FileRuns, LineEntry, LineLogFact, LineOwner, LineRun,
    LineSnapshot, LineSource, LineSpan, LineTurnover, LinesAfter,
};
pub use person::PersonFact;
pub use repository::{ObjectFormat, RepositoryFact};
pub use tip::{ContentKey, TipFile, TipGram, TipGramIter, TipGrams};
pub use work::{CommitWork, PatchId};

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::CommitFact {}
    impl Sealed for super::PersonFact {}
    impl Sealed for super::RepositoryFact {}
    impl Sealed for super::CoverageFact {}
    impl Sealed for super::LineLogFact {}
    impl Sealed for super::TipFile {}
}

/// A record that may be stored. Sealed: only the fact types of this module are.
pub trait Derived: sealed::Sealed + Into<Fact> + Send + Sync + 'static {}
impl Derived for CommitFact {}
impl Derived for PersonFact {}
impl Derived for RepositoryFact {}
impl Derived for CoverageFact {}
impl Derived for LineLogFact {}
impl Derived for TipFile {}

/// Any fact.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fact {
    /// A repository.
    Repository(RepositoryFact),
    /// Somebody whose work is seen.
    Person(PersonFact),
    /// A commit.
    Commit(CommitFact),
    /// What was completely read.
    Coverage(CoverageFact),
    /// An entry of the log of lines.
    LineLog(LineLogFact),
    /// A file at the head of a repository.
    TipFile(TipFile),
}

impl From<RepositoryFact> for Fact {
    fn from(fact: RepositoryFact) -> Self {
        Self::Repository(fact)
    }
}

impl From<PersonFact> for Fact {
    fn from(fact: PersonFact) -> Self {
        Self::Person(fact)
    }
}

impl From<CommitFact> for Fact {
    fn from(fact: CommitFact) -> Self {
        Self::Commit(fact)
    }
}

impl From<CoverageFact> for Fact {
    fn from(fact: CoverageFact) -> Self {
        Self::Coverage(fact)
    }
}

impl From<LineLogFact> for Fact {
    fn from(fact: LineLogFact) -> Self {
        Self::LineLog(fact)
    }
}

impl From<TipFile> for Fact {
    fn from(fact: TipFile) -> Self {
        Self::TipFile(fact)
    }
}
