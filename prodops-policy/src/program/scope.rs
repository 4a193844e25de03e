//! The scope of a policy: which actions and types it can apply to is resolved when loading, the rest becomes conditions.

use cedar_policy::pst::{ActionConstraint, EntityOrSlot, PrincipalConstraint, ResourceConstraint, Template};

use super::lower::{Lowering, Unsupported};
use super::node::Node;
use super::path::{Path, Root};
use super::value::{Uid, Value};

/// Which actions and resource types a policy can apply to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scope {
    action: Actions,
    /// The only type of resource, when there is one.
    resource: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Actions {
    Any,
    One(Uid),
    /// These, and what is below them.
    Below(Vec<Uid>),
}

impl Scope {
    /// The scope of a policy of which nothing is known.
    pub(crate) const fn any() -> Self {
        Self { action: Actions::Any, resource: None }
    }

    /// The scope of a policy.
    pub(crate) fn of(policy: &Template, lowering: &mut Lowering<'_>) -> Self {
        let action = match &policy.action {
            ActionConstraint::Any => Actions::Any,
            ActionConstraint::Eq(action) => Actions::One(lowering.uid(action)),
            ActionConstraint::In(actions) => {
                Actions::Below(actions.iter().map(|action| lowering.uid(action)).collect())
            }
        };
        let ty = match &policy.resource {
            ResourceConstraint::Is(ty) | ResourceConstraint::IsIn(ty, _) => Some(ty),
            ResourceConstraint::Eq(EntityOrSlot::Entity(entity)) => Some(&entity.ty),
            _ => None,
        };
        Self { action, resource: ty.map(|ty| lowering.terms.text(&ty.to_string())) }
    }

    /// Whether the policy can apply to this action, whose ancestors are given in order, on resources of this type.
    pub(crate) fn covers(&self, action: Uid, ancestors: &[Uid], resource: u32) -> bool {
        let acts = match &self.action {
            Actions::Any => true,
            Actions::One(one) => *one == action,
            Actions::Below(some) => {
                some.iter().any(|each| *each == action || ancestors.binary_search(each).is_ok())
            }
        };
        acts && self.resource.is_none_or(|ty| ty == resource)
    }
}

/// What the scope says of the principal and of the resource, beyond what [`Scope::covers`] has said.
pub(crate) fn conditions(policy: &Template, lowering: &mut Lowering<'_>) -> Result<Vec<Node>, Unsupported> {
    let mut conditions = Vec::new();
    match &policy.principal {
        PrincipalConstraint::Any => {}
        PrincipalConstraint::Is(ty) => conditions.push(is(Root::Principal, &ty.to_string(), lowering)?),
        PrincipalConstraint::Eq(entity) => conditions.push(equal(Root::Principal, entity, lowering)?),
        PrincipalConstraint::In(entity) => conditions.push(within(Root::Principal, entity, lowering)?),
        PrincipalConstraint::IsIn(ty, entity) => {
            conditions.push(is(Root::Principal, &ty.to_string(), lowering)?);
            conditions.push(within(Root::Principal, entity, lowering)?);
        }
    }
    match &policy.resource {
        ResourceConstraint::Any | ResourceConstraint::Is(_) => {}
        ResourceConstraint::Eq(entity) => conditions.push(equal(Root::Resource, entity, lowering)?),
        ResourceConstraint::In(entity) | ResourceConstraint::IsIn(_, entity) => {
            conditions.push(within(Root::Resource, entity, lowering)?);
        }
    }
    Ok(conditions)
}

fn variable(root: Root, lowering: &mut Lowering<'_>) -> Result<u32, Unsupported> {
    lowering.slot(Path { root, attributes: Vec::new(), has: Vec::new() })
}

fn is(root: Root, ty: &str, lowering: &mut Lowering<'_>) -> Result<Node, Unsupported> {
    let ty = lowering.terms.text(ty);
    Ok(Node::Is(Box::new(Node::Slot(variable(root, lowering)?)), ty))
}

fn equal(root: Root, entity: &EntityOrSlot, lowering: &mut Lowering<'_>) -> Result<Node, Unsupported> {
    let entity = constant(entity, lowering)?;
    let slot = variable(root, lowering)?;
    Ok(Node::binary(super::node::Binary::Equal, Node::Slot(slot), entity))
}

fn within(root: Root, entity: &EntityOrSlot, lowering: &mut Lowering<'_>) -> Result<Node, Unsupported> {
    let entity = constant(entity, lowering)?;
    let slot = variable(root, lowering)?;
    lowering.paths.ascend(slot);
    Ok(Node::In(slot, Box::new(entity)))
}

fn constant(entity: &EntityOrSlot, lowering: &mut Lowering<'_>) -> Result<Node, Unsupported> {
    match entity {
        EntityOrSlot::Entity(entity) => Ok(Node::Constant(Value::Entity(lowering.uid(entity)))),
        // INVARIANT: links are filled before they are lowered.
        EntityOrSlot::Slot(_) => Err(Unsupported),
    }
}
