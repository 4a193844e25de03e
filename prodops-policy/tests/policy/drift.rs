//! The schema, the actions of this crate and the vocabulary of core name the same things.

use std::collections::BTreeSet;

use cedar_policy::{Schema, SchemaFragment};
use prodops_core::tenancy::{Role, SystemPrincipal};
use prodops_policy::Policy;
use prodops_policy::testing::Matrix;

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

#[test]
fn the_schema_has_the_actions_of_this_crate_and_each_belongs_to_one_group() {
    let schema: Schema = SCHEMA.parse().unwrap();
    let groups: BTreeSet<&str> = schema.action_groups().map(|uid| uid.id().unescaped()).collect();
    assert_eq!(groups, BTreeSet::from(["Read", "Withdraw", "Write"]));
    let declared: BTreeSet<&str> =
        schema.actions().map(|uid| uid.id().unescaped()).filter(|name| !groups.contains(name)).collect();
    let matrix = Matrix::of(&Policy::shipped().unwrap());
    let known: BTreeSet<&str> = matrix.cells.iter().map(|cell| cell.action).collect();
    assert_eq!(declared, known);
    let json = schema_json();
    for name in declared {
        assert_eq!(json["ProdOps"]["actions"][name]["memberOf"].as_array().unwrap().len(), 1, "{name}");
    }
}
