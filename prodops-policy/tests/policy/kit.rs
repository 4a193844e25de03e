//! The test kit on the shipped policies: it passes them, and finds what was broken.

use std::fs;

use prodops_core::tenancy::Role;
use prodops_policy::matrix::Standing;
use prodops_policy::program::Program;
use prodops_policy::testing::{
    Leak, Mutation, Worlds, against_cedar, differences, isolation, survivors, without,
};
use prodops_policy::{Policy, assert_isolated, matrix};
use proptest::prelude::*;

const SCHEMA: &str = include_str!("../../policies/prodops.cedarschema");

#[test]
fn what_the_roles_are_for() {
    let policy = Policy::shipped().unwrap();
    matrix! { policy;
        "viewer": ReadReport yes, ReadRepository yes, ListConnections no, ReadHealthScore if;
        "member": RunSync yes, CreateApiToken yes, Connect no, ReadPersonMetrics if;
        "manager": ReadTeamMetrics if, CreateExport yes, ManageMembers no;
        "admin": Connect yes, ManageMembers yes, ChangeRole if, ReadHrRecord if, DeleteWorkspace no;
        "owner": DeleteWorkspace yes, EditPolicySet if, LeaveWorkspace no;
        "auditor": ReadAudit yes, ExportAudit yes, ReadReport no;
        "billing": ManageBilling yes, ReadReport no;
        "support": RunSync if, ReadHrRecord no, ReadReport no;
        "endless": RunSync no;
        "suspended": ReadWorkspace no;
        "sync": IngestFacts yes, WriteBackup no;
    }
    let wrong = differences(
        &policy,
        &[("viewer", "Connect", Standing::Allowed), ("viewer", "Conect", Standing::Denied)],
    );
    assert_eq!(
        wrong,
        ["`Connect` by `viewer` is denied (), not allowed", "there is no `viewer` or no `Conect`"]
    );
}

#[test]
fn the_shipped_policies_are_isolated_and_not_without_the_policy_that_says_so() {
    let policy = Policy::shipped().unwrap();
    assert_isolated!(policy);
    let leak = isolation(&without(&policy, "tenant-mismatch").unwrap()).unwrap_err();
    assert!(matches!(leak, Leak::Unguarded(_)), "{leak}");
}

/// Whoever changes a forbid meets the golden matrix.
#[test]
fn no_changed_forbid_passes_the_matrix() {
    let policy = Policy::shipped().unwrap();
    let whole = policy.matrix();
    let left = survivors(&policy, |changed| changed.matrix() == whole).unwrap();
    assert_eq!(left, []);
    let forbids = policy.summaries().iter().filter(|each| each.forbids).count();
    let blind = survivors(&policy, |_| true).unwrap();
    assert_eq!(blind.len(), 2 * forbids);
    assert!(blind.iter().any(|(id, how)| id == "tenant-mismatch" && *how == Mutation::Flipped));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any request that the schema lets be asked.
    #[test]
    fn random_questions_are_answered_as_cedar_answers_them(case in Worlds::of(SCHEMA).unwrap().cases()) {
        let program = shipped_program();
        if let Err(difference) = against_cedar(program, &case.request, &case.entities) {
            prop_assert!(false, "{difference}");
        }
    }
}

fn shipped_program() -> &'static Program {
    static PROGRAM: std::sync::OnceLock<Program> = std::sync::OnceLock::new();
    PROGRAM.get_or_init(|| {
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/policies");
        let files = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
        let policies = files.filter(|path| path.extension().is_some_and(|ending| ending == "cedar"));
        let text: String = policies.map(|path| fs::read_to_string(path).unwrap()).collect();
        Program::compile(&SCHEMA.parse().unwrap(), &text.parse().unwrap()).unwrap()
    })
}

#[test]
fn every_role_is_in_the_matrix() {
    let matrix = Policy::shipped().unwrap().matrix();
    for role in Role::ALL {
        assert!(matrix.cells.iter().any(|cell| cell.principal == role.as_str()), "{role}");
    }
}
