//! The policies that ProdOps ships, through the standard's front.

use authzen::decision::Point;
use prodops_policy::{Policy, PolicyFile};
use serde_json::{Value, json};

use crate::service::{Service, services_of};

const SCHEMA: PolicyFile<'static> = PolicyFile {
    name: "prodops.cedarschema",
    text: include_str!("../../../../prodops-policy/policies/prodops.cedarschema"),
};
const REPOSITORIES: usize = 5;

fn uid(ty: &str, id: &str) -> Value {
    json!({ "type": format!("ProdOps::{ty}"), "id": id })
}

fn entity(ty: &str, id: &str, attributes: Value) -> Value {
    json!({ "uid": uid(ty, id), "attrs": attributes, "parents": [] })
}

fn workspace(id: &str) -> Vec<Value> {
    let own = json!({ "workspace": uid("Workspace", id) });
    let member = |role: &str| {
        let attributes = json!({
            "workspace": uid("Workspace", id), "role": uid("Role", role), "suspended": false, "by_token": false,
        });
        entity("Member", &format!("{id}-{role}"), attributes)
    };
    let repository = |number: usize| {
        let integration = uid("Integration", &format!("{id}-git"));
        let attributes = json!({ "workspace": uid("Workspace", id), "integration": integration });
        entity("Repository", &format!("{id}-repository-{number}"), attributes)
    };
    let things = [
        entity("Workspace", id, own.clone()),
        entity("Integration", &format!("{id}-git"), own),
        member("viewer"),
        member("owner"),
        member("billing"),
    ];
    things.into_iter().chain((0..REPOSITORIES).map(repository)).collect()
}

fn services() -> [Service; 2] {
    let policies: String = Policy::shipped_files().iter().map(|file| file.text).collect();
    let entities = json!([workspace("north"), workspace("south")].concat()).to_string();
    let policies = PolicyFile { name: "shipped", text: &policies };
    services_of(Point::load(SCHEMA, policies, PolicyFile { name: "entities", text: &entities }).unwrap())
}

fn question(role: &str, action: &str, repository: &str) -> Value {
    json!({
        "subject": { "type": "Member", "id": format!("north-{role}") },
        "action": { "name": action },
        "resource": { "type": "Repository", "id": repository },
        "context": {
            "archived": false, "now": "2026-03-01T12:00:00Z", "second_factor": false, "audited_grant": false,
            "clearance": 0, "managed_teams": [],
        },
    })
}

#[tokio::test]
async fn roles_may_what_the_shipped_policies_say() {
    let [north, _] = services();
    for (role, action, allowed) in [
        ("viewer", "ReadRepository", true),
        ("viewer", "ExcludeRepository", false),
        ("owner", "ExcludeRepository", true),
        ("billing", "ReadRepository", false),
    ] {
        let decided = north.decides(&question(role, action, "north-repository-1")).await;
        assert_eq!(decided, allowed, "{role} {action}");
    }
    let mut archived = question("owner", "ExcludeRepository", "north-repository-1");
    archived["context"]["archived"] = json!(true);
    let denied = north.ask("evaluation", &archived).await.json();
    assert_eq!(denied["context"]["policies"], json!(["archived-workspace"]));
}

#[tokio::test]
async fn lists_of_the_shipped_policies_are_filters() {
    let [north, south] = services();
    let mut search = question("viewer", "ListRepositories", "");
    search["resource"] = json!({ "type": "Repository" });
    let answer = north.ask("search/resource", &search).await.json();
    assert_eq!(
        (&answer["page"]["total"], &answer["context"]["found_by"]),
        (&json!(REPOSITORIES), &json!("filter"))
    );
    assert_eq!(south.ask("search/resource", &search).await.json()["results"], json!([]));
}
