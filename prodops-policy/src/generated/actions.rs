//! A type for every action.
// Made of `policies/prodops.cedarschema` by `tests/policy/generator`: change the schema, not this file.

use crate::action::{Action, ListAction, actions, sealed};
use crate::generated::resources::*;
use crate::vocabulary::ActionKind;

actions! {
    /// See a workspace: its name, state and members' roles.
    ReadWorkspace(WorkspaceFacts);
    /// Change the name and settings of a workspace.
    UpdateWorkspace(WorkspaceFacts);
    /// Close a workspace to changes.
    ArchiveWorkspace(WorkspaceFacts);
    /// Open an archived workspace to changes again.
    UnarchiveWorkspace(WorkspaceFacts);
    /// Ask for the workspace's deletion, and see how far it is.
    DeleteWorkspace(WorkspaceFacts);
    /// Call the workspace's deletion off.
    CancelDeletion(WorkspaceFacts);
    /// See what the workspace costs and pays.
    ReadBilling(WorkspaceFacts);
    /// Change the plan and how it is paid.
    ManageBilling(WorkspaceFacts);
    /// See who the members are.
    ListMembers(MembershipFacts) list;
    /// Invite, suspend and remove members and change their roles.
    ManageMembers(WorkspaceFacts);
    /// Invite somebody.
    InviteMember(WorkspaceFacts);
    /// Change the role of a member.
    ChangeRole(MembershipFacts);
    /// Suspend a member, or let them in again.
    SuspendMember(MembershipFacts);
    /// Remove a member.
    RemoveMember(MembershipFacts);
    /// Leave the workspace.
    LeaveWorkspace(MembershipFacts);
    /// Close the workspace to every session that began before.
    EndMemberSessions(WorkspaceFacts);
    /// See which teams there are.
    ListTeams(TeamFacts) list;
    /// Say who is in a team and who manages it.
    ManageTeam(TeamFacts);
    /// See the metrics of a team.
    ReadTeamMetrics(TeamFacts);
    /// See whose work is seen.
    ListPeople(PersonFacts) list;
    /// Say that accounts of several providers are one person.
    LinkIdentities(PersonFacts);
    /// See the metrics of one person.
    ReadPersonMetrics(PersonFacts);
    /// Erase one person, a member or somebody whose work is seen.
    ErasePerson(WorkspaceFacts);
    /// See what an HR system says of a person.
    ReadHrRecord(HrRecordFacts);
    /// Correct or remove what an HR system says of a person.
    CorrectHrRecord(HrRecordFacts);
    /// See which connections there are and how their syncs went.
    ListConnections(IntegrationFacts) list;
    /// Connect a provider to the workspace.
    Connect(WorkspaceFacts);
    /// Start a sync of a connection.
    RunSync(IntegrationFacts);
    /// Disconnect a provider; its facts stay.
    Disconnect(IntegrationFacts);
    /// Replace what a connection signs in with.
    RotateCredential(CredentialFacts);
    /// See which repositories there are.
    ListRepositories(RepositoryFacts) list;
    /// See one repository.
    ReadRepository(RepositoryFacts);
    /// Read a repository no more, and leave it out of metrics.
    ExcludeRepository(RepositoryFacts);
    /// See what kind of work goes on in a repository.
    ReadActivity(ActivityFacts);
    /// Say what kind of work a commit is, against what was decided.
    CorrectActivity(ActivityFacts);
    /// See the metrics of a workspace.
    ReadReport(MetricReportFacts);
    /// See a health score.
    ReadHealthScore(HealthScoreFacts);
    /// Have a file made of the workspace's metrics.
    CreateExport(MetricReportFacts);
    /// See which exports there are.
    ListExports(ExportFacts) list;
    /// Fetch an export.
    DownloadExport(ExportFacts);
    /// Make an API token of one's own.
    CreateApiToken(WorkspaceFacts);
    /// See and revoke API tokens of one's own.
    RevokeApiToken(WorkspaceFacts);
    /// See which API tokens there are.
    ListApiTokens(ApiTokenFacts) list;
    /// Revoke an API token, whosever it is.
    WithdrawApiToken(ApiTokenFacts);
    /// Read the audit log.
    ReadAudit(AuditLogFacts);
    /// Have the audit log as a file that can be verified elsewhere.
    ExportAudit(AuditLogFacts);
    /// Report a security incident.
    ReportIncident(WorkspaceFacts);
    /// See which security incidents there are.
    ListIncidents(IncidentFacts) list;
    /// Say that a security incident is over.
    CloseIncident(IncidentFacts);
    /// See the policies in force.
    ReadPolicySet(PolicySetFacts);
    /// Change the policies of a workspace's own.
    EditPolicySet(PolicySetFacts);
    /// Write facts that a sync read through a connection. Only for background work.
    IngestFacts(IntegrationFacts);
    /// Say what kind of work the commits of a repository are. Only for background work.
    ClassifyActivity(ActivityFacts);
    /// Remove what is older than it may be kept. Only for background work.
    PurgeExpired(WorkspaceFacts);
    /// Put the workspace into a backup. Only for background work.
    WriteBackup(WorkspaceFacts);
    /// Tell members what they asked to be told. Only for background work.
    SendNotification(WorkspaceFacts);
}
