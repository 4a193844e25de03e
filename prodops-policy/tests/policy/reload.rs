//! Policies that change while they are asked: the whole set of one moment, or the one from before.

use prodops_core::tenancy::Role;
use prodops_policy::{
    Connect, MetricReportFacts, Overlay, Policy, PolicyFile, ReadReport, ReloadStep, ReloadablePolicy,
    WorkspaceFacts,
};

use crate::world::{OWN, member, moment};

/// The shipped files and one more.
fn with(text: &str) -> Vec<PolicyFile<'_>> {
    let mut files = Policy::shipped_files().to_vec();
    files.push(PolicyFile { name: "extra.cedar", text });
    files
}

const NO_VIEWERS: &str = "@id(\"no-viewers\") @description(\"Nobody views.\")
    forbid (principal is ProdOps::Member, action, resource) when { principal.role == ProdOps::Role::\"viewer\" };";

#[tokio::test]
async fn a_reload_is_in_force_at_once_and_a_set_that_was_taken_stays_as_it_was() {
    let policies = ReloadablePolicy::new(Policy::shipped().unwrap());
    let scope = member(Role::Viewer).await;
    let facts = MetricReportFacts::of(&scope);
    let before = policies.current();
    let permit = before.authorize::<ReadReport>(&scope, &facts, &moment()).unwrap();
    let changed = policies.reload(&with(NO_VIEWERS)).unwrap();
    assert_eq!((changed.before, permit.program()), (before.hash(), before.hash()));
    assert_ne!(changed.after, changed.before);
    let after = policies.current();
    assert_eq!(after.hash(), changed.after);
    assert!(after.authorize::<ReadReport>(&scope, &facts, &moment()).is_err());
    assert!(before.authorize::<ReadReport>(&scope, &facts, &moment()).is_ok());
    let back = policies.reload(Policy::shipped_files()).unwrap();
    assert_eq!(back.after, changed.before, "the same policies have the same hash");
}

#[test]
fn the_hash_is_that_of_the_policies_and_not_of_the_files() {
    let mut files = Policy::shipped_files().to_vec();
    files.reverse();
    assert_eq!(Policy::load(&files).unwrap().hash(), Policy::shipped().unwrap().hash());
    assert_ne!(Policy::load(&with(NO_VIEWERS)).unwrap().hash(), Policy::shipped().unwrap().hash());
    assert_eq!(Policy::shipped().unwrap().hash().to_string().len(), 64);
}

#[test]
fn a_reload_that_fails_names_the_step_and_changes_nothing() {
    let policies = ReloadablePolicy::new(Policy::shipped().unwrap());
    let before = policies.current().hash();
    let row =
        "forbid (principal, action == ProdOps::Action::\"ListPeople\", resource) when { resource has team };";
    for (text, step) in [
        ("permit (principal, action resource);".to_owned(), ReloadStep::Parse),
        ("permit (principal, action, resource);".to_owned(), ReloadStep::Parse),
        ("@id(\"a\") @description(\"x\") permit (principal, action, resource) when { resource.colour == 1 };".to_owned(), ReloadStep::Validate),
        (format!("@id(\"a\") @description(\"x\") {row}"), ReloadStep::Invariants),
    ] {
        let error = policies.reload(&with(&text)).unwrap_err();
        assert_eq!(error.step, step, "{error}");
        assert!(error.to_string().ends_with("; the policies from before stay in force"), "{error}");
        assert_eq!(policies.current().hash(), before);
    }
    let without_tenants = policies.reload(&[]).unwrap_err();
    assert_eq!(without_tenants.step, ReloadStep::Invariants);
}

#[tokio::test]
async fn overlays_outlive_a_reload_until_they_are_taken_out() {
    let policies = ReloadablePolicy::new(Policy::shipped().unwrap());
    let text = "@id(\"own\") @description(\"x\") forbid (principal, action == ProdOps::Action::\"Connect\", resource);";
    policies.set_overlay(Overlay::parse(OWN, text).unwrap());
    policies.reload(&with(NO_VIEWERS)).unwrap();
    let owner = member(Role::Owner).await;
    let connect = |policies: &ReloadablePolicy| {
        policies.current().authorize::<Connect>(&owner, &WorkspaceFacts::of(&owner), &moment()).is_ok()
    };
    assert!(!connect(&policies));
    policies.remove_overlay(OWN);
    assert!(connect(&policies));
}
