//! What can be done: one type per action of the schema.

use std::fmt::Debug;

use crate::resource::{
    AuditLogFacts, IntegrationFacts, MetricReportFacts, RepositoryFacts, ResourceFacts, WorkspaceFacts,
};

pub(crate) mod sealed {
    /// Ties an action type to its place in the loaded schema.
    pub trait Sealed {
        /// Which action it is.
        const KIND: super::ActionKind;
    }
}

/// An action of the policy schema. Sealed: the schema and this crate name the same actions, and a test compares them.
pub trait Action: sealed::Sealed + Debug + Send + Sync + 'static {
    /// What it is done to.
    type Resource: ResourceFacts;
    /// Its name in the schema, in audit events and in logs.
    const NAME: &'static str;
}

/// The type of what an action is done to, as the schema names it.
#[must_use]
pub const fn resource_type<A: Action>() -> &'static str {
    A::KIND.resource_type()
}

/// The name of every action, in the order of the schema: what an audit event of a workspace can be about.
pub fn action_names() -> impl ExactSizeIterator<Item = &'static str> {
    ActionKind::ALL.iter().map(|kind| kind.name())
}

/// An action that lists rows: it can be answered with a [`Visible`](crate::Visible).
pub trait ListAction: Action {}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident($resource:ty);)*) => {
        /// The actions as values, in the order of the schema.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ActionKind {
            $($(#[$doc])* $name,)*
        }

        impl ActionKind {
            pub(crate) const ALL: &[Self] = &[$(Self::$name,)*];

            pub(crate) const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }

            /// The resource type that the action applies to, as the schema spells it.
            pub(crate) const fn resource_type(self) -> &'static str {
                match self {
                    $(Self::$name => <$resource>::TYPE,)*
                }
            }
        }

        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq)]
            pub struct $name;

            impl sealed::Sealed for $name {
                const KIND: ActionKind = ActionKind::$name;
            }

            impl Action for $name {
                type Resource = $resource;
                const NAME: &'static str = stringify!($name);
            }
        )*
    };
}

actions! {
    /// See a workspace: its name, state and members' roles.
    ReadWorkspace(WorkspaceFacts);
    /// See the metrics of a workspace.
    ReadReport(MetricReportFacts);
    /// See which repositories there are.
    ListRepositories(RepositoryFacts);
    /// See one repository.
    ReadRepository(RepositoryFacts);
    /// See which connections there are and how their syncs went.
    ListConnections(IntegrationFacts);
    /// Read the audit log.
    ReadAudit(AuditLogFacts);
    /// Connect a provider to the workspace.
    Connect(WorkspaceFacts);
    /// Start a sync of a connection.
    RunSync(IntegrationFacts);
    /// Disconnect a provider; its facts stay.
    Disconnect(IntegrationFacts);
    /// Invite, suspend and remove members and change their roles.
    ManageMembers(WorkspaceFacts);
    /// Make an API token of one's own.
    CreateApiToken(WorkspaceFacts);
    /// See and revoke API tokens of one's own.
    RevokeApiToken(WorkspaceFacts);
    /// Close the workspace to every session that began before.
    EndMemberSessions(WorkspaceFacts);
    /// Ask for the workspace's deletion, and see how far it is.
    DeleteWorkspace(WorkspaceFacts);
    /// Call the workspace's deletion off.
    CancelDeletion(WorkspaceFacts);
    /// Erase one person, a member or somebody whose work is seen.
    ErasePerson(WorkspaceFacts);
    /// Write facts that a sync read through a connection. Only for background work.
    IngestFacts(IntegrationFacts);
}

impl ListAction for ListRepositories {}
impl ListAction for ListConnections {}
