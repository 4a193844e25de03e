//! From conditions to code.

use std::collections::HashMap;

use super::lower::Unsupported;
use super::machine::STACK;
use super::node::{Binary, Node, Unary};
use super::op::Op;
use super::value::Value;

/// Where the code of a policy begins and ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    start: u32,
    end: u32,
}

impl Span {
    /// How many instructions it has.
    pub(crate) const fn len(self) -> usize {
        (self.end - self.start) as usize
    }
}

/// The code of every policy of a program, one behind the other, and the constants that it uses.
#[derive(Debug, Default)]
pub(crate) struct Code {
    ops: Vec<Op>,
    constants: Vec<Value>,
    known: HashMap<Value, u32>,
    /// Where the policy that is being written begins: jumps count from there.
    start: usize,
    depth: usize,
}

impl Code {
    /// Appends the code of a policy: every conjunct must hold.
    ///
    /// # Errors
    /// When it needs a deeper stack than the machine has; nothing of it is kept.
    pub(crate) fn policy(&mut self, conjuncts: &[Node]) -> Result<Span, Unsupported> {
        let start = self.ops.len();
        (self.start, self.depth) = (start, 0);
        match conjuncts.iter().try_for_each(|conjunct| self.require(conjunct)) {
            Ok(()) => Ok(Span { start: address(start)?, end: address(self.ops.len())? }),
            Err(unsupported) => {
                self.ops.truncate(start);
                Err(unsupported)
            }
        }
    }

    pub(crate) fn ops(&self, span: &Span) -> &[Op] {
        self.ops.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    pub(crate) fn constants(&self) -> &[Value] {
        &self.constants
    }

    fn require(&mut self, node: &Node) -> Result<(), Unsupported> {
        if let Node::And(all) = node {
            return all.iter().try_for_each(|each| self.require(each));
        }
        // No part of a disjunction may hold: they are tried in the same order, and fail in the same place.
        if let Node::Unary(Unary::Not, inner) = node
            && let Node::Or(all) = &**inner
        {
            return all.iter().try_for_each(|each| self.require(&each.clone().not()));
        }
        if let Some(op) = self.fused(node)? {
            self.ops.push(op);
            return Ok(());
        }
        self.push(node)?;
        self.depth -= 1;
        self.ops.push(Op::Require);
        Ok(())
    }

    /// One instruction for the conditions that policies mostly consist of.
    fn fused(&mut self, node: &Node) -> Result<Option<Op>, Unsupported> {
        let (node, truth) = match node {
            Node::Unary(Unary::Not, inner) => (&**inner, false),
            other => (other, true),
        };
        Ok(match node {
            Node::Slot(slot) => Some(Op::RequireTrue { slot: *slot, truth }),
            Node::In(slot, right) => match **right {
                Node::Constant(value) => {
                    Some(Op::RequireIn { slot: *slot, constant: self.constant(value)?, truth })
                }
                _ => None,
            },
            Node::Is(inner, ty) if truth => match **inner {
                Node::Slot(slot) => Some(Op::RequireIs { slot, ty: *ty }),
                _ => None,
            },
            Node::Binary(Binary::Equal, both) => match **both {
                [Node::Slot(left), Node::Slot(right)] => Some(Op::RequireSame { left, right, truth }),
                [Node::Slot(slot), Node::Constant(value)] | [Node::Constant(value), Node::Slot(slot)] => {
                    Some(Op::RequireEqual { slot, constant: self.constant(value)?, truth })
                }
                _ => None,
            },
            Node::Binary(order @ (Binary::Less | Binary::LessOrEqual), both) => match **both {
                [Node::Slot(left), Node::Slot(right)] => {
                    Some(Op::RequireOrder { left, right, strictly: *order == Binary::Less, truth })
                }
                _ => None,
            },
            _ => None,
        })
    }

    /// Code that leaves the value of the node on the stack.
    fn push(&mut self, node: &Node) -> Result<(), Unsupported> {
        match node {
            Node::Constant(value) => {
                let constant = self.constant(*value)?;
                self.grow(Op::Constant(constant))
            }
            Node::Slot(slot) => self.grow(Op::Load(*slot)),
            Node::Fail => self.grow(Op::Fail),
            Node::Unary(operator, inner) => {
                self.push(inner)?;
                self.replace(1, Op::Unary(*operator))
            }
            Node::Is(inner, ty) => {
                self.push(inner)?;
                self.replace(1, Op::Is(*ty))
            }
            Node::Binary(operator, both) => {
                both.iter().try_for_each(|each| self.push(each))?;
                self.replace(2, Op::Binary(*operator))
            }
            Node::In(slot, right) => {
                self.push(right)?;
                self.replace(1, Op::In(*slot))
            }
            Node::InList(slot, members) => {
                members.iter().try_for_each(|each| self.push(each))?;
                let count = address(members.len())?;
                self.replace(members.len(), Op::InList { slot: *slot, count })
            }
            Node::ListContains(members, needle) => {
                members.iter().try_for_each(|each| self.push(each))?;
                self.push(needle)?;
                self.replace(members.len() + 1, Op::ListContains(address(members.len())?))
            }
            Node::And(all) => self.chain(all, true),
            Node::Or(all) => self.chain(all, false),
            Node::If(three) => self.choice(three),
        }
    }

    /// Left to right, up to the first that decides. Every term must be a truth value.
    fn chain(&mut self, terms: &[Node], conjunction: bool) -> Result<(), Unsupported> {
        let Some((last, first)) = terms.split_last() else {
            return self.push(&Node::Constant(Value::Bool(conjunction)));
        };
        let mut jumps = Vec::new();
        for term in first {
            self.push(term)?;
            jumps.push(self.ops.len());
            self.ops.push(Op::Fail);
            self.depth -= 1;
        }
        self.push(last)?;
        self.ops.push(Op::Truth);
        let end = self.here()?;
        for at in jumps {
            self.patch(at, if conjunction { Op::SkipUnless(end) } else { Op::SkipIf(end) });
        }
        Ok(())
    }

    fn choice(&mut self, three: &[Node; 3]) -> Result<(), Unsupported> {
        let [test, then, otherwise] = three;
        self.push(test)?;
        self.depth -= 1;
        let branch = self.ops.len();
        self.ops.push(Op::Fail);
        self.push(then)?;
        self.depth -= 1;
        let jump = self.ops.len();
        self.ops.push(Op::Fail);
        let other = self.here()?;
        self.patch(branch, Op::Branch(other));
        self.push(otherwise)?;
        let end = self.here()?;
        self.patch(jump, Op::Jump(end));
        Ok(())
    }

    fn grow(&mut self, op: Op) -> Result<(), Unsupported> {
        self.replace(0, op)
    }

    /// An instruction that takes so many values and leaves one.
    fn replace(&mut self, taken: usize, op: Op) -> Result<(), Unsupported> {
        self.depth = self.depth + 1 - taken;
        self.ops.push(op);
        if self.depth > STACK { Err(Unsupported) } else { Ok(()) }
    }

    fn here(&self) -> Result<u32, Unsupported> {
        address(self.ops.len() - self.start)
    }

    fn patch(&mut self, at: usize, op: Op) {
        if let Some(place) = self.ops.get_mut(at) {
            *place = op;
        }
    }

    fn constant(&mut self, value: Value) -> Result<u32, Unsupported> {
        if let Some(&known) = self.known.get(&value) {
            return Ok(known);
        }
        let number = address(self.constants.len())?;
        self.constants.push(value);
        self.known.insert(value, number);
        Ok(number)
    }
}

fn address(count: usize) -> Result<u32, Unsupported> {
    u32::try_from(count).map_err(|_| Unsupported)
}
