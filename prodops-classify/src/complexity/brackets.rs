//! Brackets and braces: what they open and close.

use super::counter::Scan;
use super::expression::Expression;
use super::frames::{Body, Head, Kind};
use super::rules::{Blocks, Trait};
use super::word::{Role, Word};

impl Scan<'_> {
    pub(super) fn open_bracket(&mut self, sign: u8) {
        let braces = self.table.rules.blocks == Blocks::Braces;
        let [last, _] = self.last;
        let top = *self.frames.top();
        let is_condition = braces && sign == b'(' && matches!(top.head, Head::Condition(_));
        let kind = if is_condition { Kind::Condition } else { Kind::Bracket };
        let value = if is_condition {
            last != Role::Word(Word::For)
        } else {
            top.expression.is_value() && last != Role::Sign(b']')
        };
        let expression = if value { Expression::value() } else { Expression::default() };
        self.frames.push(kind, None, expression);
    }

    pub(super) fn close_bracket(&mut self, sign: u8) {
        while self.frames.top().kind == Kind::Statement && self.frames.pop().is_some() {}
        let kind = self.frames.top().kind;
        if !matches!(kind, Kind::Bracket | Kind::Condition) || self.frames.pop().is_none() {
            return;
        }
        let top = self.frames.top();
        if let (Kind::Condition, Head::Condition(body)) = (kind, top.head) {
            top.head = Head::Body(body);
        }
        let type_follows = matches!(self.ahead(1), Role::Other | Role::Word(Word::Apart) | Role::Sign(b'*'));
        self.literal |= sign == b']' && self.has(Trait::Literals) && type_follows;
    }

    pub(super) fn open_brace(&mut self) {
        let [last, _] = self.last;
        let length = self.frames.len();
        self.implementing = self.implementing.filter(|place| *place != length);
        let is_literal = std::mem::replace(&mut self.literal, false);
        let head = self.frames.top().head;
        let body = match head {
            // The fields of a type stand before those of its values.
            Head::Condition(_) if is_literal || last == Role::Word(Word::Apart) => {
                self.literal = last == Role::Word(Word::Apart);
                None
            }
            Head::Condition(body) | Head::Body(body) if self.has_braces() => Some(body),
            _ => None,
        };
        if body.is_some() {
            self.frames.top().head = Head::None;
        }
        self.frames.push(Kind::Brace, body, Expression::default());
    }

    pub(super) fn close_brace(&mut self) {
        let Some(frame) = self.frames.pop_to(Kind::Brace) else { return };
        if let Some(body) = frame.body {
            self.end_of_block(body);
        }
    }

    fn has_braces(&self) -> bool {
        matches!(self.table.rules.blocks, Blocks::Braces | Blocks::BareBraces)
    }

    /// After the braces of a branch: what was waiting for them ends, unless the branch goes on.
    fn end_of_block(&mut self, body: Body) {
        self.frames.top().expression.end_run();
        if self.else_follows() {
            if body != Body::If {
                self.close_statements_of_if();
            }
            self.else_is_next = true;
            return;
        }
        match self.next() {
            Role::Word(Word::Loop) if body == Body::Do => self.while_is_next = true,
            Role::Word(Word::Catch) => {}
            _ => self.close_statements(),
        }
    }

    /// Closes the statements that have no braces.
    pub(super) fn close_statements(&mut self) {
        while self.frames.top().kind == Kind::Statement && self.frames.pop().is_some() {}
    }

    /// The same up to the innermost `if`, to which an `else` belongs.
    pub(super) fn close_statements_of_if(&mut self) {
        while self.frames.top().kind == Kind::Statement {
            if self.frames.pop().is_none_or(|frame| frame.body == Some(Body::If)) {
                break;
            }
        }
    }
}
