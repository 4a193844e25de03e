//! What a set of policies must look like to be taken.

use prodops_policy::{Policy, PolicyError, PolicyFile};

const TENANT: &str = "@id(\"t\") @description(\"x\")\nforbid (principal, action, resource) when { principal.workspace != resource.workspace };";

fn load(text: &str) -> Result<Policy, PolicyError> {
    Policy::load(&[PolicyFile { name: "tenant.cedar", text: TENANT }, PolicyFile { name: "a.cedar", text }])
}

fn refusal(text: &str) -> String {
    load(text).unwrap_err().to_string()
}

#[test]
fn the_shipped_policies_load_and_explain_themselves() {
    let policy = Policy::shipped().unwrap();
    let all = policy.summaries();
    assert_eq!(all.iter().filter(|each| each.forbids).count(), 3);
    assert!(all.iter().all(|each| each.description.ends_with('.')));
    assert!(format!("{policy:?}").contains("tenant-mismatch"));
}

#[test]
fn a_syntax_error_names_file_line_and_column() {
    let text = "@id(\"a\")\npermit (principal, action resource);\n";
    assert!(refusal(text).starts_with("a.cedar:2:27: "), "{}", refusal(text));
}

#[test]
fn a_mistake_names_policy_file_line_and_column() {
    let text = "// é\n@id(\"a\") @description(\"x\")\npermit (principal is ProdOps::Member, action, resource)\nwhen { principal.rule == 1 };";
    let said = refusal(text);
    assert!(said.starts_with("a.cedar:4:8: policy `a`: "), "{said}");
    assert!(said.contains("rule") && !said.contains("for policy"), "{said}");
}

#[test]
fn a_misspelt_role_is_a_mistake() {
    let text = "@id(\"a\") @description(\"x\")\npermit (principal is ProdOps::Member, action, resource)\nwhen { principal.role == ProdOps::Role::\"amdin\" };";
    let said = refusal(text);
    assert!(
        said.starts_with("a.cedar:3:") && said.contains("policy `a`") && said.contains("amdin"),
        "{said}"
    );
}

#[test]
fn a_policy_that_can_never_apply_is_a_mistake() {
    let text = "@id(\"a\") @description(\"x\")\npermit (principal is ProdOps::System, action == ProdOps::Action::\"Connect\", resource);";
    let said = refusal(text);
    assert!(said.starts_with("a.cedar:") && said.contains("policy `a`"), "{said}");
}

#[test]
fn every_policy_has_an_id_of_its_own_and_a_description() {
    let bare = "permit (principal, action, resource);";
    assert_eq!(refusal(&format!("\n  {bare}")), "a.cedar:2:3: policy without `@id(\"…\")`");
    assert_eq!(refusal(&format!("@id(\" \") {bare}")), "a.cedar:1:1: policy without `@id(\"…\")`");
    let undescribed = refusal(&format!("@id(\"a\") {bare}"));
    assert_eq!(undescribed, "a.cedar:1:1: policy `a` without `@description(\"…\")`");
    let twice = format!("@id(\"b\") @description(\"x\") {bare}\n@id(\"t\") @description(\"x\") {bare}");
    assert_eq!(refusal(&twice), "a.cedar:2:1: policy id `t` is taken by another policy");
}

#[test]
fn a_template_is_refused() {
    let text = "@id(\"a\") @description(\"x\") permit (principal == ?principal, action, resource);";
    assert_eq!(refusal(text), "a.cedar: templates are not supported");
}

#[test]
fn a_policy_that_names_one_row_is_refused() {
    for condition in [
        "forbid (principal, action, resource == ProdOps::Repository::\"r\");",
        "forbid (principal, action, resource) when { resource == ProdOps::Integration::\"i\" };",
    ] {
        let refused = load(&format!("@id(\"a\") @description(\"x\") {condition}")).unwrap_err();
        assert!(matches!(&refused, PolicyError::NamesRow { policy, .. } if policy == "a"), "{refused}");
    }
}

/// Each of these leaves a gap that the exact policy has not.
#[test]
fn a_set_without_the_exact_tenant_policy_is_refused() {
    let mismatch = "principal.workspace != resource.workspace";
    let almost = [
        format!("permit (principal, action, resource) when {{ {mismatch} }};"),
        format!("forbid (principal is ProdOps::Member, action, resource) when {{ {mismatch} }};"),
        format!("forbid (principal, action in ProdOps::Action::\"Write\", resource) when {{ {mismatch} }};"),
        format!("forbid (principal, action, resource is ProdOps::Repository) when {{ {mismatch} }};"),
        format!("forbid (principal, action, resource) when {{ {mismatch} && !context.archived }};"),
        format!("forbid (principal, action, resource) when {{ {mismatch} }} when {{ context.archived }};"),
        format!("forbid (principal, action, resource) when {{ {mismatch} }} unless {{ context.archived }};"),
        format!("forbid (principal, action, resource) unless {{ {mismatch} }};"),
        "forbid (principal, action, resource) when { principal.workspace == resource.workspace };".to_owned(),
    ];
    for text in almost {
        let text = format!("@id(\"t\") @description(\"x\") {text}");
        let refused = Policy::load(&[PolicyFile { name: "a.cedar", text: &text }]);
        assert_eq!(refused.unwrap_err(), PolicyError::NoTenantForbid, "{text}");
    }
    assert_eq!(Policy::load(&[]).unwrap_err(), PolicyError::NoTenantForbid);
    assert!(load("").is_ok());
}
