//! `gdrive`: documents and folders that people own, that are shared as views, or that are public.

use super::Scenario;
use super::world::{Chance, World, parents, reference, references};

pub(super) const SCENARIO: Scenario = Scenario { name: "gdrive", schema: SCHEMA, policies: POLICIES, world };

const SCHEMA: &str = r"
entity View;
entity Group in [Group];
entity User in [Group] = { viewAccess: View, ownedDocuments: Set<Document>, ownedFolders: Set<Folder> };
entity Folder in [Folder, View];
entity Document in [Folder, View] = { isPublic: Bool, editors: Group };
action readDocument, writeDocument, shareDocument, changeDocumentOwner
  appliesTo { principal: User, resource: Document };
action createDocument appliesTo { principal: User, resource: Folder };
";

const POLICIES: &str = r#"
permit (principal, action == Action::"readDocument", resource)
when { resource in principal.viewAccess || resource.isPublic };

permit (principal, action in [Action::"readDocument", Action::"writeDocument"], resource)
when { principal in resource.editors };

permit (
  principal,
  action in [Action::"readDocument", Action::"writeDocument", Action::"shareDocument", Action::"changeDocumentOwner"],
  resource
)
when { principal.ownedDocuments.contains(resource) };

permit (principal, action == Action::"createDocument", resource)
when { principal.ownedFolders.contains(resource) };
"#;

const ACTIONS: [&str; 4] = ["readDocument", "writeDocument", "shareDocument", "changeDocumentOwner"];

/// Users see a view each; folders and documents lie in earlier folders and in some views.
fn world(size: usize, requests: usize, chance: &mut Chance) -> World {
    let mut world = World::default();
    for number in 0..size {
        world.add(("View", number), &[], &[]);
        let above = chance.some(number, 5);
        world.add(("Group", number), &[], &parents("Group", &above));
        let attributes = [
            ("viewAccess", reference("View", number)),
            ("ownedDocuments", references("Document", &chance.some(size, 10))),
            ("ownedFolders", references("Folder", &chance.some(size, 10))),
        ];
        world.add(("User", number), &attributes, &parents("Group", &chance.some(size, 5)));
        let above =
            [parents("Folder", &chance.some(number, 5)), parents("View", &chance.some(size, 5))].concat();
        world.add(("Folder", number), &[], &above);
        let above =
            [parents("Folder", &chance.some(size, 5)), parents("View", &chance.some(size, 10))].concat();
        let public = chance.percent(10).to_string();
        let attributes = [("isPublic", public), ("editors", reference("Group", chance.below(size)))];
        world.add(("Document", number), &attributes, &above);
    }
    for _ in 0..requests {
        let (user, object) = (chance.below(size), chance.below(size));
        match ACTIONS.get(chance.below(ACTIONS.len() + 1)) {
            Some(action) => world.ask(user, action, ("Document", object)),
            None => world.ask(user, "createDocument", ("Folder", object)),
        }
    }
    world
}
