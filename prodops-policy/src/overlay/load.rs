//! What a workspace's own policies must look like to be taken.

use std::collections::BTreeMap;

use cedar_policy::pst::{Clause, Policy as Structure, StaticPolicy, Template};
use cedar_policy::{ActionConstraint, Effect, Entities, EntityUid, Policy, PolicySet};
use prodops_core::id::WorkspaceId;

use super::{Overlay, OverlayError};
use crate::decide::Decider;
use crate::error::PolicyError;
use crate::file::{Place, PolicyFile};
use crate::hash::ProgramHash;
use crate::policy::schema;
use crate::program::{Program, depth};
use crate::vocabulary::EntityType;
use crate::{load, nesting, verb};

/// Bytes of text.
const TEXT: usize = 64 * 1024;
/// Levels of brackets; a person writes less than ten.
const NESTING: usize = 64;
const POLICIES: usize = 64;
/// Instructions of all conditions together.
const OPERATIONS: usize = 1024;

type Places = BTreeMap<String, Place>;

/// A stack for what Cedar makes of that much text, in builds without optimisation too.
const STACK: usize = 256 << 20;

pub(super) fn overlay(workspace: WorkspaceId, text: &str) -> Result<Overlay, OverlayError> {
    stacker::grow(STACK, || read(workspace, text))
}

fn read(workspace: WorkspaceId, text: &str) -> Result<Overlay, OverlayError> {
    let file = PolicyFile { name: "overlay", text };
    if text.len() > TEXT {
        return Err(OverlayError::TooLong { bytes: text.len(), limit: TEXT });
    }
    if let Some(offset) = nesting::beyond(text, NESTING) {
        return Err(OverlayError::TooDeep { place: Place::at(&file, offset), limit: NESTING });
    }
    let ((written, places), homes) = load::parse(&[file])?;
    in_number(&places)?;
    in_depth(&written, &places)?;
    let schema = schema()?;
    load::validate(&written, &schema, &homes)?;
    let groups = schema.action_entities().map_err(|error| broken_schema(&error))?;
    let mut set = PolicySet::new();
    for policy in written.policies() {
        let place = place_of(&places, policy.id().as_ref());
        may_be_taken(policy, &place, workspace, &groups)?;
        let broken =
            || PolicyError::Schema { message: format!("policy `{}` cannot be guarded", policy.id()) };
        set.add(guarded(policy, workspace).ok_or_else(broken)?).map_err(|_| broken())?;
    }
    // The guard is true or false by the schema: what was valid stays so.
    let program = Program::validated(&schema, &set).map_err(|error| broken_schema(&error))?;
    is_in_profile(&program, &places)?;
    let decider = Decider::over(program, &schema)?;
    if let Some((policy, action)) = decider.unlistable() {
        let place = place_of(&places, &policy);
        return Err(PolicyError::Unlistable { policy, place, action: action.name() }.into());
    }
    Ok(Overlay { workspace, decider, hash: ProgramHash::of_overlay(workspace, &set), places })
}

fn place_of(places: &Places, policy: &str) -> Place {
    places.get(policy).cloned().unwrap_or_default()
}

fn in_number(places: &Places) -> Result<(), OverlayError> {
    let mut ordered: Vec<(&String, &Place)> = places.iter().collect();
    ordered.sort_by_key(|(_, place)| (place.line, place.column));
    match ordered.get(POLICIES) {
        None => Ok(()),
        Some((policy, place)) => {
            let (policy, place) = ((*policy).clone(), (*place).clone());
            Err(OverlayError::TooMany { policy, place, limit: POLICIES })
        }
    }
}

fn broken_schema(error: &dyn std::error::Error) -> PolicyError {
    PolicyError::Schema { message: error.to_string() }
}

/// A chain of more terms than there may be operations is refused before anything follows it down.
fn in_depth(written: &PolicySet, places: &Places) -> Result<(), OverlayError> {
    let deep = |policy: &&Policy| depth::levels(written, policy).is_none_or(|levels| levels > OPERATIONS);
    let Some(policy) = written.policies().find(deep) else { return Ok(()) };
    let policy = policy.id().to_string();
    Err(OverlayError::TooLarge { place: place_of(places, &policy), policy, limit: OPERATIONS })
}

fn may_be_taken(
    policy: &Policy,
    place: &Place,
    workspace: WorkspaceId,
    groups: &Entities,
) -> Result<(), OverlayError> {
    let (id, place) = (policy.id().to_string(), place.clone());
    if policy.effect() == Effect::Permit {
        return Err(OverlayError::Permits { policy: id, place });
    }
    if let Some(action) = locks_out(policy, groups) {
        return Err(OverlayError::LocksOut { policy: id, place, action });
    }
    let own = workspace.to_string();
    let foreign = policy.entity_literals().into_iter().find(|literal| {
        literal.type_name().basename() == EntityType::Workspace.name() && literal.id().unescaped() != own
    });
    match foreign {
        None => Ok(()),
        Some(literal) => Err(OverlayError::Foreign { policy: id, place, workspace: literal.to_string() }),
    }
}

/// An action of custody that the policy names in its scope. One that names none of them may still cover some: those are
/// decided without it.
fn locks_out(policy: &Policy, groups: &Entities) -> Option<String> {
    let named: Vec<EntityUid> = match policy.action_constraint() {
        ActionConstraint::Any => Vec::new(),
        ActionConstraint::Eq(action) => vec![action],
        ActionConstraint::In(actions) => actions,
    };
    let found = named.into_iter().find(|action| verb::belongs(groups, "Custody", action));
    found.map(|action| action.id().unescaped().to_owned())
}

/// The same policy, for what belongs to this workspace.
fn guarded(policy: &Policy, workspace: WorkspaceId) -> Option<Policy> {
    let Structure::Static(structure) = policy.to_pst().ok()? else { return None };
    let body = structure.body();
    let guard = guard(workspace)?;
    let guarded = Template::new(
        body.id.clone(),
        body.effect,
        body.principal.clone(),
        body.action.clone(),
        body.resource.clone(),
    )
    .try_with_clauses(guard.into_iter().chain(body.clauses().iter().cloned()))
    .ok()?
    .with_annotations(body.annotations.clone());
    Policy::from_pst(Structure::Static(StaticPolicy::try_from(guarded).ok()?)).ok()
}

fn guard(workspace: WorkspaceId) -> Option<Vec<Clause>> {
    let text = format!(
        "forbid (principal, action, resource) when {{ resource.workspace == ProdOps::Workspace::\"{workspace}\" }};"
    );
    let parsed = Policy::parse(None, text).ok()?.to_pst().ok()?;
    Some(parsed.body().clauses().clone())
}

fn is_in_profile(program: &Program, places: &Places) -> Result<(), OverlayError> {
    if let Some(policy) = program.left_to_cedar().next() {
        let policy = policy.to_string();
        return Err(OverlayError::Unsupported { place: place_of(places, &policy), policy });
    }
    let mut sizes: Vec<(Place, String, usize)> = program
        .sizes()
        .map(|(policy, size)| (place_of(places, policy.as_ref()), policy.to_string(), size))
        .collect();
    sizes.sort_by_key(|(place, ..)| (place.line, place.column));
    let mut total = 0;
    for (place, policy, size) in sizes {
        total += size;
        if total > OPERATIONS {
            return Err(OverlayError::TooLarge { policy, place, limit: OPERATIONS });
        }
    }
    Ok(())
}
