//! What a policy comes to when not everything is known: always the same, or depending on what is not.

use super::arithmetic;
use super::inquiry::Inquiry;
use super::machine::{Frame, Halt};
use super::node::{Node, Unary};
use super::path::Root;
use super::policy::Body;
use super::value::Value;

/// What a policy comes to, as far as that can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// It is satisfied whatever else holds.
    Always,
    /// It is not satisfied, whatever else holds.
    Never,
    /// It depends on what is not known.
    Depends,
    /// It cannot be evaluated.
    Fails,
}

/// The type of a principal and of a resource that are not known themselves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Types {
    pub(crate) principal: u32,
    pub(crate) resource: u32,
}

/// What a policy comes to in an inquiry whose unknown slots are opaque.
pub(crate) fn certainty(inquiry: &Inquiry<'_>, types: Types, policy: u32) -> Certainty {
    let Some(Body::Code { conjuncts, .. }) = inquiry.program.body(policy) else { return Certainty::Depends };
    let supposing = Supposing { inquiry, types };
    match supposing.chain(conjuncts, true) {
        Supposed::Known(Value::Bool(true)) => Certainty::Always,
        Supposed::Known(Value::Bool(false)) => Certainty::Never,
        Supposed::Known(_) | Supposed::Fails => Certainty::Fails,
        Supposed::Unknown => Certainty::Depends,
    }
}

/// A value, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Supposed {
    Known(Value),
    Unknown,
    Fails,
}

struct Supposing<'a> {
    inquiry: &'a Inquiry<'a>,
    types: Types,
}

impl Supposing<'_> {
    const fn frame(&self) -> &Frame<'_> {
        &self.inquiry.frame
    }

    fn suppose(&self, node: &Node) -> Supposed {
        match node {
            Node::Constant(value) => Supposed::Known(*value),
            Node::Slot(slot) => computed(self.frame().load(*slot)),
            Node::Fail => Supposed::Fails,
            Node::Unary(operator, inner) => self.unary(*operator, inner),
            Node::Binary(operator, both) => {
                let [left, right] = &**both;
                match (self.suppose(left), self.suppose(right)) {
                    (Supposed::Known(left), Supposed::Known(right)) => {
                        computed(arithmetic::binary(*operator, left, right, self.frame().terms))
                    }
                    (Supposed::Fails, _) | (_, Supposed::Fails) => Supposed::Fails,
                    _ => Supposed::Unknown,
                }
            }
            Node::And(all) => self.chain(all, true),
            Node::Or(all) => self.chain(all, false),
            Node::If(three) => self.choice(three),
            Node::Is(inner, ty) => self.is(inner, *ty),
            Node::In(slot, right) => match (computed(self.frame().load(*slot)), self.suppose(right)) {
                (Supposed::Known(_), Supposed::Known(right)) => {
                    computed(self.frame().within(*slot, right).map(Value::Bool))
                }
                (Supposed::Fails, _) | (_, Supposed::Fails) => Supposed::Fails,
                _ => Supposed::Unknown,
            },
            Node::ListContains(..) | Node::InList(..) => Supposed::Unknown,
        }
    }

    fn unary(&self, operator: Unary, inner: &Node) -> Supposed {
        match self.suppose(inner) {
            Supposed::Known(value) => computed(arithmetic::unary(operator, value, self.frame().terms)),
            other => other,
        }
    }

    /// What one known term decides is decided, wherever the unknown ones stand: policies that validate fail only where they
    /// compute too large a number.
    fn chain(&self, terms: &[Node], conjunction: bool) -> Supposed {
        let mut open = false;
        for term in terms {
            match self.suppose(term) {
                Supposed::Known(Value::Bool(truth)) if truth == conjunction => {}
                Supposed::Known(value @ Value::Bool(_)) => return Supposed::Known(value),
                Supposed::Unknown => open = true,
                Supposed::Known(_) | Supposed::Fails if open => return Supposed::Unknown,
                Supposed::Known(_) | Supposed::Fails => return Supposed::Fails,
            }
        }
        if open { Supposed::Unknown } else { Supposed::Known(Value::Bool(conjunction)) }
    }

    fn choice(&self, three: &[Node; 3]) -> Supposed {
        let [test, then, otherwise] = three;
        match self.suppose(test) {
            Supposed::Known(Value::Bool(true)) => self.suppose(then),
            Supposed::Known(Value::Bool(false)) => self.suppose(otherwise),
            Supposed::Known(_) | Supposed::Fails => Supposed::Fails,
            Supposed::Unknown => match (self.suppose(then), self.suppose(otherwise)) {
                (then, otherwise) if then == otherwise => then,
                _ => Supposed::Unknown,
            },
        }
    }

    /// Of the principal and the resource the type is known, even when they are not.
    fn is(&self, inner: &Node, ty: u32) -> Supposed {
        let known = |own: u32| Supposed::Known(Value::Bool(own == ty));
        if let Node::Slot(slot) = inner
            && let Some(path) = self.inquiry.program.paths().get(*slot)
            && path.attributes.is_empty()
            && path.has.is_empty()
        {
            match path.root {
                Root::Principal => return known(self.types.principal),
                Root::Resource => return known(self.types.resource),
                _ => {}
            }
        }
        match self.suppose(inner) {
            Supposed::Known(Value::Entity(uid)) => known(uid.ty),
            Supposed::Known(_) | Supposed::Fails => Supposed::Fails,
            Supposed::Unknown => Supposed::Unknown,
        }
    }
}

fn computed(value: Result<Value, Halt>) -> Supposed {
    match value {
        Ok(value) => Supposed::Known(value),
        Err(Halt::Opaque) => Supposed::Unknown,
        Err(Halt::Error | Halt::Unsatisfied) => Supposed::Fails,
    }
}
