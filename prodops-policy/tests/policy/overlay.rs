//! Policies of a workspace's own: what is taken, and that they only ever narrow.

use prodops_core::filter::{Column, FilterRow, Value};
use prodops_core::id::{ConnectionId, RepositoryId};
use prodops_core::tenancy::{Role, WorkspaceState};
use prodops_policy::{
    Connect, IntegrationFacts, ListRepositories, ManageMembers, Overlay, Policy, ReadReport, ReadRepository,
    RepositoryFacts, RunSync, WorkspaceFacts,
};

use crate::world::{CONNECTION, FOREIGN, OWN, World, member, moment};

fn overlay(text: &str) -> Overlay {
    Overlay::parse(OWN, text).unwrap()
}

fn refusal(text: &str) -> String {
    Overlay::parse(OWN, text).unwrap_err().to_string()
}

fn policy(rest: &str) -> String {
    format!("@id(\"own\") @description(\"x\")\n{rest}")
}

#[tokio::test]
async fn an_overlay_forbids_in_its_own_workspace_and_nowhere_else() {
    let text = policy(
        "forbid (principal, action == ProdOps::Action::\"RunSync\", resource) when { principal.role == ProdOps::Role::\"member\" };",
    );
    let base = Policy::shipped().unwrap();
    let policy = base.with_overlay(overlay(&text));
    let world = World::new(Role::Member, WorkspaceState::Active).await;
    let (own, foreign) = (world.member("own").await, world.member("foreign").await);
    let mine = IntegrationFacts { workspace: OWN, id: CONNECTION };
    let denied = policy.authorize::<RunSync>(&own, &mine, &moment()).unwrap_err();
    assert_eq!(denied.policies(), ["own"]);
    assert!(base.authorize::<RunSync>(&own, &mine, &moment()).is_ok());
    let theirs = IntegrationFacts { workspace: FOREIGN, id: CONNECTION };
    assert!(policy.authorize::<RunSync>(&foreign, &theirs, &moment()).is_ok());
    let admin = member(Role::Admin).await;
    assert!(policy.authorize::<RunSync>(&admin, &mine, &moment()).is_ok());
    assert!(policy.without_overlay(OWN).authorize::<RunSync>(&own, &mine, &moment()).is_ok());
}

#[tokio::test]
async fn nothing_that_owners_need_is_forbidden_by_an_overlay() {
    let everything = policy("forbid (principal, action, resource);");
    let policy = Policy::shipped().unwrap().with_overlay(overlay(&everything));
    let owner = member(Role::Owner).await;
    let facts = WorkspaceFacts::of(&owner);
    assert!(policy.authorize::<ManageMembers>(&owner, &facts, &moment()).is_ok());
    assert_eq!(policy.authorize::<Connect>(&owner, &facts, &moment()).unwrap_err().policies(), ["own"]);
    let record = policy.record::<Connect>(&owner, &facts, &moment());
    assert_eq!((record.allowed, record.policies.as_slice()), (false, ["own".to_owned()].as_slice()));
    assert_eq!(record.overlay, policy.overlay(OWN).map(Overlay::hash));
}

#[tokio::test]
async fn a_list_is_narrowed_by_the_overlay_as_each_row_is() {
    struct Row(RepositoryFacts);
    impl FilterRow for Row {
        fn column(&self, column: Column) -> Option<Value> {
            match column.name() {
                "repository" => Some(Value::Id(*self.0.id.as_bytes())),
                "connection" => Some(Value::Id(*self.0.integration.as_bytes())),
                _ => None,
            }
        }
    }
    let hidden = ConnectionId::from_bytes([8; 16]);
    let text = policy(&format!(
        "forbid (principal is ProdOps::Member, action in ProdOps::Action::\"Read\", resource is ProdOps::Repository)
         when {{ resource.integration == ProdOps::Integration::\"{hidden}\" }};"
    ));
    let policy = Policy::shipped().unwrap().with_overlay(overlay(&text));
    let scope = member(Role::Viewer).await;
    let visible = policy.visible::<ListRepositories>(&scope, &moment()).unwrap();
    for (integration, shown) in [(CONNECTION, true), (hidden, false)] {
        let row = RepositoryFacts { workspace: OWN, id: RepositoryId::from_bytes([1; 16]), integration };
        assert_eq!(policy.authorize::<ReadRepository>(&scope, &row, &moment()).is_ok(), shown);
        assert_eq!(visible.filter().admits(&Row(row)), shown);
    }
}

#[test]
fn an_overlay_that_permits_is_refused() {
    let said = refusal(&policy("permit (principal, action, resource);"));
    assert_eq!(said, "overlay:1:1: policy `own` permits: the policies of a workspace can only forbid");
}

#[test]
fn an_overlay_that_names_another_workspace_is_refused() {
    let named = format!(
        "forbid (principal, action, resource) when {{ resource.workspace == ProdOps::Workspace::\"{FOREIGN}\" }};"
    );
    let said = refusal(&policy(&named));
    assert!(said.starts_with("overlay:1:1: policy `own` names another workspace: "), "{said}");
    let own = named.replace(&FOREIGN.to_string(), &OWN.to_string());
    assert_eq!(overlay(&policy(&own)).workspace(), OWN);
}

#[test]
fn an_overlay_that_would_lock_the_owners_out_is_refused() {
    for action in ["ManageMembers", "EditPolicySet", "DeleteWorkspace", "Custody"] {
        let text = format!(
            "// ours\n@id(\"own\") @description(\"x\") forbid (principal, action in [ProdOps::Action::\"{action}\"], resource);"
        );
        let said = refusal(&text);
        assert!(said.starts_with(&format!("overlay:2:1: policy `own` is about `{action}`")), "{said}");
    }
}

#[test]
fn an_overlay_that_is_too_large_is_refused() {
    let many: String = (0..65)
        .map(|number| {
            format!("@id(\"p{number}\") @description(\"x\")\nforbid (principal, action, resource);\n")
        })
        .collect();
    assert_eq!(refusal(&many), "overlay:129:1: policy `p64` is one too many: at most 64 are taken");
    let long = "context.archived || ".repeat(150) + "false";
    let large: String = (0..8)
        .map(|number| format!("@id(\"p{number}\") @description(\"x\")\nforbid (principal, action, resource) when {{ {long} }};\n"))
        .collect();
    let said = refusal(&large);
    assert!(said.contains("policy `p3` the conditions take more than 1024 operations"), "{said}");
    let chain =
        policy(&format!("forbid (principal, action, resource) when {{ {}true }};", "true||".repeat(8_000)));
    assert!(refusal(&chain).contains("policy `own` the conditions take more than"), "{}", refusal(&chain));
    let deep = policy(&format!(
        "forbid (principal, action, resource) when {{ {}true{} }};",
        "(".repeat(90),
        ")".repeat(90)
    ));
    assert!(refusal(&deep).contains("nest more than 64 deep"));
    let text = format!("// {}", "x".repeat(70_000));
    assert!(refusal(&text).contains("at most 65536"), "{}", refusal(&text));
}

#[test]
fn an_overlay_that_cannot_be_read_or_does_not_fit_is_refused_with_its_place() {
    assert!(refusal(&policy("forbid (principal, action resource);")).starts_with("overlay:2:"));
    let unknown = refusal(&policy("forbid (principal, action, resource) when { resource.colour == 1 };"));
    assert!(unknown.starts_with("overlay:2:") && unknown.contains("policy `own`"), "{unknown}");
    let odd = policy(
        "forbid (principal, action == ProdOps::Action::\"IngestFacts\", resource) when { ip(\"10.0.0.1\").isLoopback() };",
    );
    assert!(
        refusal(&odd).contains("policy `own` uses what policies of a workspace cannot"),
        "{}",
        refusal(&odd)
    );
    let list = policy(
        "forbid (principal, action == ProdOps::Action::\"ListPeople\", resource) when { resource has team };",
    );
    assert!(refusal(&list).contains("cannot be filtered by"), "{}", refusal(&list));
    assert!(refusal("forbid (principal, action, resource);").contains("without `@id"));
}

/// More forbids can only narrow: whatever an overlay says, what it allows was allowed before.
#[tokio::test]
async fn an_overlay_never_widens() {
    let base = Policy::shipped().unwrap();
    for condition in [
        "",
        "when { context.archived }",
        "unless { principal has until }",
        "when { 9223372036854775807 + 1 == 0 }",
    ] {
        let policy = base.with_overlay(overlay(&policy(&format!(
            "forbid (principal is ProdOps::Member, action, resource) {condition};"
        ))));
        for role in Role::ALL {
            let scope = member(role).await;
            let facts = prodops_policy::MetricReportFacts::of(&scope);
            let (before, after) = (
                base.authorize::<ReadReport>(&scope, &facts, &moment()).is_ok(),
                policy.authorize::<ReadReport>(&scope, &facts, &moment()).is_ok(),
            );
            assert!(before || !after, "{role} {condition}");
        }
    }
}
