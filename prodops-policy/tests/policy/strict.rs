//! A policy that cannot be evaluated refuses, where Cedar by itself would skip it.

use prodops_core::tenancy::Role;
use prodops_policy::{Policy, PolicyFile, ReadWorkspace, WorkspaceFacts};

use crate::world::{member, moment};

/// Valid by type, and an overflow when it is evaluated.
const OVERFLOWS: &str = "when { 9223372036854775807 + 1 == 0 };";

fn with(text: &str) -> Policy {
    let mut files = Policy::shipped_files().to_vec();
    files.push(PolicyFile { name: "extra.cedar", text });
    Policy::load(&files).unwrap()
}

async fn refused_by(policy: &Policy) -> (Vec<String>, bool) {
    let scope = member(Role::Owner).await;
    let denied =
        policy.authorize::<ReadWorkspace>(&scope, &WorkspaceFacts::of(&scope), &moment()).unwrap_err();
    (denied.policies().to_vec(), denied.errored())
}

#[tokio::test]
async fn a_forbid_that_fails_refuses() {
    let text = format!("@id(\"fails\") @description(\"x\") forbid (principal, action, resource) {OVERFLOWS}");
    assert_eq!(refused_by(&with(&text)).await, (vec!["fails".to_owned()], true));
}

#[tokio::test]
async fn a_permit_that_fails_refuses_too() {
    let text = format!("@id(\"fails\") @description(\"x\") permit (principal, action, resource) {OVERFLOWS}");
    assert_eq!(refused_by(&with(&text)).await, (vec!["fails".to_owned()], true));
}

#[tokio::test]
async fn a_forbid_that_speaks_is_named_beside_one_that_fails() {
    let text = format!(
        "@id(\"fails\") @description(\"x\") forbid (principal, action, resource) {OVERFLOWS}\n\
         @id(\"speaks\") @description(\"x\") forbid (principal, action, resource);"
    );
    assert_eq!(refused_by(&with(&text)).await, (vec!["fails".to_owned(), "speaks".to_owned()], true));
}
