//! The matrix of roles and actions, and the explanation of a field, in words.

use std::collections::BTreeMap;

use prodops::core::tenancy::{Role, SystemPrincipal};
use prodops::policy::PolicySummary;
use prodops::policy::matrix::{Cell, CellExplanation, Certainty, Circumstance, Standing, Voice};

use super::action;
use crate::ui::route;
use crate::ui::view::{
    FieldState, PolicyExplanation, PolicyField, PolicyGroup, PolicyRow, PolicyVoice, SystemRow,
};

/// The circumstances of somebody's own workspace, with their names in addresses.
pub const CIRCUMSTANCES: [(&str, Circumstance); 3] = [
    ("session", Circumstance::Usual),
    ("archived", Circumstance::Archived),
    ("token", Circumstance::ByToken),
];

/// What turns fields into words and links.
#[derive(Debug)]
pub struct MatrixWords<'a> {
    descriptions: BTreeMap<&'a str, &'a str>,
    page: String,
    chosen: Option<(&'a str, &'a str)>,
}

impl<'a> MatrixWords<'a> {
    /// Words of these policies, links to fields of this page, and the field that is chosen: role and action.
    #[must_use]
    pub fn new(policies: &[PolicySummary<'a>], page: String, chosen: Option<(&'a str, &'a str)>) -> Self {
        let descriptions = policies.iter().map(|each| (each.id, each.description)).collect();
        Self { descriptions, page, chosen }
    }

    /// The fields of the roles, by type of resource and action, both in the order of the schema.
    #[must_use]
    pub fn groups(&self, cells: &[Cell]) -> Vec<PolicyGroup> {
        let mut groups: Vec<(&str, PolicyGroup)> = Vec::new();
        for cell in cells.iter().filter(|cell| is_role(cell.principal)) {
            let place = groups.iter().position(|(resource, _)| *resource == cell.resource);
            let place = place.unwrap_or_else(|| {
                groups
                    .push((cell.resource, PolicyGroup { resource: title(cell.resource), rows: Vec::new() }));
                groups.len() - 1
            });
            let Some((_, group)) = groups.get_mut(place) else { continue };
            if group.rows.last().is_none_or(|row| row.name != cell.action) {
                let (action, name) = (capitalised(&action(cell.action)), cell.action.to_owned());
                group.rows.push(PolicyRow { action, name, fields: Vec::new() });
            }
            if let Some(row) = group.rows.last_mut() {
                row.fields.push(self.field(cell));
            }
        }
        // What no role can ever do is background work, told below.
        let possible = |row: &PolicyRow| row.fields.iter().any(|field| field.state != FieldState::Never);
        let mut groups: Vec<PolicyGroup> = groups.into_iter().map(|(_, group)| group).collect();
        groups.iter_mut().for_each(|group| group.rows.retain(possible));
        groups.retain(|group| !group.rows.is_empty());
        groups
    }

    /// What background work may do.
    #[must_use]
    pub fn systems(&self, cells: &[Cell]) -> Vec<SystemRow> {
        let of = |system: SystemPrincipal| {
            let own = cells.iter().filter(|cell| cell.principal == system.as_str());
            let allowed = own.filter(|cell| cell.standing != Standing::Denied);
            let actions = allowed.map(|cell| (action(cell.action), self.href(cell))).collect();
            SystemRow { system: system.as_str().to_owned(), actions }
        };
        let rows = SystemPrincipal::ALL.into_iter().map(of);
        rows.filter(|row: &SystemRow| !row.actions.is_empty()).collect()
    }

    fn field(&self, cell: &Cell) -> PolicyField {
        let described = |id: &String| self.descriptions.get(id.as_str()).copied().unwrap_or_default();
        let because: Vec<&str> = cell.policies.iter().map(described).collect();
        PolicyField {
            role: cell.principal.to_owned(),
            state: match cell.standing {
                Standing::Allowed => FieldState::Always,
                Standing::Conditional => FieldState::Depends,
                Standing::Denied => FieldState::Never,
            },
            because: if because.is_empty() { "No policy permits it.".to_owned() } else { because.join(" ") },
            href: self.href(cell),
            chosen: self.chosen == Some((cell.principal, cell.action)),
        }
    }

    fn href(&self, cell: &Cell) -> String {
        route::policy_field(&self.page, cell.principal, cell.action)
    }
}

/// The explanation of a field.
#[must_use]
pub fn explanation(explained: &CellExplanation) -> PolicyExplanation {
    let Cell { principal, standing, .. } = &explained.cell;
    let (what, on) = (action(explained.cell.action), noun(explained.cell.resource));
    let asked = format!("{what}, on {}", with_article(&on));
    let sentence = match standing {
        Standing::Allowed => format!("{} may always {asked}", subject(principal)),
        Standing::Conditional => format!("{} may {asked}, under conditions", subject(principal)),
        Standing::Denied => format!("{} may never {asked}", subject(principal)),
    };
    PolicyExplanation { sentence, voices: explained.voices.iter().map(voice).collect() }
}

fn voice(voice: &Voice) -> PolicyVoice {
    let effect = match (voice.certainty, voice.forbids) {
        (Certainty::Fails, _) => "cannot be evaluated, and refuses",
        (Certainty::Always, true) => "forbids",
        (Certainty::Always, false) => "permits",
        (_, true) => "forbids in some cases",
        (_, false) => "permits in some cases",
    };
    PolicyVoice {
        id: voice.policy.clone(),
        description: voice.description.clone(),
        effect: capitalised(effect),
        forbids: voice.forbids,
        conditions: voice.conditions.clone(),
        place: voice.place.to_string(),
    }
}

fn is_role(principal: &str) -> bool {
    Role::ALL.iter().any(|role| role.as_str() == principal)
}

/// Who, as a sentence begins.
fn subject(principal: &str) -> String {
    match principal {
        role if is_role(role) => capitalised(&with_article(role)),
        "suspended" => "A suspended member".to_owned(),
        "endless" => "Support without an end".to_owned(),
        system => format!("The background work {system}"),
    }
}

fn with_article(noun: &str) -> String {
    // "an HR record", "an API token": by the sound.
    let vowel = noun.starts_with(['a', 'e', 'i', 'o', 'u', 'A', 'H']);
    format!("{} {noun}", if vowel { "an" } else { "a" })
}

/// A type in words: `HrRecord` is "HR record".
fn title(resource: &str) -> String {
    capitalised(&noun(resource))
}

/// A type in words within a sentence.
fn noun(resource: &str) -> String {
    action(resource).replace("hr ", "HR ").replace("api ", "API ")
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use prodops::policy::Policy;

    #[test]
    fn every_action_of_a_role_is_in_the_table_once() {
        let policy = Policy::shipped().unwrap();
        let cells = policy.matrix().cells;
        let usual: Vec<Cell> =
            cells.iter().filter(|cell| cell.circumstance == Circumstance::Usual).cloned().collect();
        let words =
            MatrixWords::new(&policy.summaries(), "/w/a/policies".to_owned(), Some(("owner", "ReadAudit")));
        let rows: Vec<PolicyRow> = words.groups(&usual).into_iter().flat_map(|group| group.rows).collect();
        assert!(rows.iter().all(|row| row.fields.len() == Role::ALL.len()));
        let possible =
            usual.iter().filter(|cell| is_role(cell.principal) && cell.standing != Standing::Denied);
        let shown = rows.iter().flat_map(|row| &row.fields).filter(|field| field.state != FieldState::Never);
        assert_eq!(shown.count(), possible.count());
        let chosen: Vec<&PolicyField> =
            rows.iter().flat_map(|row| &row.fields).filter(|field| field.chosen).collect();
        assert_eq!(chosen.len(), 1);
        assert_eq!(chosen[0].href, "/w/a/policies?as=owner&action=ReadAudit#explained");
        assert!(words.systems(&usual).iter().any(|row| row.system == "sync"));
    }

    #[test]
    fn a_field_is_explained_in_words() {
        let policy = Policy::shipped().unwrap();
        let said = |principal: &str, action: &str, resource: &str| {
            explanation(&policy.explain_cell(principal, action, resource).unwrap()).sentence
        };
        assert_eq!(said("owner", "ReadAudit", "AuditLog"), "An owner may always read audit, on an audit log");
        assert_eq!(said("viewer", "Connect", "Workspace"), "A viewer may never connect, on a workspace");
    }
}
