//! The schema and the vocabulary of core name the same things, and every action says what kind of thing it is.

use std::collections::BTreeSet;

use cedar_policy::{Schema, SchemaFragment};
use prodops_core::tenancy::{Role, SystemPrincipal};
use prodops_policy::action_names;

const SCHEMA: &str = include_str!("../../policies/prodops.cedarschema");

fn schema_json() -> serde_json::Value {
    let (fragment, warnings) = SchemaFragment::from_cedarschema_str(SCHEMA).unwrap();
    assert_eq!(warnings.count(), 0);
    fragment.to_json_value().unwrap()
}

fn names(value: &serde_json::Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect()
}

#[test]
fn the_schema_has_the_roles_and_system_principals_of_core() {
    let json = schema_json();
    let types = &json["ProdOps"]["entityTypes"];
    assert_eq!(names(&types["Role"]["enum"]), Role::ALL.map(Role::as_str));
    assert_eq!(names(&types["SystemName"]["enum"]), SystemPrincipal::ALL.map(SystemPrincipal::as_str));
}

/// Exactly one of these says what an archived workspace means for it.
const KINDS: [&str; 3] = ["Read", "Withdraw", "Write"];

#[test]
fn every_action_reads_writes_or_withdraws() {
    let schema: Schema = SCHEMA.parse().unwrap();
    let groups: BTreeSet<&str> = schema.action_groups().map(|uid| uid.id().unescaped()).collect();
    let declared: BTreeSet<&str> =
        schema.actions().map(|uid| uid.id().unescaped()).filter(|name| !groups.contains(name)).collect();
    assert_eq!(declared, action_names().collect());
    let json = schema_json();
    for name in declared {
        let groups = json["ProdOps"]["actions"][name]["memberOf"].as_array().unwrap();
        let kinds = groups.iter().filter(|group| KINDS.contains(&group["id"].as_str().unwrap()));
        assert_eq!(kinds.count(), 1, "{name}");
    }
}
