//! From files to a policy set: parsed, named, and valid under the strict rules of Cedar's validator.

use cedar_policy::{Policy, PolicyId, PolicySet, Schema, ValidationMode, Validator};
use miette::Diagnostic;
use std::collections::BTreeMap;

use crate::error::PolicyError;
use crate::file::{Place, PolicyFile};

/// A policy set, and where each policy stands.
pub(crate) type Placed = (PolicySet, BTreeMap<String, Place>);

/// Reads every policy of the files under its `@id`.
pub(crate) fn parse<'a>(
    files: &[PolicyFile<'a>],
) -> Result<(Placed, BTreeMap<String, PolicyFile<'a>>), PolicyError> {
    let (mut set, mut places) = (PolicySet::new(), BTreeMap::new());
    let mut homes = BTreeMap::new();
    for file in files {
        for (policy, place) in policies(file)? {
            let named = named(&policy, &place)?;
            let name = named.id().to_string();
            if homes.insert(name.clone(), *file).is_some() || set.add(named).is_err() {
                return Err(PolicyError::Duplicate { policy: name, place });
            }
            places.insert(name, place);
        }
    }
    Ok(((set, places), homes))
}

/// The policies of one file with the places where they begin, in the order of the file.
fn policies(file: &PolicyFile<'_>) -> Result<Vec<(Policy, Place)>, PolicyError> {
    let set: PolicySet = file.text.parse().map_err(|error: cedar_policy::ParseErrors| {
        let place = Place::at(file, offset(&error));
        PolicyError::Syntax { place, message: error.to_string() }
    })?;
    if set.num_of_templates() > 0 {
        return Err(PolicyError::Template { file: file.name.to_owned() });
    }
    let begin = |policy: &Policy| policy.to_cedar().and_then(|text| file.text.find(&text)).unwrap_or(0);
    let mut found: Vec<(usize, Policy)> =
        set.policies().map(|policy| (begin(policy), policy.clone())).collect();
    found.sort_by_key(|(offset, _)| *offset);
    Ok(found.into_iter().map(|(offset, policy)| (policy, Place::at(file, offset))).collect())
}

fn named(policy: &Policy, place: &Place) -> Result<Policy, PolicyError> {
    let filled = |key| policy.annotation(key).filter(|text| !text.trim().is_empty());
    let Some(id) = filled("id") else {
        return Err(PolicyError::Unnamed { place: place.clone() });
    };
    if filled("description").is_none() {
        return Err(PolicyError::Undescribed { policy: id.to_owned(), place: place.clone() });
    }
    Ok(policy.new_id(PolicyId::new(id)))
}

/// Holds a set against the schema. Refuses warnings too: a policy that can never apply, or an identifier that looks like another, is a mistake here.
pub(crate) fn validate(
    set: &PolicySet,
    schema: &Schema,
    homes: &BTreeMap<String, PolicyFile<'_>>,
) -> Result<(), PolicyError> {
    let result = Validator::new(schema.clone()).validate(set, ValidationMode::Strict);
    let finding = |policy: &PolicyId, finding: &dyn Diagnostic| {
        let file = homes.get(AsRef::<str>::as_ref(policy)).copied();
        let file = file.unwrap_or(PolicyFile { name: "unknown", text: "" });
        let policy = policy.to_string();
        let text = finding.to_string();
        let message = text.strip_prefix(&format!("for policy `{policy}`, ")).unwrap_or(&text).to_owned();
        (PolicyError::Invalid { policy, place: Place::at(&file, offset(finding)), message }, offset(finding))
    };
    let errors = result.validation_errors().map(|error| finding(error.policy_id(), error));
    let warnings = result.validation_warnings().map(|warning| finding(warning.policy_id(), warning));
    let first = errors.chain(warnings).min_by_key(|(error, offset)| match error {
        PolicyError::Invalid { place, .. } => (place.file.clone(), *offset),
        _ => (String::new(), *offset),
    });
    first.map_or(Ok(()), |(error, _)| Err(error))
}

/// The first byte that a diagnostic points at.
fn offset(diagnostic: &dyn Diagnostic) -> usize {
    diagnostic.labels().and_then(|mut labels| labels.next()).map_or(0, |label| label.offset())
}
