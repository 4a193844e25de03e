//! The engine: the only way for a caller to reach a workspace, and every step of it asks the policies.
//!
//! [`Engine`] signs people in and lets them enter; [`Workspace`] is what they may do inside. The store is reached only
//! through [`Guarded`], whose methods take permits.

mod access;
mod admission;
#[cfg(feature = "ai")]
mod ai;
mod api_token;
mod audit;
mod builder;
mod connection;
mod cookie;
mod decision;
mod duplicates;
mod entry;
mod error;
mod guarded;
#[cfg(feature = "ai")]
mod guarded_ai;
mod guarded_jobs;
mod integration;
mod keys;
mod label;
mod lifecycle;
mod member;
mod opening;
mod ownership;
mod permit_count;
mod policies;
mod policy_set;
mod provision;
mod readiness;
mod remote_objects;
mod report;
mod session;
mod sign_in;
mod sync;
mod transparency;
mod upkeep;
mod watch;
mod worker;
mod workspace;

pub use admission::Admission;
#[cfg(feature = "ai")]
pub use ai::{AiEstimate, AiProgress, AiStatus};
pub use api_token::ApiTokenRequest;
pub use builder::{BuildError, EngineBuilder};
pub use decision::{DecisionSink, LogDecisions};
pub use duplicates::{DuplicatePlace, DuplicatedBlock, RepositoryDuplicates};
pub use entry::Engine;
pub use error::EngineError;
pub(crate) use guarded::Guarded;
pub use integration::Integration;
pub use keys::Sweep;
pub use lifecycle::{
    BackupError, BackupInfo, BackupPart, BackupPlan, BackupTarget, Deletion, DeletionPlan, FolderTarget,
    PlanError, PurgeReport, RestoreReport, UnfinishedBackup,
};
pub use opening::StoreLocation;
pub use ownership::{FolderEntry, FolderOwnership};
pub use policy_set::PolicyView;
pub use provision::Provisioned;
pub use readiness::Unready;
pub use report::ReportQuery;
pub use session::OwnSession;
pub use sync::{SyncReport, SyncRun};
pub use transparency::{AuditSource, AuditVerification};
pub use upkeep::AuditUpkeep;
pub use watch::logging_leak_guard;
pub use worker::{RunSyncs, Worker};
pub use workspace::Workspace;
