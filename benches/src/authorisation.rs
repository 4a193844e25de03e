//! An authorisation workload of the size of a real platform: 42 actions on 13 types by 8 roles, 52 policies, 11 of them with
//! conditions beyond the role. Written once per language; every peer is asked the same requests.

use std::fmt::Write;

/// Roles, the mightiest last.
pub const ROLES: [&str; 8] =
    ["viewer", "member", "billing", "auditor", "support", "manager", "admin", "owner"];
/// Types of resources.
pub const TYPES: [&str; 13] = [
    "Workspace",
    "Membership",
    "Team",
    "Person",
    "HrRecord",
    "Integration",
    "Credential",
    "Repository",
    "Activity",
    "MetricReport",
    "HealthScore",
    "AuditLog",
    "Export",
];
/// Actions.
pub const ACTIONS: usize = 42;

/// One question.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// The number of the action.
    pub action: usize,
    /// The number of the role.
    pub role: usize,
    /// Tenant of the principal and of the resource.
    pub tenants: (u8, u8),
    /// Whether the principal is suspended.
    pub suspended: bool,
    /// How far the principal is cleared, and how sensitive the resource is.
    pub levels: (i64, i64),
    /// Whether the principal owns the resource.
    pub own: bool,
    /// The workspace is archived.
    pub archived: bool,
    /// A second factor was shown.
    pub factor: bool,
    /// The request comes by API token.
    pub token: bool,
}

/// Whether an action changes something.
#[must_use]
pub const fn writes(action: usize) -> bool {
    action % 3 == 2
}

/// The type that an action is for.
#[must_use]
pub fn type_of(action: usize) -> &'static str {
    TYPES.get(action % TYPES.len()).copied().unwrap_or("Workspace")
}

/// The roles that may do an action: all from one upwards.
#[must_use]
pub fn roles_of(action: usize) -> &'static [&'static str] {
    ROLES.get((action * 5) % 7..).unwrap_or(&ROLES)
}

/// Requests as they come: mostly of the own tenant, mostly harmless.
#[must_use]
pub fn requests(count: usize) -> Vec<Asked> {
    let mut state = 42u64;
    let mut below = move |n: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % n
    };
    let asked = |_| Asked {
        action: usize::try_from(below(ACTIONS as u64)).unwrap_or(0),
        role: usize::try_from(below(ROLES.len() as u64)).unwrap_or(0),
        tenants: (1, if below(10) == 0 { 2 } else { 1 }),
        suspended: below(20) == 0,
        levels: (i64::try_from(below(4)).unwrap_or(0), i64::try_from(below(3)).unwrap_or(0)),
        own: below(4) == 0,
        archived: below(12) == 0,
        factor: below(4) != 0,
        token: below(8) == 0,
    };
    (0..count).map(asked).collect()
}

/// The schema in the Cedar language.
#[must_use]
pub fn cedar_schema() -> String {
    let roles = ROLES.map(|role| format!("\"{role}\"")).join(", ");
    let mut text = format!(
        "entity Role enum [{roles}]; entity Tenant;
        entity Member = {{ tenant: Tenant, role: Role, suspended: Bool, clearance: Long }};
        action Read; action Write;\n"
    );
    for ty in TYPES {
        let _ = writeln!(text, "entity {ty} = {{ tenant: Tenant, owner: Member, sensitivity: Long }};");
    }
    for action in 0..ACTIONS {
        let group = if writes(action) { "Write" } else { "Read" };
        let _ = writeln!(
            text,
            "action a{action} in [{group}] appliesTo {{ principal: Member, resource: {}, context: {{ archived: Bool, factor: Bool, token: Bool }} }};",
            type_of(action)
        );
    }
    text
}

/// The policies in the Cedar language: a permit per action except one, and eleven with conditions.
#[must_use]
pub fn cedar_policies() -> String {
    let mut text = String::from(
        "forbid (principal, action, resource) when { principal.tenant != resource.tenant };
        forbid (principal, action, resource) when { principal.suspended };
        forbid (principal, action in Action::\"Write\", resource) when { context.archived };
        forbid (principal, action, resource is HrRecord) unless { context.factor };
        forbid (principal, action, resource) when { resource.sensitivity > principal.clearance };
        forbid (principal, action in Action::\"Write\", resource is Credential) when { context.token };
        forbid (principal, action, resource is HealthScore) when { principal.role == Role::\"support\" };
        forbid (principal, action, resource is Export) unless { context.factor || principal.role == Role::\"owner\" };
        permit (principal, action in Action::\"Read\", resource is Activity) when { resource.owner == principal };
        permit (principal, action in Action::\"Read\", resource is HealthScore) when { resource.owner == principal };
        permit (principal, action in Action::\"Write\", resource is Team) when { resource.owner == principal && !context.token };\n",
    );
    for action in 1..ACTIONS {
        let roles: Vec<_> = roles_of(action).iter().map(|role| format!("Role::\"{role}\"")).collect();
        let _ = writeln!(
            text,
            "permit (principal, action == Action::\"a{action}\", resource) when {{ principal.role in [{}] }};",
            roles.join(", ")
        );
    }
    text
}

/// The same policies in Rego.
#[must_use]
pub fn rego() -> String {
    let mut text = String::from(
        "package app
import rego.v1
default allow := false
allow if { permit; not forbid }
forbid if input.principal.tenant != input.resource.tenant
forbid if input.principal.suspended
forbid if { input.write; input.context.archived }
forbid if { input.resource.type == \"HrRecord\"; not input.context.factor }
forbid if input.resource.sensitivity > input.principal.clearance
forbid if { input.write; input.resource.type == \"Credential\"; input.context.token }
forbid if { input.resource.type == \"HealthScore\"; input.principal.role == \"support\" }
forbid if { input.resource.type == \"Export\"; not input.context.factor; input.principal.role != \"owner\" }
permit if { not input.write; input.resource.type == \"Activity\"; input.own }
permit if { not input.write; input.resource.type == \"HealthScore\"; input.own }
permit if { input.write; input.resource.type == \"Team\"; input.own; not input.context.token }
permit if input.principal.role in roles[input.action]
roles := {\n",
    );
    for action in 1..ACTIONS {
        let roles: Vec<_> = roles_of(action).iter().map(|role| format!("\"{role}\"")).collect();
        let _ = writeln!(text, "\"a{action}\": [{}],", roles.join(", "));
    }
    text + "\"none\": []}\n"
}

/// What a request looks like to Rego.
#[must_use]
pub fn rego_input(asked: &Asked) -> String {
    format!(
        "{{\"principal\": {{\"tenant\": {}, \"role\": \"{}\", \"suspended\": {}, \"clearance\": {}}}, \"action\": \"a{}\", \"write\": {}, \
         \"resource\": {{\"tenant\": {}, \"type\": \"{}\", \"sensitivity\": {}}}, \"own\": {}, \
         \"context\": {{\"archived\": {}, \"factor\": {}, \"token\": {}}}}}",
        asked.tenants.0,
        ROLES.get(asked.role).copied().unwrap_or_default(),
        asked.suspended,
        asked.levels.0,
        asked.action,
        writes(asked.action),
        asked.tenants.1,
        type_of(asked.action),
        asked.levels.1,
        asked.own,
        asked.archived,
        asked.factor,
        asked.token
    )
}

/// The model of casbin for the part that is roles only.
pub const CASBIN_MODEL: &str = "[request_definition]
r = sub, obj, act
[policy_definition]
p = sub, obj, act
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.sub == p.sub && r.obj == p.obj && r.act == p.act";

/// The rules of casbin: role, type, action.
#[must_use]
pub fn casbin_rules() -> Vec<Vec<String>> {
    let of = |action: usize| {
        roles_of(action)
            .iter()
            .map(move |role| vec![(*role).to_owned(), type_of(action).to_owned(), format!("a{action}")])
    };
    (1..ACTIONS).flat_map(of).collect()
}
