//! Words where blocks end with one.

use super::counter::Scan;
use super::expression::Expression;
use super::frames::{Body, Head, Kind};
use super::rules::{Blocks, Trait};
use super::word::Word;

impl Scan<'_> {
    pub(super) fn worded(&mut self, word: Word) {
        let modifier = self.has(Trait::Modifiers) && !self.fresh && self.is_behind_value();
        self.frames.top().expression.end_run();
        match word {
            Word::If | Word::Loop | Word::For | Word::Switch | Word::Rescue if modifier => self.weigh(),
            Word::If => self.block(Body::If),
            Word::Loop | Word::For => self.block(Body::Loop),
            Word::Switch => self.block(Body::Switch),
            Word::Do => self.begin_block(),
            Word::Begin => self.frames.push(Kind::Words, None, Expression::default()),
            Word::End => drop(self.frames.pop_to(Kind::Words)),
            // The last way of a `case`.
            Word::Else if self.frames.top().body == Some(Body::Switch) => {}
            Word::Else | Word::ElseIf => self.count(),
            Word::Rescue => self.rescue(),
            Word::Finally if self.frames.top().body == Some(Body::Handler) => self.frames.set_body(None),
            _ => {}
        }
    }

    fn block(&mut self, body: Body) {
        self.weigh();
        if self.table.rules.blocks == Blocks::DoWords {
            self.frames.top().head = Head::Condition(body);
            return;
        }
        self.frames.push(Kind::Words, Some(body), Expression::default());
        if body == Body::Loop {
            self.frames.top().head = Head::Body(body);
        }
    }

    /// `do`: the body of the loop that waits for it, or a block of its own.
    fn begin_block(&mut self) {
        let head = std::mem::take(&mut self.frames.top().head);
        match head {
            Head::Body(_) => {}
            Head::Condition(body) => self.frames.push(Kind::Words, Some(body), Expression::default()),
            Head::None | Head::Pattern(_) => self.frames.push(Kind::Words, None, Expression::default()),
        }
    }

    /// Handlers stand beside each other, all in the same block.
    fn rescue(&mut self) {
        if self.frames.top().body == Some(Body::Handler) {
            self.frames.set_body(None);
        }
        self.weigh();
        if self.frames.top().body.is_none() {
            self.frames.set_body(Some(Body::Handler));
        }
    }
}
