//! The loop over the tokens of a text.

use prodops_core::fact::Language;

use super::expression::{Expression, Logical};
use super::frames::{Frames, Head};
use super::rules::{Blocks, Trait};
use super::table::Table;
use super::word::{Role, Word};
use crate::lexer::Token;

/// Counts one text after another; keeps its memory between them, which holds no more than what is open at a place.
#[derive(Debug, Default)]
pub(crate) struct ComplexityCounter {
    frames: Frames,
}

impl ComplexityCounter {
    /// Whether there are rules for a language.
    pub(crate) fn knows(language: Option<Language>) -> bool {
        Table::of(language).is_some()
    }

    /// The complexity of a text with these tokens; `None` where there are no rules for its language, or too much is open.
    pub(crate) fn count(&mut self, language: Option<Language>, code: &[Token]) -> Option<u32> {
        let table = Table::of(language)?;
        self.frames.begin();
        let mut scan = Scan::new(table, code, &mut self.frames);
        scan.run();
        let total = scan.total;
        (!self.frames.overflowed()).then_some(total)
    }
}

/// A text while it is counted.
pub(super) struct Scan<'a> {
    pub(super) table: &'static Table,
    pub(super) code: &'a [Token],
    pub(super) frames: &'a mut Frames,
    /// The token that is looked at.
    pub(super) at: usize,
    pub(super) total: u32,
    /// The token before, white space among them.
    pub(super) before: Role,
    /// The last one that is no white space, and the one before that; [`Role::Line`] where a statement begins.
    pub(super) last: [Role; 2],
    /// Whether a line ended since.
    pub(super) fresh: bool,
    /// Whether the `else` that follows finds its `if` closed already.
    pub(super) else_is_next: bool,
    /// Whether the `while` that follows belongs to a `do`.
    pub(super) while_is_next: bool,
    /// Where an `impl` waits for its body.
    pub(super) implementing: Option<usize>,
    /// A value with braces follows.
    pub(super) literal: bool,
    /// Whether this is a line of the preprocessor.
    pub(super) in_directive: bool,
    /// How much was open where its conditionals began.
    pub(super) conditionals: [usize; 8],
    pub(super) conditional: usize,
    /// How far the line is set in, and whether a statement begins.
    pub(super) width: u32,
    pub(super) begins: bool,
}

impl<'a> Scan<'a> {
    fn new(table: &'static Table, code: &'a [Token], frames: &'a mut Frames) -> Self {
        Self {
            table,
            code,
            frames,
            at: 0,
            total: 0,
            before: Role::Line,
            last: [Role::Line; 2],
            fresh: true,
            else_is_next: false,
            while_is_next: false,
            implementing: None,
            literal: false,
            in_directive: false,
            conditionals: [0; 8],
            conditional: 0,
            width: 0,
            begins: true,
        }
    }

    fn run(&mut self) {
        let lines = self.table.rules.blocks == Blocks::Indentation;
        while let Some(token) = self.code.get(self.at) {
            let role = if lines && self.before == Role::Line {
                self.set_in();
                Role::Blanks
            } else {
                self.step(self.table.role(token.exact))
            };
            self.before = role;
            self.at += 1;
        }
    }

    /// Takes a token; says what it turned out to be.
    fn step(&mut self, role: Role) -> Role {
        match role {
            Role::Blanks => return role,
            Role::Line => {
                self.line();
                self.fresh = true;
                return role;
            }
            _ => {}
        }
        self.begin_body(role);
        let role = match role {
            Role::Word(word) => self.word(word),
            Role::Sign(sign) => {
                self.sign(sign);
                role
            }
            Role::Other => {
                self.name();
                role
            }
            other => other,
        };
        let [last, _] = self.last;
        self.last = [role, last];
        self.begins &= role == Role::Word(Word::Async);
        self.fresh = false;
        role
    }

    fn word(&mut self, word: Word) -> Role {
        if !self.is_keyword(word) {
            if word == Word::Do {
                self.frames.top().head = Head::None;
            }
            self.name();
            return Role::Other;
        }
        match word {
            Word::And => self.logical(Logical::And),
            Word::Or => self.logical(Logical::Or),
            Word::Goto => self.total = self.total.saturating_add(1),
            Word::Before => self.frames.top().expression.becomes_value(),
            _ => match self.table.rules.blocks {
                Blocks::Braces | Blocks::BareBraces => self.braced(word),
                Blocks::Words | Blocks::DoWords => self.worded(word),
                Blocks::Indentation => self.lined(word),
            },
        }
        Role::Word(word)
    }

    /// Counts a branch, by what is around it.
    pub(super) fn weigh(&mut self) {
        self.total = self.total.saturating_add(1).saturating_add(self.frames.nesting());
    }

    /// Counts a branch without weight.
    pub(super) fn count(&mut self) {
        self.total = self.total.saturating_add(1);
    }

    /// Counts what an expression says, which knows how many branches are around it.
    pub(super) fn express(&mut self, change: impl FnOnce(&mut Expression, u32) -> u32) {
        self.total = self.total.saturating_add(self.frames.express(change));
    }

    pub(super) fn has(&self, one: Trait) -> bool {
        self.table.rules.has(one)
    }

    /// Ends the expression.
    pub(super) fn end_expression(&mut self) {
        self.express(|expression, _| {
            expression.end();
            0
        });
    }

    pub(super) fn logical(&mut self, operator: Logical) {
        self.express(|expression, _| {
            expression.becomes_value();
            expression.operator(operator)
        });
    }
}
