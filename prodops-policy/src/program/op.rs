//! The instructions of the stack machine.

/// One instruction. Those that begin with `Require` end the policy as not satisfied unless something holds; conditions
/// consist mostly of them, and they touch no stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    /// Pushes a constant.
    Constant(u32),
    /// Pushes what is in a slot, or fails.
    Load(u32),
    Fail,
    Unary(super::node::Unary),
    Binary(super::node::Binary),
    Is(u32),
    /// Pops what the entity in the slot may be in.
    In(u32),
    /// Pops a needle and that many members.
    ListContains(u32),
    /// Pops that many members.
    InList {
        slot: u32,
        count: u32,
    },
    /// Leaves a `false` on top and jumps, or pops a `true`.
    SkipUnless(u32),
    /// Leaves a `true` on top and jumps, or pops a `false`.
    SkipIf(u32),
    /// Pops; jumps when it was `false`.
    Branch(u32),
    Jump(u32),
    /// Fails unless the top is a truth value.
    Truth,
    /// Pops a truth value.
    Require,
    RequireTrue {
        slot: u32,
        truth: bool,
    },
    RequireEqual {
        slot: u32,
        constant: u32,
        truth: bool,
    },
    RequireSame {
        left: u32,
        right: u32,
        truth: bool,
    },
    /// Of two slots: the left before the right, or neither after the other.
    RequireOrder {
        left: u32,
        right: u32,
        strictly: bool,
        truth: bool,
    },
    RequireIs {
        slot: u32,
        ty: u32,
    },
    RequireIn {
        slot: u32,
        constant: u32,
        truth: bool,
    },
}
