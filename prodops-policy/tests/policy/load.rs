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
    assert_eq!(all.iter().filter(|each| each.forbids).count(), 18);
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

/// A list asks once: what its rows cannot be filtered by has no place in a policy that applies to it.
#[test]
fn a_policy_that_a_list_cannot_be_filtered_by_is_refused_and_names_the_list() {
    let person = "@id(\"a\") @description(\"x\")\nforbid (principal, action == ProdOps::Action::\"ListPeople\", resource) when { resource has team };";
    let said = refusal(person);
    assert_eq!(said, "a.cedar:1:1: policy `a` asks what the rows of `ListPeople` cannot be filtered by");
}

/// Every id has one spelling; a row that no id can name is a mistake.
#[test]
fn a_row_that_a_list_cannot_have_is_refused() {
    for id in ["r", "01010101010101010101010101010101"] {
        let text = format!(
            "@id(\"a\") @description(\"x\") forbid (principal, action, resource == ProdOps::Repository::\"{id}\");"
        );
        assert!(refusal(&text).contains("`ListRepositories` cannot be filtered by"), "{}", refusal(&text));
    }
}

#[test]
fn a_policy_may_name_one_row_of_a_list() {
    for condition in [
        "forbid (principal, action, resource == ProdOps::Repository::\"01010101-0101-0101-0101-010101010101\");",
        "forbid (principal, action, resource) when { resource == ProdOps::Integration::\"01010101-0101-0101-0101-010101010101\" };",
    ] {
        load(&format!("@id(\"a\") @description(\"x\") {condition}")).unwrap();
    }
}

const MISMATCH: &str = "principal.workspace != resource.workspace";

/// Each of these leaves a gap that the exact policy has not.
#[test]
fn a_set_that_leaves_a_gap_between_workspaces_is_refused_and_names_the_gap() {
    let almost = [
        format!("permit (principal, action, resource) when {{ {MISMATCH} }};"),
        format!("forbid (principal is ProdOps::Member, action, resource) when {{ {MISMATCH} }};"),
        format!("forbid (principal, action in ProdOps::Action::\"Write\", resource) when {{ {MISMATCH} }};"),
        format!("forbid (principal, action, resource is ProdOps::Repository) when {{ {MISMATCH} }};"),
        format!("forbid (principal, action, resource) when {{ {MISMATCH} && !context.archived }};"),
        format!("forbid (principal, action, resource) when {{ {MISMATCH} }} when {{ context.archived }};"),
        format!("forbid (principal, action, resource) when {{ {MISMATCH} }} unless {{ context.archived }};"),
        format!("forbid (principal, action, resource) unless {{ {MISMATCH} }};"),
        "forbid (principal, action, resource) when { principal.workspace == resource.workspace };".to_owned(),
    ];
    for text in almost {
        let text = format!("@id(\"t\") @description(\"x\") {text}");
        let refused = Policy::load(&[PolicyFile { name: "a.cedar", text: &text }]).unwrap_err();
        assert!(matches!(refused, PolicyError::Unguarded(_)), "{text}: {refused}");
    }
    let none = Policy::load(&[]).unwrap_err().to_string();
    assert_eq!(
        none,
        "`ProdOps::Action::\"ArchiveWorkspace\"` on `ProdOps::Workspace`: no policy is exactly \
         `forbid (principal, action, resource) when { principal.workspace != resource.workspace }`"
    );
    assert!(load("").is_ok());
}

/// Cell by cell: one policy for everything, or several that leave no cell out.
#[test]
fn a_gap_may_be_closed_by_several_policies() {
    let text = format!(
        "@id(\"a\") @description(\"x\") forbid (principal, action in ProdOps::Action::\"Write\", resource) when {{ {MISMATCH} }};
         @id(\"b\") @description(\"x\") forbid (principal, action in ProdOps::Action::\"Withdraw\", resource) when {{ {MISMATCH} }};
         @id(\"c\") @description(\"x\") forbid (principal, action in ProdOps::Action::\"Read\", resource) unless {{ resource.workspace == principal.workspace }};"
    );
    Policy::load(&[PolicyFile { name: "a.cedar", text: &text }]).unwrap();
}
