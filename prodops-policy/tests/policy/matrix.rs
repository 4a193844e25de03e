//! Who may do what: the table that people review, and the proof that every policy in it matters.

use prodops_core::id::{RepositoryId, WorkspaceId};
use prodops_core::tenancy::{Role, SystemPrincipal, WorkspaceScope, WorkspaceState};
use prodops_policy::testing::{Cell, Matrix, Tenant, without};
use prodops_policy::{
    Action, AuditLogFacts, CancelDeletion, Connect, CreateApiToken, DeleteWorkspace, Disconnect,
    EndMemberSessions, ErasePerson, IngestFacts, IntegrationFacts, ListConnections, ListRepositories,
    ManageMembers, MetricReportFacts, Policy, ReadAudit, ReadReport, ReadRepository, ReadWorkspace,
    RepositoryFacts, RevokeApiToken, RunSync, WorkspaceFacts,
};

use crate::world::{CONNECTION, FOREIGN, OWN, World};

#[test]
fn golden_matrix() {
    let policy = Policy::shipped().unwrap();
    insta::assert_snapshot!(Matrix::of(&policy).to_string());
}

#[test]
fn nothing_of_another_workspace_is_allowed_to_anybody() {
    let matrix = Matrix::of(&Policy::shipped().unwrap());
    let foreign: Vec<&Cell> = matrix.cells.iter().filter(|cell| cell.tenant == Tenant::Foreign).collect();
    assert_eq!(foreign.len(), matrix.cells.len() / 2);
    assert!(foreign.iter().all(|cell| !cell.allowed));
}

#[test]
fn a_role_can_do_what_every_role_can_that_it_includes() {
    let matrix = Matrix::of(&Policy::shipped().unwrap());
    let allowed = |role: Role| {
        let own = matrix.cells.iter().filter(move |cell| cell.principal == role.as_str() && cell.allowed);
        own.map(|cell| (cell.action, cell.state == WorkspaceState::Archived)).collect::<Vec<_>>()
    };
    for (whole, part) in Role::ALL.into_iter().flat_map(|whole| Role::ALL.map(|part| (whole, part))) {
        let (less, more) = (allowed(part), allowed(whole));
        let lacking = less.iter().find(|each| !more.contains(each));
        assert!(!whole.includes(part) || lacking.is_none(), "{whole} lacks {lacking:?} of {part}");
    }
}

/// Takes out one policy after the other: some decision must change each time, for the worse when it was a forbid.
#[test]
fn no_policy_can_be_taken_out_unnoticed() {
    let policy = Policy::shipped().unwrap();
    let whole = Matrix::of(&policy);
    for summary in policy.summaries() {
        let rest = Matrix::of(&without(&policy, summary.id).unwrap());
        let changed: Vec<(&Cell, &Cell)> =
            whole.cells.iter().zip(&rest.cells).filter(|(a, b)| a.allowed != b.allowed).collect();
        assert!(!changed.is_empty(), "nothing depends on `{}`", summary.id);
        assert!(changed.iter().all(|(_, without)| without.allowed == summary.forbids), "{}", summary.id);
    }
    assert!(without(&policy, "no-such-policy").is_err());
}

fn table(matrix: &Matrix, principal: &str, tenant: Tenant, state: WorkspaceState, action: &str) -> bool {
    let here = |cell: &&Cell| {
        (cell.principal, cell.tenant, cell.state, cell.action) == (principal, tenant, state, action)
    };
    matrix.cells.iter().find(here).unwrap().allowed
}

/// Asks about every action through the public door.
fn answers(policy: &Policy, scope: &WorkspaceScope, workspace: WorkspaceId) -> Vec<(&'static str, bool)> {
    fn ask<A: Action>(
        policy: &Policy,
        scope: &WorkspaceScope,
        resource: A::Resource,
    ) -> (&'static str, bool) {
        (A::NAME, policy.authorize::<A>(scope, &resource).is_ok())
    }
    let whole = WorkspaceFacts { workspace };
    let integration = IntegrationFacts { workspace, id: CONNECTION };
    let repository = RepositoryFacts { workspace, id: RepositoryId::from_bytes([6; 16]) };
    vec![
        ask::<ReadWorkspace>(policy, scope, whole),
        ask::<ReadReport>(policy, scope, MetricReportFacts { workspace }),
        ask::<ListRepositories>(policy, scope, repository),
        ask::<ReadRepository>(policy, scope, repository),
        ask::<ListConnections>(policy, scope, integration),
        ask::<ReadAudit>(policy, scope, AuditLogFacts { workspace }),
        ask::<Connect>(policy, scope, whole),
        ask::<RunSync>(policy, scope, integration),
        ask::<Disconnect>(policy, scope, integration),
        ask::<ManageMembers>(policy, scope, whole),
        ask::<CreateApiToken>(policy, scope, whole),
        ask::<RevokeApiToken>(policy, scope, whole),
        ask::<EndMemberSessions>(policy, scope, whole),
        ask::<DeleteWorkspace>(policy, scope, whole),
        ask::<CancelDeletion>(policy, scope, whole),
        ask::<ErasePerson>(policy, scope, whole),
        ask::<IngestFacts>(policy, scope, integration),
    ]
}

#[tokio::test]
async fn the_public_door_decides_as_the_table_says() {
    let policy = Policy::shipped().unwrap();
    let matrix = Matrix::of(&policy);
    let mut asked = 0;
    for state in [WorkspaceState::Active, WorkspaceState::Archived] {
        let mut scopes = Vec::new();
        for system in SystemPrincipal::ALL {
            scopes.push((system.as_str(), World::new(Role::Viewer, state).await.system(system).await));
        }
        for role in Role::ALL {
            scopes.push((role.as_str(), World::new(role, state).await.member("own").await));
        }
        for (principal, scope) in &scopes {
            for (tenant, workspace) in [(Tenant::Own, OWN), (Tenant::Foreign, FOREIGN)] {
                for (action, allowed) in answers(&policy, scope, workspace) {
                    let expected = table(&matrix, principal, tenant, state, action);
                    assert_eq!(allowed, expected, "{principal} {action} {tenant:?} {state:?}");
                    asked += 1;
                }
            }
        }
    }
    let suspended = matrix.cells.iter().filter(|cell| cell.principal == "suspended").count();
    assert_eq!(asked, matrix.cells.len() - suspended, "every cell that a scope can reach is asked about");
}

#[tokio::test]
async fn lists_decide_as_the_table_says() {
    let policy = Policy::shipped().unwrap();
    let matrix = Matrix::of(&policy);
    for state in [WorkspaceState::Active, WorkspaceState::Archived] {
        for role in Role::ALL {
            let scope = World::new(role, state).await.member("own").await;
            let expected = |action| table(&matrix, role.as_str(), Tenant::Own, state, action);
            let repositories = policy.visible::<ListRepositories>(&scope).is_ok();
            assert_eq!(repositories, expected("ListRepositories"), "{role} {state:?}");
            let connections = policy.visible::<ListConnections>(&scope).is_ok();
            assert_eq!(connections, expected("ListConnections"), "{role} {state:?}");
        }
    }
}
