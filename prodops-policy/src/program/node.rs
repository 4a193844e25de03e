//! A condition as a tree: what lowering makes of Cedar's syntax, what code and row filters are made of.

use super::value::Value;

/// An operator with one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unary {
    Not,
    Negate,
    IsEmpty,
    ToDate,
    ToTime,
    ToMilliseconds,
    ToSeconds,
    ToMinutes,
    ToHours,
    ToDays,
}

/// An operator with two operands, both of which are always computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binary {
    Equal,
    Less,
    LessOrEqual,
    Add,
    Subtract,
    Multiply,
    Contains,
    ContainsAll,
    ContainsAny,
    Offset,
    DurationSince,
}

/// A condition, or a part of one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    Constant(Value),
    /// What was read along a path.
    Slot(u32),
    /// Fails whenever it is computed, such as `datetime("yesterday")`.
    Fail,
    Unary(Unary, Box<Node>),
    Binary(Binary, Box<[Node; 2]>),
    /// Conjunction, from left to right, up to the first that does not hold.
    And(Vec<Node>),
    /// Disjunction, from left to right, up to the first that holds.
    Or(Vec<Node>),
    If(Box<[Node; 3]>),
    Is(Box<Node>, u32),
    /// Whether the entity in the slot is the right one, or one of the right ones, or below it.
    In(u32, Box<Node>),
    /// `[a, b].contains(x)` with members that have to be computed.
    ListContains(Vec<Node>, Box<Node>),
    /// `x in [a, b]` with members that have to be computed.
    InList(u32, Vec<Node>),
}

impl Node {
    /// The negation, which fails where this fails.
    pub(crate) fn not(self) -> Self {
        Self::Unary(Unary::Not, Box::new(self))
    }

    pub(crate) fn binary(operator: Binary, left: Self, right: Self) -> Self {
        Self::Binary(operator, Box::new([left, right]))
    }

    /// The slots that it reads, in the order in which it mentions them.
    pub(crate) fn slots(&self, into: &mut Vec<u32>) {
        match self {
            Self::Constant(_) | Self::Fail => {}
            Self::Slot(slot) => into.push(*slot),
            Self::Unary(_, inner) | Self::Is(inner, _) => inner.slots(into),
            Self::Binary(_, both) => both.iter().for_each(|each| each.slots(into)),
            Self::If(three) => three.iter().for_each(|each| each.slots(into)),
            Self::And(all) | Self::Or(all) => all.iter().for_each(|each| each.slots(into)),
            Self::In(slot, right) => {
                into.push(*slot);
                right.slots(into);
            }
            Self::ListContains(members, needle) => {
                members.iter().for_each(|each| each.slots(into));
                needle.slots(into);
            }
            Self::InList(slot, members) => {
                into.push(*slot);
                members.iter().for_each(|each| each.slots(into));
            }
        }
    }
}
