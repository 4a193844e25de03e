//! The facts of every type of resource.
// Made of `policies/prodops.cedarschema` by `tests/policy/generator`: change the schema, not this file.

#[rustfmt::skip]
use prodops_core::id::{ApiTokenId, ConnectionId, ExportId, HrRecordId, IncidentId, MembershipId, PersonId, RepositoryId, TeamId, WorkspaceId};
use prodops_core::tenancy::{Role, WorkspaceScope};

use crate::resource::{ResourceFacts, attributes_of, resource_keys, row, whole};
use crate::sensitivity::Sensitivity;
use crate::vocabulary::{AsFact, Attribute, Attributes, EntityType, Fact};

resource_keys! {
    /// A workspace, a tenant. Its own `workspace` is itself, so that every principal and every resource has one.
    Workspace;
    /// The tie between a user and a workspace.
    Membership(MembershipId);
    /// A team of people.
    Team(TeamId);
    /// Somebody whose work is seen.
    Person(PersonId);
    /// What an HR system says of a person.
    HrRecord(HrRecordId);
    /// A connection to a provider.
    Integration(ConnectionId);
    /// What a connection signs in with.
    Credential(ConnectionId);
    /// A repository as one connection sees it.
    Repository(RepositoryId);
    /// What kind of work goes on in a repository.
    Activity(RepositoryId);
    /// The metrics of a workspace.
    MetricReport;
    /// The health score of a workspace, or of one team.
    HealthScore;
    /// The audit log of a workspace.
    AuditLog;
    /// A security incident.
    Incident(IncidentId);
    /// The policies in force in a workspace.
    PolicySet;
    /// A file that somebody had made of a workspace's data.
    Export(ExportId);
    /// An API token, without its secret.
    ApiToken(ApiTokenId);
}

whole! {
    /// A workspace, a tenant. Its own `workspace` is itself, so that every principal and every resource has one.
    WorkspaceFacts is Workspace {}
}

row! {
    /// The tie between a user and a workspace.
    MembershipFacts is Membership(MembershipId) {
        /// Who it lets in: the membership itself, as the one who asks.
        member: MembershipId, Member;
        /// The role that it gives.
        role: Role, Role;
    }
}

row! {
    /// A team of people.
    TeamFacts is Team(TeamId) {}
}

row! {
    /// Somebody whose work is seen.
    PersonFacts is Person(PersonId) {
        /// The team that they are in, when they are in one.
        team: Option<TeamId>, Team;
    }
}

row! {
    /// What an HR system says of a person.
    HrRecordFacts is HrRecord(HrRecordId) {
        /// Whom it is about.
        person: PersonId, Person;
        /// How sensitive it is.
        sensitivity: Sensitivity, Sensitivity;
    }
}

row! {
    /// A connection to a provider.
    IntegrationFacts is Integration(ConnectionId) {}
}

row! {
    /// What a connection signs in with.
    CredentialFacts is Credential(ConnectionId) {}
}

row! {
    /// A repository as one connection sees it.
    RepositoryFacts is Repository(RepositoryId) {
        /// The connection that it is read through.
        integration: ConnectionId, Integration;
    }
}

row! {
    /// What kind of work goes on in a repository.
    ActivityFacts is Activity(RepositoryId) {}
}

whole! {
    /// The metrics of a workspace.
    MetricReportFacts is MetricReport {}
}

whole! {
    /// The health score of a workspace, or of one team.
    HealthScoreFacts is HealthScore {
        /// The team; without one it is the workspace's.
        team: Option<TeamId>, Team;
    }
}

whole! {
    /// The audit log of a workspace.
    AuditLogFacts is AuditLog {}
}

row! {
    /// A security incident.
    IncidentFacts is Incident(IncidentId) {
        /// How sensitive it is.
        sensitivity: Sensitivity, Sensitivity;
    }
}

whole! {
    /// The policies in force in a workspace.
    PolicySetFacts is PolicySet {}
}

row! {
    /// A file that somebody had made of a workspace's data.
    ExportFacts is Export(ExportId) {
        /// Who asked for it.
        requester: MembershipId, Requester;
        /// How sensitive it is.
        sensitivity: Sensitivity, Sensitivity;
    }
}

row! {
    /// An API token, without its secret.
    ApiTokenFacts is ApiToken(ApiTokenId) {
        /// Whose it is.
        owner: MembershipId, Owner;
    }
}
