//! Operators and separators, and the ends of statements.

use super::counter::Scan;
use super::expression::{Expression, Logical};
use super::frames::{Body, Head, Kind};
use super::rules::{Blocks, Conditional, Ends, Trait};
use super::word::{Role, Word};
use crate::lexer::known;

impl Scan<'_> {
    pub(super) fn sign(&mut self, sign: u8) {
        match sign {
            b'(' | b'[' => self.open_bracket(sign),
            b')' | b']' => self.close_bracket(sign),
            b'{' => self.open_brace(),
            b'}' => self.close_brace(),
            b';' => self.semicolon(),
            b',' => self.end_expression(),
            b'=' | b'-' if self.is_arrow(Role::Sign(sign)) => self.arrow(),
            b'=' => self.assignment(),
            b'&' | b'|' => self.doubled(sign),
            b'?' => self.question(),
            b':' => self.colon(),
            b'#' => self.directive(),
            _ => {}
        }
    }

    /// Before a token that can be the body of a branch: a statement without braces begins.
    pub(super) fn begin_body(&mut self, role: Role) {
        let Head::Body(body) = self.frames.top().head else { return };
        let blocks = self.table.rules.blocks;
        let waits = match role {
            Role::Sign(b'{' | b';') | Role::Word(Word::When) => true,
            Role::Sign(b':') => self.has(Trait::ColonBlocks),
            Role::Sign(b'#') => self.has(Trait::Preprocessor),
            Role::Word(Word::If) => body == Body::Else,
            _ => false,
        };
        if waits || matches!(blocks, Blocks::Words | Blocks::DoWords | Blocks::Indentation) {
            return;
        }
        self.frames.top().head = Head::None;
        if blocks == Blocks::Braces && !self.is_arrow(role) {
            self.frames.push(Kind::Statement, Some(body), Expression::default());
            self.last = [Role::Line; 2];
        }
    }

    /// A name, number or string: where it cannot go on with what stands before, another statement begins.
    pub(super) fn name(&mut self) {
        let ends = self.table.rules.ends == Ends::LinesAndNames && self.frames.top().kind == Kind::Statement;
        if !ends || !matches!(self.last, [Role::Other | Role::Sign(b')' | b']'), _]) {
            return;
        }
        let token = |place: usize| self.code.get(place).copied().unwrap_or_default();
        let (before, this) = (token(self.at.saturating_sub(1)), token(self.at));
        let goes_on = self.last[0] == Role::Other && before.exact == before.abstracted;
        if this.abstracted == known::ANY_NAME && !goes_on {
            self.end_statement();
        }
    }

    fn semicolon(&mut self) {
        let top = self.frames.top();
        match (self.table.rules.blocks, top.kind) {
            (Blocks::BareBraces, _) => return self.end_expression(),
            (_, Kind::Condition) => {
                self.end_expression();
                return self.frames.top().expression.becomes_value();
            }
            (Blocks::Braces, _) => top.head = Head::None,
            _ => {}
        }
        self.end_statement();
        self.begins = true;
    }

    /// The end of a line, where it means something.
    pub(super) fn line(&mut self) {
        if std::mem::take(&mut self.in_directive) {
            return self.frames.release();
        }
        let goes_on = matches!(self.last, [Role::Word(Word::And | Word::Or) | Role::Joined(b'&' | b'|'), _])
            || matches!(self.ahead(1), Role::Sign(b'&' | b'|' | b'?' | b':' | b'.'));
        if self.table.rules.ends == Ends::Semicolons || goes_on {
            return;
        }
        let (loops, top) = (self.has(Trait::LineForDo), self.frames.top());
        match self.table.rules.blocks {
            Blocks::Braces | Blocks::BareBraces if top.head != Head::None => {}
            Blocks::Indentation => {
                top.head = Head::None;
                self.end_expression();
            }
            Blocks::Words => {
                top.head = if loops { Head::None } else { top.head };
                self.end_expression();
            }
            _ => self.end_statement(),
        }
    }

    fn end_statement(&mut self) {
        self.end_expression();
        let top = *self.frames.top();
        if top.kind != Kind::Statement {
            return;
        }
        if self.else_follows() {
            self.close_statements_of_if();
            self.else_is_next = true;
        } else if top.body == Some(Body::Do) && self.next() == Role::Word(Word::Loop) {
            self.frames.pop();
            self.while_is_next = true;
        } else {
            self.close_statements();
        }
    }

    /// What stands before is no head of a branch but a way of a `match`, and another expression begins.
    fn arrow(&mut self) {
        let top = self.frames.top();
        if matches!(top.head, Head::Condition(_) | Head::Body(_)) {
            top.head = Head::None;
        }
        top.expression.end_run();
    }

    fn assignment(&mut self) {
        if self.ahead(1) == Role::Joined(b'=') || self.last[0] == Role::Word(Word::Apart) {
            return;
        }
        let top = self.frames.top();
        if let Head::Pattern(body) = top.head {
            top.head = Head::Condition(body);
        }
        top.expression.end_run();
        top.expression.becomes_value();
    }

    /// `&&` and `||`, where they stand between values.
    fn doubled(&mut self, sign: u8) {
        let is_operator = self.ahead(1) == Role::Joined(sign) && self.ahead(2) != Role::Joined(b'=');
        let reference =
            sign == b'&' && self.has(Trait::References) && !self.frames.top().expression.is_value();
        if is_operator && self.is_behind_value() && !reference {
            self.logical(if sign == b'&' { Logical::And } else { Logical::Or });
        }
    }

    fn question(&mut self) {
        let begins = match self.table.rules.conditional {
            Conditional::None => false,
            Conditional::SpacedSigns => self.before == Role::Blanks && self.ahead(1) == Role::Blanks,
            Conditional::Signs => self.is_behind_value() && !self.is_optional(),
        };
        if begins {
            self.express(|expression, _| {
                expression.question();
                0
            });
        }
    }

    /// Whether this question mark says that there may be no value: `x?: T`, `T? x;`, `a?.b`, `a ?: b`.
    fn is_optional(&self) -> bool {
        match self.ahead(1) {
            Role::Joined(_) | Role::Sign(b':' | b')' | b']' | b',' | b';' | b'>' | b'=' | b'?') => true,
            Role::Sign(b'-') => self.ahead(2) == Role::Joined(b'>'),
            Role::Other => {
                let assigned = self.ahead(2) == Role::Sign(b'=') && !matches!(self.ahead(3), Role::Joined(_));
                assigned || matches!(self.ahead(2), Role::Sign(b';' | b',' | b')' | b'{'))
            }
            _ => false,
        }
    }

    fn colon(&mut self) {
        if matches!(self.ahead(1), Role::Joined(b':' | b'=')) {
            return;
        }
        if self.table.rules.blocks == Blocks::Indentation {
            return self.end_of_head();
        }
        if let Head::Body(body) = self.frames.top().head
            && self.has(Trait::ColonBlocks)
        {
            return self.open_colon(body);
        }
        let spaced = self.table.rules.conditional == Conditional::SpacedSigns;
        if !spaced || (self.before != Role::Other && self.ahead(1) == Role::Blanks) {
            self.express(|expression, around| expression.otherwise(around));
        }
    }

    /// `if (…):` and `else:`, up to `endif`.
    fn open_colon(&mut self, body: Body) {
        if body == Body::Else && self.frames.top().kind == Kind::Words {
            self.frames.pop();
        }
        self.frames.top().head = Head::None;
        self.frames.push(Kind::Words, Some(body), Expression::default());
    }
}
