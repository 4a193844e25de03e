#![doc = include_str!("../README.md")]

mod action;
mod decide;
pub mod decision_point;
mod denied;
mod entity;
mod error;
mod file;
mod invariant;
mod load;
mod permit;
mod policy;
pub mod program;
mod reading;
mod resource;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod visible;

pub use action::{
    Action, CancelDeletion, Connect, CreateApiToken, DeleteWorkspace, Disconnect, EndMemberSessions,
    ErasePerson, IngestFacts, ListAction, ListConnections, ListRepositories, ManageMembers, ReadAudit,
    ReadReport, ReadRepository, ReadWorkspace, RevokeApiToken, RunSync, action_names, resource_type,
};
pub use denied::Denied;
pub use error::PolicyError;
pub use file::{Place, PolicyFile};
pub use permit::Permit;
pub use policy::{Policy, PolicySummary};
pub use resource::{
    AuditLogFacts, IntegrationFacts, MetricReportFacts, RepositoryFacts, ResourceFacts, ResourceKey,
    WorkspaceFacts,
};
pub use visible::Visible;
