//! Who may do what: the table that people review, and the proof that every policy in it matters.

use prodops_core::id::RepositoryId;
use prodops_core::tenancy::{Role, SystemPrincipal, WorkspaceState};
use prodops_policy::matrix::{Cell, Circumstance, Matrix, Standing};
use prodops_policy::testing::without;
use prodops_policy::{
    Connect, IngestFacts, IntegrationFacts, ListConnections, ListRepositories, Policy, ReadAudit,
    ReadRepository, RepositoryFacts, WorkspaceFacts,
};

use crate::world::{CONNECTION, FOREIGN, OWN, World, moment};

#[test]
fn golden_matrix() {
    insta::assert_snapshot!(Policy::shipped().unwrap().matrix().to_string());
}

#[test]
fn nothing_of_another_workspace_is_allowed_to_anybody() {
    let matrix = Policy::shipped().unwrap().matrix();
    let foreign = matrix.cells.iter().filter(|cell| cell.circumstance == Circumstance::Foreign);
    let foreign: Vec<&Cell> = foreign.collect();
    assert_eq!(foreign.len(), matrix.cells.len() / Circumstance::ALL.len());
    assert!(foreign.iter().all(|cell| cell.standing == Standing::Denied));
}

fn standing(matrix: &Matrix, principal: &str, circumstance: Circumstance, action: &str) -> Standing {
    let here =
        |cell: &&Cell| (cell.principal, cell.circumstance, cell.action) == (principal, circumstance, action);
    matrix.cells.iter().find(here).unwrap().standing
}

/// Support apart, whose membership ends, so that nothing of it is without a condition.
#[test]
fn a_role_can_do_what_every_role_can_that_it_includes() {
    let matrix = Policy::shipped().unwrap().matrix();
    for (whole, part) in Role::ALL.into_iter().flat_map(|whole| Role::ALL.map(|part| (whole, part))) {
        let less = matrix.cells.iter().filter(|cell| cell.principal == part.as_str());
        for cell in less.filter(|_| whole.includes(part) && part != Role::Support) {
            let more = standing(&matrix, whole.as_str(), cell.circumstance, cell.action);
            // Owners hand over before they leave: the one thing that others have and they have not.
            let holds = match cell.standing {
                Standing::Allowed => more == Standing::Allowed,
                Standing::Conditional => more != Standing::Denied,
                Standing::Denied => true,
            };
            assert!(holds || cell.action == "LeaveWorkspace", "{whole} lacks {cell:?}");
        }
    }
}

/// Takes out one policy after the other: some field must change each time, for the worse when it was a forbid.
#[test]
fn no_policy_can_be_taken_out_unnoticed() {
    let policy = Policy::shipped().unwrap();
    let whole = policy.matrix();
    for summary in policy.summaries() {
        let rest = without(&policy, summary.id).unwrap().matrix();
        let changed: Vec<(&Cell, &Cell)> =
            whole.cells.iter().zip(&rest.cells).filter(|(before, after)| before != after).collect();
        assert!(!changed.is_empty(), "nothing depends on `{}`", summary.id);
        let rank = |cell: &Cell| match cell.standing {
            Standing::Denied => 0,
            Standing::Conditional => 1,
            Standing::Allowed => 2,
        };
        let expected = |(before, after): &(&Cell, &Cell)| match summary.forbids {
            true => rank(after) >= rank(before),
            false => rank(after) <= rank(before),
        };
        assert!(changed.iter().all(expected), "{}", summary.id);
    }
    assert!(without(&policy, "no-such-policy").is_err());
}

/// Each system principal does one thing, and members do none of these.
#[test]
fn background_work_has_least_privilege() {
    let matrix = Policy::shipped().unwrap().matrix();
    for system in SystemPrincipal::ALL {
        let own = matrix.cells.iter().filter(|cell| {
            cell.principal == system.as_str()
                && cell.circumstance == Circumstance::Usual
                && cell.standing != Standing::Denied
        });
        let own: Vec<&Cell> = own.collect();
        let [only] = own.as_slice() else { panic!("{system}: {own:?}") };
        assert_eq!(only.standing, Standing::Allowed);
        let members = matrix
            .cells
            .iter()
            .filter(|cell| cell.action == only.action && cell.standing != Standing::Denied);
        assert!(members.into_iter().all(|cell| cell.principal == system.as_str()), "{}", only.action);
    }
}

#[tokio::test]
async fn the_public_door_decides_as_the_table_says() {
    let policy = Policy::shipped().unwrap();
    let matrix = policy.matrix();
    for (state, circumstance) in
        [(WorkspaceState::Active, Circumstance::Usual), (WorkspaceState::Archived, Circumstance::Archived)]
    {
        for role in Role::ALL {
            let scope = World::new(role, state).await.member("own").await;
            let expected =
                |action| standing(&matrix, role.as_str(), circumstance, action) != Standing::Denied;
            let repository = RepositoryFacts {
                workspace: OWN,
                id: RepositoryId::from_bytes([6; 16]),
                integration: CONNECTION,
            };
            let read = policy.authorize::<ReadRepository>(&scope, &repository, &moment()).is_ok();
            assert_eq!(read, expected("ReadRepository"), "{role} {state:?}");
            let connect = policy.authorize::<Connect>(&scope, &WorkspaceFacts::of(&scope), &moment()).is_ok();
            assert_eq!(connect, expected("Connect"), "{role} {state:?}");
            let audit =
                policy.authorize::<ReadAudit>(&scope, &prodops_policy::AuditLogFacts::of(&scope), &moment());
            assert_eq!(audit.is_ok(), expected("ReadAudit"), "{role} {state:?}");
            let foreign = RepositoryFacts { workspace: FOREIGN, ..repository };
            assert!(policy.authorize::<ReadRepository>(&scope, &foreign, &moment()).is_err());
            let repositories = policy.visible::<ListRepositories>(&scope, &moment()).is_ok();
            assert_eq!(repositories, expected("ListRepositories"), "{role} {state:?}");
            let connections = policy.visible::<ListConnections>(&scope, &moment()).is_ok();
            assert_eq!(connections, expected("ListConnections"), "{role} {state:?}");
        }
        for system in SystemPrincipal::ALL {
            let scope = World::new(Role::Viewer, state).await.system(system).await;
            let expected =
                standing(&matrix, system.as_str(), circumstance, "IngestFacts") == Standing::Allowed;
            let facts = IntegrationFacts { workspace: OWN, id: CONNECTION };
            assert_eq!(policy.authorize::<IngestFacts>(&scope, &facts, &moment()).is_ok(), expected);
        }
    }
}
