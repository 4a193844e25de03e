//! What is open at a place of a text: brackets, blocks, bodies of branches.

use super::expression::Expression;

/// Texts with more of them are not counted, so that hostile ones take no memory.
const MOST: usize = 1_000;

/// Whose body it is. All of them are nesting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    /// Of a branch that an `else` may follow.
    If,
    /// Of an `else`.
    Else,
    /// Of a loop.
    Loop,
    /// Of a loop whose condition follows.
    Do,
    Switch,
    Handler,
}

/// How it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// By a brace; the text itself as well.
    Brace,
    /// By another bracket.
    Bracket,
    /// By the bracket around the condition of a branch.
    Condition,
    /// By a word.
    Words,
    /// By nothing: the single statement of a branch.
    Statement,
    /// By a line that is set in so far and ends with a colon.
    Lines(u32),
}

/// How far a branch has come whose body is not open yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Head {
    #[default]
    None,
    /// Its condition is to come.
    Condition(Body),
    /// A pattern comes first.
    Pattern(Body),
    /// Its body is to come.
    Body(Body),
}

/// Something open.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) kind: Kind,
    pub(super) body: Option<Body>,
    /// The branch in it that waits for its body.
    pub(super) head: Head,
    /// The expression in it.
    pub(super) expression: Expression,
}

/// Everything open, the innermost last.
#[derive(Debug)]
pub(super) struct Frames {
    open: Vec<Frame>,
    /// So many of them stay, whatever comes: those around a directive of the preprocessor.
    floor: usize,
    /// The branch that waits for its body in the innermost of these.
    held: Head,
    /// Braces and blocks of words among them.
    braces: usize,
    blocks: usize,
    nesting: u32,
    overflowed: bool,
}

impl Default for Frames {
    fn default() -> Self {
        let open = Vec::with_capacity(MOST);
        Self { open, floor: 1, held: Head::None, braces: 0, blocks: 0, nesting: 0, overflowed: false }
    }
}

impl Frames {
    /// Starts with another text.
    pub(super) fn begin(&mut self) {
        self.open.clear();
        self.open.push(Frame {
            kind: Kind::Brace,
            body: None,
            head: Head::None,
            expression: Expression::default(),
        });
        (self.floor, self.braces, self.blocks, self.nesting, self.overflowed) = (1, 0, 0, 0, false);
    }

    /// Whether there was more than is counted.
    pub(super) const fn overflowed(&self) -> bool {
        self.overflowed
    }

    /// How many branches are around this place.
    pub(super) const fn nesting(&self) -> u32 {
        self.nesting
    }

    pub(super) fn len(&self) -> usize {
        self.open.len()
    }

    /// The innermost one.
    pub(super) fn top(&mut self) -> &mut Frame {
        // INVARIANT: the first one is never closed.
        if self.open.is_empty() {
            self.begin();
        }
        let last = self.open.len() - 1;
        #[allow(clippy::indexing_slicing, reason = "there is always one")]
        &mut self.open[last]
    }

    pub(super) fn push(&mut self, kind: Kind, body: Option<Body>, expression: Expression) {
        if self.open.len() >= MOST {
            self.overflowed = true;
            return;
        }
        match kind {
            Kind::Brace => self.braces += 1,
            Kind::Words => self.blocks += 1,
            Kind::Bracket | Kind::Condition | Kind::Statement | Kind::Lines(_) => {}
        }
        self.nesting += u32::from(body.is_some());
        self.open.push(Frame { kind, body, head: Head::None, expression });
    }

    /// Closes the innermost one, unless it has to stay.
    pub(super) fn pop(&mut self) -> Option<Frame> {
        if self.open.len() <= self.floor {
            return None;
        }
        let frame = self.open.pop()?;
        match frame.kind {
            Kind::Brace => self.braces = self.braces.saturating_sub(1),
            Kind::Words => self.blocks = self.blocks.saturating_sub(1),
            Kind::Bracket | Kind::Condition | Kind::Statement | Kind::Lines(_) => {}
        }
        self.nesting =
            self.nesting.saturating_sub(u32::from(frame.body.is_some()) + frame.expression.nesting());
        Some(frame)
    }

    /// Closes everything up to the innermost one of this kind, which must be braces or words; nothing when there is none.
    pub(super) fn pop_to(&mut self, kind: Kind) -> Option<Frame> {
        let open = if kind == Kind::Brace { self.braces } else { self.blocks };
        if open == 0 {
            return None;
        }
        loop {
            let frame = self.pop()?;
            if frame.kind == kind {
                return Some(frame);
            }
        }
    }

    /// Changes whose body the innermost one is.
    pub(super) fn set_body(&mut self, body: Option<Body>) {
        let before = std::mem::replace(&mut self.top().body, body);
        self.nesting = (self.nesting + u32::from(body.is_some())).saturating_sub(u32::from(before.is_some()));
    }

    /// Changes the expression in the innermost one.
    pub(super) fn express(&mut self, change: impl FnOnce(&mut Expression, u32) -> u32) -> u32 {
        let nesting = self.nesting;
        let expression = &mut self.top().expression;
        let before = expression.nesting();
        let around = nesting.saturating_sub(before);
        let count = change(expression, around);
        let after = expression.nesting();
        self.nesting = around + after;
        count
    }

    /// Closes all but so many.
    pub(super) fn truncate(&mut self, length: usize) {
        while self.open.len() > length && self.pop().is_some() {}
    }

    /// What is open now stays open until [`release`](Self::release).
    pub(super) fn hold(&mut self) {
        self.floor = self.open.len();
        self.held = self.top().head;
    }

    /// Closes what was opened since [`hold`](Self::hold).
    pub(super) fn release(&mut self) {
        self.truncate(self.floor);
        self.floor = 1;
        self.top().head = self.held;
    }
}
