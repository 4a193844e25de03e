//! Two workspaces made by counting, for whoever brings no directory: nobody and nothing in them exists.

use prodops_policy::PolicyFile;
use serde_json::{Value, json};

use crate::decision::{Point, PointError};

const SCHEMA: PolicyFile<'static> =
    PolicyFile { name: "workspace.cedarschema", text: include_str!("../policies/workspace.cedarschema") };
const POLICIES: PolicyFile<'static> =
    PolicyFile { name: "workspace.cedar", text: include_str!("../policies/workspace.cedar") };

const WORKSPACES: [&str; 2] = ["north", "south"];
const TEAMS: usize = 3;
const MEMBERS: usize = 12;
const REPORTS: usize = 8;

/// A decision point over generated workspaces with so many repositories in each.
///
/// # Errors
/// As [`Point::load`]; tests hold that it does not happen.
pub fn point(repositories: usize) -> Result<Point, PointError> {
    let entities = entities(repositories).to_string();
    Point::load(SCHEMA, POLICIES, PolicyFile { name: "generated", text: &entities })
}

/// Entities in Cedar's JSON form. Ids begin with the workspace.
fn entities(repositories: usize) -> Value {
    let each = WORKSPACES.iter().flat_map(|workspace| {
        let own = entity("Workspace", workspace, json!({ "workspace": uid("Workspace", workspace) }), None);
        let teams = (0..TEAMS).map(move |number| team(workspace, number));
        let members = (0..MEMBERS).map(move |number| member(workspace, number));
        let repositories = (0..repositories).map(move |number| repository(workspace, number));
        let reports = (0..REPORTS).map(move |number| report(workspace, number));
        std::iter::once(own).chain(teams).chain(members).chain(repositories).chain(reports)
    });
    each.collect()
}

fn team(workspace: &str, number: usize) -> Value {
    let attributes = json!({ "workspace": uid("Workspace", workspace) });
    entity("Team", &numbered(workspace, "team", number), attributes, None)
}

fn member(workspace: &str, number: usize) -> Value {
    let team = of_team(workspace, number);
    let attributes = json!({
        "workspace": uid("Workspace", workspace),
        "team": team,
        "role": if number == 0 { "admin" } else { "member" },
        "suspended": number % 6 == 5,
        "clearance": if number == 0 { 3 } else { number % 4 },
    });
    entity("Member", &numbered(workspace, "member", number), attributes, Some(team))
}

fn repository(workspace: &str, number: usize) -> Value {
    let attributes = json!({
        "workspace": uid("Workspace", workspace),
        "team": of_team(workspace, number),
        "name": if number.is_multiple_of(5) { format!("published-{number}") } else { format!("internal-{number}") },
        "sensitivity": number % 4,
        "archived": number % 7 == 6,
    });
    entity("Repository", &numbered(workspace, "repository", number), attributes, None)
}

fn report(workspace: &str, number: usize) -> Value {
    let mut attributes = json!({
        "workspace": uid("Workspace", workspace),
        "team": of_team(workspace, number),
        "personal": number % 2 == 1,
    });
    let about = uid("Member", &numbered(workspace, "member", number));
    if let Some(attributes) = attributes.as_object_mut().filter(|_| number % 2 == 1) {
        attributes.insert("about".to_owned(), about);
    }
    entity("Report", &numbered(workspace, "report", number), attributes, None)
}

fn of_team(workspace: &str, number: usize) -> Value {
    uid("Team", &numbered(workspace, "team", number % TEAMS))
}

fn numbered(workspace: &str, what: &str, number: usize) -> String {
    format!("{workspace}-{what}-{number}")
}

fn uid(ty: &str, id: &str) -> Value {
    json!({ "type": ty, "id": id })
}

fn entity(ty: &str, id: &str, attributes: Value, parent: Option<Value>) -> Value {
    json!({ "uid": uid(ty, id), "attrs": attributes, "parents": parent.as_slice() })
}
