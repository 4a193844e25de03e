//! `tinytodo`: lists that their owners share with teams of readers and editors.

use super::Scenario;
use super::world::{Chance, World, parents, reference, uid};

pub(super) const SCENARIO: Scenario =
    Scenario { name: "tinytodo", schema: SCHEMA, policies: POLICIES, world };

const SCHEMA: &str = r"
entity Application;
entity Team in [Team, Application];
entity User in [Team, Application];
entity List in [Application] = { owner: User, readers: Team, editors: Team };
action CreateList, GetLists appliesTo { principal: User, resource: Application };
action GetList, UpdateList, DeleteList, CreateTask, UpdateTask, DeleteTask, EditShares
  appliesTo { principal: User, resource: List };
";

const POLICIES: &str = r#"
permit (principal, action in [Action::"CreateList", Action::"GetLists"], resource == Application::"0");
permit (principal, action, resource is List in Application::"0") when { resource.owner == principal };
permit (principal, action == Action::"GetList", resource)
when { principal in resource.readers || principal in resource.editors };
permit (
  principal,
  action in [Action::"UpdateList", Action::"CreateTask", Action::"UpdateTask", Action::"DeleteTask"],
  resource
)
when { principal in resource.editors };
"#;

const ACTIONS: [&str; 7] =
    ["GetList", "UpdateList", "DeleteList", "CreateTask", "UpdateTask", "DeleteTask", "EditShares"];

/// Teams are below earlier teams, users in some; a list has one team that reads and one that edits.
fn world(size: usize, requests: usize, chance: &mut Chance) -> World {
    let mut world = World::default();
    world.add(("Application", 0), &[], &[]);
    let application = [uid("Application", 0)];
    for number in 0..size {
        let above = [&application[..], &parents("Team", &chance.some(number, 5))].concat();
        world.add(("Team", number), &[], &above);
        let above = [&application[..], &parents("Team", &chance.some(size, 10))].concat();
        world.add(("User", number), &[], &above);
        let attributes = [
            ("owner", reference("User", chance.below(size))),
            ("readers", reference("Team", chance.below(size))),
            ("editors", reference("Team", chance.below(size))),
        ];
        world.add(("List", number), &attributes, &application);
    }
    for _ in 0..requests {
        let (user, list) = (chance.below(size), chance.below(size));
        match ACTIONS.get(chance.below(ACTIONS.len() + 1)) {
            Some(action) => world.ask(user, action, ("List", list)),
            None => world.ask(user, "GetLists", ("Application", 0)),
        }
    }
    world
}
