//! Words and lines where blocks are set in.

use super::counter::Scan;
use super::expression::Expression;
use super::frames::{Body, Head, Kind};
use super::word::{Role, Word};

impl Scan<'_> {
    /// The white space at the start of a line: blocks end that are set in as far or further.
    pub(super) fn set_in(&mut self) {
        let offset = |place: usize| self.code.get(place).map_or(0, |token| token.offset);
        self.width = offset(self.at + 1).saturating_sub(offset(self.at));
        loop {
            let ends = match self.frames.top().kind {
                Kind::Lines(width) => width >= self.width,
                // One that is never closed.
                Kind::Bracket => true,
                _ => false,
            };
            if !ends || self.frames.pop().is_none() {
                break;
            }
        }
        self.begins = true;
    }

    pub(super) fn lined(&mut self, word: Word) {
        let body = match word {
            Word::If => Body::If,
            Word::ElseIf | Word::Else => Body::Else,
            Word::Loop | Word::For => Body::Loop,
            Word::Catch => Body::Handler,
            Word::SoftSwitch => Body::Switch,
            _ => return,
        };
        match word {
            _ if self.begins => {
                match word {
                    Word::ElseIf | Word::Else => self.count(),
                    // Only the colon at the end tells it from a name.
                    Word::SoftSwitch => {}
                    _ => self.weigh(),
                }
                self.frames.top().head = Head::Condition(body);
            }
            Word::If => self.express(|expression, _| {
                expression.question();
                0
            }),
            Word::Else => self.express(|expression, around| expression.otherwise(around)),
            _ => {}
        }
    }

    /// The colon after the condition of a branch.
    pub(super) fn end_of_head(&mut self) {
        let Head::Condition(body) = std::mem::take(&mut self.frames.top().head) else { return };
        if matches!(self.last, [Role::Word(Word::SoftSwitch), _]) {
            return;
        }
        self.end_expression();
        if body == Body::Switch {
            self.weigh();
        }
        self.frames.push(Kind::Lines(self.width), Some(body), Expression::default());
    }
}
