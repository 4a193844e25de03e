//! `github`: repositories whose five groups may do more and more, and issues in them.

use super::Scenario;
use super::world::{Chance, World, parents, reference};

pub(super) const SCENARIO: Scenario = Scenario { name: "github", schema: SCHEMA, policies: POLICIES, world };

const SCHEMA: &str = r"
entity UserGroup in [UserGroup];
entity Team in [Team, UserGroup];
entity User in [UserGroup, Team];
entity Repository = { readers: UserGroup, triagers: UserGroup, writers: UserGroup, maintainers: UserGroup, admins: UserGroup };
entity Issue = { repo: Repository, reporter: User };
action pull, fork, push, add_reader, add_triager, add_writer, add_maintainer, add_admin
  appliesTo { principal: User, resource: Repository };
action edit_issue, delete_issue, assign_issue appliesTo { principal: User, resource: Issue };
";

const POLICIES: &str = r#"
permit (principal, action in [Action::"pull", Action::"fork"], resource) when { principal in resource.readers };
permit (principal, action == Action::"push", resource) when { principal in resource.writers };
permit (
  principal,
  action in [Action::"add_reader", Action::"add_triager", Action::"add_writer", Action::"add_maintainer", Action::"add_admin"],
  resource
)
when { principal in resource.admins };
permit (principal, action in [Action::"edit_issue", Action::"delete_issue"], resource)
when { principal in resource.repo.readers && principal == resource.reporter };
permit (principal, action == Action::"assign_issue", resource) when { principal in resource.repo.triagers };
permit (principal, action == Action::"edit_issue", resource) when { principal in resource.repo.writers };
permit (principal, action == Action::"delete_issue", resource) when { principal in resource.repo.maintainers };
"#;

const ROLES: [&str; 5] = ["readers", "triagers", "writers", "maintainers", "admins"];
const ON_REPOSITORIES: [&str; 8] =
    ["pull", "fork", "push", "add_reader", "add_triager", "add_writer", "add_maintainer", "add_admin"];
const ON_ISSUES: [&str; 3] = ["edit_issue", "delete_issue", "assign_issue"];

/// Each repository has five groups, of which the mightier are below the others; teams and users are in some.
fn world(size: usize, requests: usize, chance: &mut Chance) -> World {
    let mut world = World::default();
    for number in 0..size {
        let groups = ROLES.len() * number;
        for (place, _) in ROLES.iter().enumerate() {
            let above: &[usize] = if place == 0 { &[] } else { &[groups + place - 1] };
            world.add(("UserGroup", groups + place), &[], &parents("UserGroup", above));
        }
        let mut roles = Vec::new();
        for (place, role) in ROLES.iter().enumerate() {
            roles.push((*role, reference("UserGroup", groups + place)));
        }
        world.add(("Repository", number), &roles, &[]);
        let above =
            [parents("Team", &chance.some(number, 5)), parents("UserGroup", &chance.some(size * 5, 2))];
        world.add(("Team", number), &[], &above.concat());
        let above = [parents("Team", &chance.some(size, 5)), parents("UserGroup", &chance.some(size * 5, 2))];
        world.add(("User", number), &[], &above.concat());
        let repo = reference("Repository", chance.below(size));
        let reporter = reference("User", chance.below(size));
        world.add(("Issue", number), &[("repo", repo), ("reporter", reporter)], &[]);
    }
    for _ in 0..requests {
        let (user, object, action) = (chance.below(size), chance.below(size), chance.below(11));
        match ON_REPOSITORIES.get(action) {
            Some(action) => world.ask(user, action, ("Repository", object)),
            None => world.ask(user, ON_ISSUES.get(action - 8).unwrap_or(&"edit_issue"), ("Issue", object)),
        }
    }
    world
}
