//! Tenants are kept apart: a property of the code of every cell, so that no solver is needed to see it.

use super::cell::Cell;
use super::node::{Binary, Node, Unary};
use super::path::Root;
use super::policy::Body;
use super::program::Program;

/// Something of another tenant is not forbidden to everybody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unguarded {
    /// In this cell.
    #[error(
        "`{action}` on `{resource}`: no policy is exactly `forbid (principal, action, resource) when \
         {{ principal.{attribute} != resource.{attribute} }}`"
    )]
    Cell {
        /// The action.
        action: String,
        /// The type of resource.
        resource: String,
        /// The attribute that names a tenant.
        attribute: String,
    },
    /// The set was not validated, so that the attribute may be missing.
    #[error("only a program that was compiled with its schema can be shown to keep tenants apart")]
    Unvalidated,
}

impl Program {
    /// Shows that every cell of the schema has a forbid for all principals whose condition is exactly that the principal's
    /// tenant is not the resource's, as this attribute names it.
    ///
    /// One condition more, or a narrower scope, would leave a gap. The condition cannot fail: the strict validator has seen
    /// that every principal and resource of the cell has the attribute.
    ///
    /// # Errors
    /// [`Unguarded`], naming a cell without such a forbid, the first by name.
    pub fn keeps_apart(&self, attribute: &str) -> Result<(), Unguarded> {
        if !self.is_validated() {
            return Err(Unguarded::Unvalidated);
        }
        let open = self.cells().filter(|(.., cell)| !self.is_guarded(cell, attribute));
        let name = |number| self.terms().spelling(number).unwrap_or_default().to_owned();
        let first = open
            .map(|(action, resource, _)| {
                (format!("{}::\"{}\"", name(action.ty), name(action.id)), name(resource))
            })
            .min();
        let Some((action, resource)) = first else { return Ok(()) };
        Err(Unguarded::Cell { action, resource, attribute: attribute.to_owned() })
    }

    fn is_guarded(&self, cell: &Cell, attribute: &str) -> bool {
        cell.forbids.iter().any(|&number| match self.body(number) {
            Some(Body::Code { conjuncts, .. }) => self.differs(conjuncts, attribute),
            _ => false,
        })
    }

    /// The only condition is that both sides name different tenants.
    fn differs(&self, conjuncts: &[Node], attribute: &str) -> bool {
        let [Node::Unary(Unary::Not, inner)] = conjuncts else { return false };
        let Node::Binary(Binary::Equal, both) = &**inner else { return false };
        let [Node::Slot(left), Node::Slot(right)] = **both else { return false };
        let sides = [self.tenant_of(left, attribute), self.tenant_of(right, attribute)];
        matches!(
            sides,
            [Some(Root::Principal), Some(Root::Resource)] | [Some(Root::Resource), Some(Root::Principal)]
        )
    }

    /// Whose tenant a slot holds.
    fn tenant_of(&self, slot: u32, attribute: &str) -> Option<&Root> {
        let path = self.paths().get(slot)?;
        (path.attributes == [attribute] && path.has.is_empty()).then_some(&path.root)
    }
}
