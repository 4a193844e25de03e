//! Schema, policies and entities from text.

use cedar_policy::{Entities, Policy, PolicyId, PolicySet, Schema, Template};
use miette::Diagnostic;

use super::error::DecisionPointError;
use super::request::with_causes;
use crate::file::{Place, PolicyFile};
use crate::nesting;
use crate::program::CompileError;

/// Cedar's parser recurses; deeper brackets are refused before it sees them.
const NESTING: usize = 1000;
/// A stack for that many levels, in builds without optimisation too.
const STACK: usize = 256 << 20;

/// The schema, in either form.
pub(super) fn schema(file: &PolicyFile<'_>) -> Result<Schema, DecisionPointError> {
    nesting(file)?;
    stacker::grow(STACK, || {
        if is_json(file) {
            return Schema::from_json_str(file.text).map_err(|error| syntax(file, &error));
        }
        let parsed = Schema::from_cedarschema_str(file.text);
        parsed.map(|(schema, _)| schema).map_err(|error| syntax(file, &error))
    })
}

/// The policies, each under its `@id` where it has one.
pub(super) fn policies(file: &PolicyFile<'_>) -> Result<PolicySet, DecisionPointError> {
    nesting(file)?;
    stacker::grow(STACK, || {
        if is_json(file) {
            return PolicySet::from_json_str(file.text).map_err(|error| syntax(file, &error));
        }
        let parsed: PolicySet =
            file.text.parse().map_err(|error: cedar_policy::ParseErrors| syntax(file, &error))?;
        named(file, &parsed)
    })
}

/// The entities; they must fit the schema when there is one.
pub(super) fn entities(
    file: Option<PolicyFile<'_>>,
    schema: Option<&Schema>,
) -> Result<Entities, DecisionPointError> {
    let file = file.unwrap_or(PolicyFile { name: "no entities", text: "[]" });
    Entities::from_json_str(file.text, schema).map_err(|error| wrong(&file, &error))
}

/// Entities that do not fit the schema, with the actions that it declares and they do not have.
pub(super) fn loose_entities(
    file: Option<PolicyFile<'_>>,
    schema: &Schema,
) -> Result<Entities, DecisionPointError> {
    let own = entities(file, None)?;
    let file = file.unwrap_or(PolicyFile { name: "no entities", text: "[]" });
    let actions = schema.action_entities().map_err(|error| wrong(&file, &error))?;
    let missing: Vec<_> = actions.iter().filter(|action| own.get(&action.uid()).is_none()).cloned().collect();
    own.add_entities(missing, None).map_err(|error| wrong(&file, &error))
}

/// A set that the program does not take.
pub(super) fn unfit(file: &PolicyFile<'_>, error: CompileError) -> DecisionPointError {
    DecisionPointError::Unfit { file: file.name.to_owned(), findings: error.to_string() }
}

fn is_json(file: &PolicyFile<'_>) -> bool {
    file.text.trim_start().starts_with('{')
}

fn named(file: &PolicyFile<'_>, parsed: &PolicySet) -> Result<PolicySet, DecisionPointError> {
    let mut set = PolicySet::new();
    let taken = |policy: &PolicyId, text: Option<String>| DecisionPointError::Duplicate {
        place: Place::at(file, text.and_then(|text| file.text.find(&text)).unwrap_or(0)),
        policy: policy.to_string(),
    };
    let given = |annotation: Option<&str>| annotation.filter(|id| !id.trim().is_empty()).map(PolicyId::new);
    for template in parsed.templates() {
        let id = given(template.annotation("id")).unwrap_or_else(|| template.id().clone());
        let renamed: Template = template.new_id(id.clone());
        set.add_template(renamed).map_err(|_| taken(&id, Some(template.to_cedar())))?;
    }
    for policy in parsed.policies() {
        let id = given(policy.annotation("id")).unwrap_or_else(|| policy.id().clone());
        let renamed: Policy = policy.new_id(id.clone());
        set.add(renamed).map_err(|_| taken(&id, policy.to_cedar()))?;
    }
    Ok(set)
}

fn wrong(file: &PolicyFile<'_>, error: &dyn std::error::Error) -> DecisionPointError {
    DecisionPointError::Entities { file: file.name.to_owned(), message: with_causes(error) }
}

fn syntax<E: Diagnostic>(file: &PolicyFile<'_>, error: &E) -> DecisionPointError {
    let labels = error.labels().and_then(|mut labels| labels.next());
    let place = Place::at(file, labels.map_or(0, |label| label.offset()));
    let mut message = error.to_string();
    let cause = std::error::Error::source(error).map(ToString::to_string);
    if let Some(cause) = cause.filter(|cause| !message.contains(cause)) {
        message = format!("{message}: {cause}");
    }
    DecisionPointError::Syntax { place, message }
}

fn nesting(file: &PolicyFile<'_>) -> Result<(), DecisionPointError> {
    match nesting::beyond(file.text, NESTING) {
        None => Ok(()),
        Some(offset) => Err(DecisionPointError::TooDeep { place: Place::at(file, offset), limit: NESTING }),
    }
}
