//! What things are done to, as policies see them: a few facts, each with the workspace that the thing belongs to.

use prodops_core::audit::AuditObject;
use prodops_core::id::{ConnectionId, RepositoryId, WorkspaceId};
use prodops_core::tenancy::WorkspaceScope;

mod sealed {
    pub trait Sealed {}
}

/// Which thing a permit is for, without its workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResourceKey {
    /// The workspace itself.
    Workspace,
    /// One connection.
    Integration(ConnectionId),
    /// One repository.
    Repository(RepositoryId),
    /// The audit log of the workspace.
    AuditLog,
    /// The metrics of the workspace.
    MetricReport,
}

impl From<ResourceKey> for AuditObject {
    fn from(key: ResourceKey) -> Self {
        match key {
            ResourceKey::Integration(id) => Self::Connection(id),
            ResourceKey::Repository(id) => Self::Repository(id),
            ResourceKey::AuditLog => Self::AuditLog,
            ResourceKey::Workspace | ResourceKey::MetricReport => Self::Workspace,
        }
    }
}

/// The facts of one resource. Sealed: the schema names the resource types.
///
/// # Security
/// Take `workspace` from the row that you are about to use, not from the scope that asks: the tenant policy compares
/// the two, and copying one over the other makes that comparison say nothing.
pub trait ResourceFacts: sealed::Sealed + Copy + Send + Sync + 'static {
    /// The workspace that the resource belongs to.
    fn workspace(&self) -> WorkspaceId;
    /// Which resource it is.
    fn key(&self) -> ResourceKey;
}

macro_rules! whole_workspace {
    ($($(#[$doc:meta])* $name:ident = $type:literal, $key:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name {
            /// The workspace that it belongs to.
            pub workspace: WorkspaceId,
        }

        impl $name {
            pub(crate) const TYPE: &'static str = $type;

            /// The one of the scope's own workspace: there is no row that could say otherwise.
            #[must_use]
            pub const fn of(scope: &WorkspaceScope) -> Self {
                Self { workspace: scope.workspace() }
            }
        }

        impl sealed::Sealed for $name {}

        impl ResourceFacts for $name {
            fn workspace(&self) -> WorkspaceId {
                self.workspace
            }
            fn key(&self) -> ResourceKey {
                $key
            }
        }
    )*};
}

macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident($id:ty) = $type:literal, $key:path;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name {
            /// The workspace of the row.
            pub workspace: WorkspaceId,
            /// The id of the row.
            pub id: $id,
        }

        impl $name {
            pub(crate) const TYPE: &'static str = $type;
        }

        impl sealed::Sealed for $name {}

        impl ResourceFacts for $name {
            fn workspace(&self) -> WorkspaceId {
                self.workspace
            }
            fn key(&self) -> ResourceKey {
                $key(self.id)
            }
        }
    )*};
}

whole_workspace! {
    /// A workspace as a resource.
    WorkspaceFacts = "Workspace", ResourceKey::Workspace;
    /// The audit log of a workspace.
    AuditLogFacts = "AuditLog", ResourceKey::AuditLog;
    /// The metrics of a workspace.
    MetricReportFacts = "MetricReport", ResourceKey::MetricReport;
}

rows! {
    /// A connection to a provider.
    IntegrationFacts(ConnectionId) = "Integration", ResourceKey::Integration;
    /// A repository.
    RepositoryFacts(RepositoryId) = "Repository", ResourceKey::Repository;
}

impl ResourceKey {
    /// The type's name in the schema.
    pub(crate) const fn type_name(self) -> &'static str {
        match self {
            Self::Workspace => WorkspaceFacts::TYPE,
            Self::Integration(_) => IntegrationFacts::TYPE,
            Self::Repository(_) => RepositoryFacts::TYPE,
            Self::AuditLog => AuditLogFacts::TYPE,
            Self::MetricReport => MetricReportFacts::TYPE,
        }
    }

    /// A resource of this schema type that stands for any other of its workspace; `None` for an unknown type.
    pub(crate) fn representative(type_name: &str) -> Option<Self> {
        let any = [
            Self::Workspace,
            Self::Integration(ConnectionId::from_bytes([0; 16])),
            Self::Repository(RepositoryId::from_bytes([0; 16])),
            Self::AuditLog,
            Self::MetricReport,
        ];
        any.into_iter().find(|key| key.type_name() == type_name)
    }
}
