//! The stack machine: runs the code of one policy. No loops but forward jumps, no allocation, a stack of fixed size.

use super::arithmetic;
use super::gather::Slot;
use super::op::Op;
use super::value::{Terms, Uid, Value};

/// How many values the stack holds. Policies that need more are left to Cedar.
pub(crate) const STACK: usize = 16;

/// What a policy comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Satisfied,
    Unsatisfied,
    Errored,
    /// It read something that has no form here: ask Cedar.
    Opaque,
}

/// Why a policy stops before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Halt {
    Unsatisfied,
    Error,
    Opaque,
}

/// What the code of a question reads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame<'a> {
    pub(crate) slots: &'a [Slot],
    pub(crate) constants: &'a [Value],
    pub(crate) terms: &'a Terms<'a>,
    /// Of slots whose entity has ancestors: the slot and them.
    pub(crate) ancestors: &'a [(u32, Box<[Uid]>)],
}

impl Frame<'_> {
    pub(crate) fn load(&self, slot: u32) -> Result<Value, Halt> {
        match self.slots.get(slot as usize) {
            Some(Slot::Value(value)) => Ok(*value),
            Some(Slot::Missing) => Err(Halt::Error),
            Some(Slot::Opaque) | None => Err(Halt::Opaque),
        }
    }

    fn constant(&self, constant: u32) -> Result<Value, Halt> {
        self.constants.get(constant as usize).copied().ok_or(Halt::Error)
    }

    fn truth(&self, slot: u32) -> Result<bool, Halt> {
        truth(self.load(slot)?)
    }

    fn is(&self, value: Value, ty: u32) -> Result<bool, Halt> {
        entity(value).map(|uid| uid.ty == ty)
    }

    /// Whether the entity in the slot is, or is below, the right one or one of the right ones.
    pub(crate) fn within(&self, slot: u32, right: Value) -> Result<bool, Halt> {
        let left = entity(self.load(slot)?)?;
        match right {
            Value::Entity(right) => Ok(self.is_below(slot, left, right)),
            Value::Set(set) => self.within_any(slot, left, self.terms.members(set)),
            _ => Err(Halt::Error),
        }
    }

    /// Every member must be an entity, those behind a match too.
    fn within_any(&self, slot: u32, left: Uid, members: &[Value]) -> Result<bool, Halt> {
        let mut found = false;
        for member in members {
            found |= self.is_below(slot, left, entity(*member)?);
        }
        Ok(found)
    }

    fn is_below(&self, slot: u32, left: Uid, right: Uid) -> bool {
        let of_slot = || self.ancestors.iter().find(|(of, _)| *of == slot);
        left == right || of_slot().is_some_and(|(_, ancestors)| ancestors.binary_search(&right).is_ok())
    }
}

/// The stack of one policy.
#[derive(Debug)]
struct Stack {
    values: [Value; STACK],
    height: usize,
}

impl Stack {
    const fn new() -> Self {
        Self { values: [Value::Bool(false); STACK], height: 0 }
    }

    fn push(&mut self, value: Value) -> Result<(), Halt> {
        let place = self.values.get_mut(self.height).ok_or(Halt::Error)?;
        *place = value;
        self.height += 1;
        Ok(())
    }

    fn pop(&mut self) -> Result<Value, Halt> {
        self.height = self.height.checked_sub(1).ok_or(Halt::Error)?;
        self.values.get(self.height).copied().ok_or(Halt::Error)
    }

    /// The topmost values; taking them off is [`Stack::drop`].
    fn top(&self, count: u32) -> Result<&[Value], Halt> {
        let from = self.height.checked_sub(count as usize).ok_or(Halt::Error)?;
        self.values.get(from..self.height).ok_or(Halt::Error)
    }

    fn drop(&mut self, count: u32) {
        self.height = self.height.saturating_sub(count as usize);
    }
}

/// Runs one policy.
pub(crate) fn run(code: &[Op], frame: &Frame<'_>) -> Outcome {
    match policy(code, frame) {
        Ok(()) => Outcome::Satisfied,
        Err(Halt::Unsatisfied) => Outcome::Unsatisfied,
        Err(Halt::Error) => Outcome::Errored,
        Err(Halt::Opaque) => Outcome::Opaque,
    }
}

fn policy(code: &[Op], frame: &Frame<'_>) -> Result<(), Halt> {
    for (at, op) in code.iter().enumerate() {
        match require(*op, frame)? {
            Some(true) => {}
            Some(false) => return Err(Halt::Unsatisfied),
            None => return with_stack(code, at, frame),
        }
    }
    Ok(())
}

/// Whether the condition of an instruction holds that touches no stack; `None` for the others.
#[inline]
fn require(op: Op, frame: &Frame<'_>) -> Result<Option<bool>, Halt> {
    Ok(Some(match op {
        Op::RequireTrue { slot, truth } => frame.truth(slot)? == truth,
        Op::RequireEqual { slot, constant, truth } => {
            (frame.load(slot)? == frame.constant(constant)?) == truth
        }
        Op::RequireSame { left, right, truth } => (frame.load(left)? == frame.load(right)?) == truth,
        Op::RequireOrder { left, right, strictly, truth } => {
            let (left, right) = arithmetic::ordered(frame.load(left)?, frame.load(right)?)?;
            (left < right || (left == right && !strictly)) == truth
        }
        Op::RequireIs { slot, ty } => frame.is(frame.load(slot)?, ty)?,
        Op::RequireIn { slot, constant, truth } => frame.within(slot, frame.constant(constant)?)? == truth,
        _ => return Ok(None),
    }))
}

/// The rest of a policy, from the first instruction that needs the stack. Out of line: most policies need none, and clearing
/// it costs more than they do.
#[inline(never)]
fn with_stack(code: &[Op], mut at: usize, frame: &Frame<'_>) -> Result<(), Halt> {
    let mut stack = Stack::new();
    while let Some(op) = code.get(at) {
        at += 1;
        let holds = match (require(*op, frame)?, *op) {
            (Some(holds), _) => holds,
            (None, Op::Require) => truth(stack.pop()?)?,
            (None, other) => {
                at = step(other, at, frame, &mut stack)?;
                true
            }
        };
        if !holds {
            return Err(Halt::Unsatisfied);
        }
    }
    Ok(())
}

/// Instructions on the stack; answers where to go on.
fn step(op: Op, at: usize, frame: &Frame<'_>, stack: &mut Stack) -> Result<usize, Halt> {
    match op {
        Op::SkipUnless(to) => skip(stack, at, to, false),
        Op::SkipIf(to) => skip(stack, at, to, true),
        Op::Branch(to) => Ok(if truth(stack.pop()?)? { at } else { to as usize }),
        Op::Jump(to) => Ok(to as usize),
        other => compute(other, frame, stack).map(|()| at),
    }
}

fn skip(stack: &mut Stack, at: usize, to: u32, when: bool) -> Result<usize, Halt> {
    if truth(stack.pop()?)? != when {
        return Ok(at);
    }
    stack.push(Value::Bool(when))?;
    Ok(to as usize)
}

fn compute(op: Op, frame: &Frame<'_>, stack: &mut Stack) -> Result<(), Halt> {
    let value = match op {
        Op::Constant(constant) => frame.constant(constant)?,
        Op::Load(slot) => frame.load(slot)?,
        Op::Unary(operator) => arithmetic::unary(operator, stack.pop()?, frame.terms)?,
        Op::Binary(operator) => {
            let right = stack.pop()?;
            arithmetic::binary(operator, stack.pop()?, right, frame.terms)?
        }
        Op::Is(ty) => Value::Bool(frame.is(stack.pop()?, ty)?),
        Op::In(slot) => Value::Bool(frame.within(slot, stack.pop()?)?),
        Op::InList { slot, count } => {
            let left = entity(frame.load(slot)?)?;
            let found = frame.within_any(slot, left, stack.top(count)?)?;
            stack.drop(count);
            Value::Bool(found)
        }
        Op::ListContains(count) => {
            let needle = stack.pop()?;
            let found = stack.top(count)?.contains(&needle);
            stack.drop(count);
            Value::Bool(found)
        }
        Op::Truth => Value::Bool(truth(stack.pop()?)?),
        _ => return Err(Halt::Error),
    };
    stack.push(value)
}

/// A truth value, or the error that it is none.
pub(crate) const fn truth(value: Value) -> Result<bool, Halt> {
    match value {
        Value::Bool(truth) => Ok(truth),
        _ => Err(Halt::Error),
    }
}

const fn entity(value: Value) -> Result<Uid, Halt> {
    match value {
        Value::Entity(uid) => Ok(uid),
        _ => Err(Halt::Error),
    }
}
