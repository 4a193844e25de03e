//! The names of the schema, as the schema spells them.
// Made of `policies/prodops.cedarschema` by `tests/policy/generator`: change the schema, not this file.

use prodops_core::filter::Column;

use crate::vocabulary::{Kind, Shape, action_kinds, attributes, entity_types, shapes};

entity_types! {
    Role;
    SystemName;
    Member;
    System;
    Workspace;
    Membership;
    Team;
    Person;
    HrRecord;
    Integration;
    Credential;
    Repository;
    Activity;
    MetricReport;
    HealthScore;
    AuditLog;
    Incident;
    PolicySet;
    Export;
    ApiToken;
}

attributes! {
    Integration = "integration";
    Member = "member";
    Owner = "owner";
    Person = "person";
    Requester = "requester";
    Role = "role";
    Sensitivity = "sensitivity";
    Team = "team";
}

shapes! {
    Workspace - {}
    Membership "membership" {
        Member: Kind::Entity(EntityType::Member), false, "membership";
        Role: Kind::Role, false, "role";
    }
    Team "team" {}
    Person "person" {
        Team: Kind::Entity(EntityType::Team), true, -;
    }
    HrRecord "hr_record" {
        Person: Kind::Entity(EntityType::Person), false, "person";
        Sensitivity: Kind::Level, false, "sensitivity";
    }
    Integration "connection" {}
    Credential "connection" {}
    Repository "repository" {
        Integration: Kind::Entity(EntityType::Integration), false, "connection";
    }
    Activity "repository" {}
    MetricReport - {}
    HealthScore - {
        Team: Kind::Entity(EntityType::Team), true, -;
    }
    AuditLog - {}
    Incident "incident" {
        Sensitivity: Kind::Level, false, "sensitivity";
    }
    PolicySet - {}
    Export "export" {
        Requester: Kind::Entity(EntityType::Member), false, "requester";
        Sensitivity: Kind::Level, false, "sensitivity";
    }
    ApiToken "api_token" {
        Owner: Kind::Entity(EntityType::Member), false, "owner";
    }
}

action_kinds! {
    ReadWorkspace(Workspace) false;
    UpdateWorkspace(Workspace) false;
    ArchiveWorkspace(Workspace) false;
    UnarchiveWorkspace(Workspace) false;
    DeleteWorkspace(Workspace) false;
    CancelDeletion(Workspace) false;
    ReadBilling(Workspace) false;
    ManageBilling(Workspace) false;
    ListMembers(Membership) true;
    ManageMembers(Workspace) false;
    InviteMember(Workspace) false;
    ChangeRole(Membership) false;
    SuspendMember(Membership) false;
    RemoveMember(Membership) false;
    LeaveWorkspace(Membership) false;
    EndMemberSessions(Workspace) false;
    ListTeams(Team) true;
    ManageTeam(Team) false;
    ReadTeamMetrics(Team) false;
    ListPeople(Person) true;
    LinkIdentities(Person) false;
    ReadPersonMetrics(Person) false;
    ErasePerson(Workspace) false;
    ReadHrRecord(HrRecord) false;
    CorrectHrRecord(HrRecord) false;
    ListConnections(Integration) true;
    Connect(Workspace) false;
    RunSync(Integration) false;
    Disconnect(Integration) false;
    RotateCredential(Credential) false;
    ListRepositories(Repository) true;
    ReadRepository(Repository) false;
    ExcludeRepository(Repository) false;
    ReadActivity(Activity) false;
    CorrectActivity(Activity) false;
    ReadReport(MetricReport) false;
    ReadHealthScore(HealthScore) false;
    CreateExport(MetricReport) false;
    ListExports(Export) true;
    DownloadExport(Export) false;
    CreateApiToken(Workspace) false;
    RevokeApiToken(Workspace) false;
    ListApiTokens(ApiToken) true;
    WithdrawApiToken(ApiToken) false;
    ReadAudit(AuditLog) false;
    ExportAudit(AuditLog) false;
    ReportIncident(Workspace) false;
    ListIncidents(Incident) true;
    CloseIncident(Incident) false;
    ReadPolicySet(PolicySet) false;
    EditPolicySet(PolicySet) false;
    IngestFacts(Integration) false;
    ClassifyActivity(Activity) false;
    PurgeExpired(Workspace) false;
    WriteBackup(Workspace) false;
    SendNotification(Workspace) false;
}
