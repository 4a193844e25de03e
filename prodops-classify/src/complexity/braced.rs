//! Words where blocks stand in braces.

use super::counter::Scan;
use super::frames::{Body, Head, Kind};
use super::rules::Trait;
use super::word::{Role, Word};
use crate::lexer::known;

/// The conditionals of a preprocessor.
const BEGIN: [&str; 3] = ["if", "ifdef", "ifndef"];
const NEXT: [&str; 5] = ["else", "elif", "elseif", "elifdef", "elifndef"];
/// Directives whose brackets need not be closed.
const OTHERS: [&str; 7] = ["endif", "define", "error", "warning", "pragma", "region", "endregion"];

impl Scan<'_> {
    pub(super) fn braced(&mut self, word: Word) {
        let head = self.frames.top().head;
        match word {
            Word::If if head == Head::Body(Body::Else) => self.frames.top().head = Head::Condition(Body::If),
            Word::If => self.branch(Head::Condition(Body::If)),
            Word::ElseIf => self.otherwise(Head::Condition(Body::Else)),
            Word::Else if self.is_last_way() => {}
            Word::Else => self.otherwise(Head::Body(Body::Else)),
            Word::Loop if std::mem::take(&mut self.while_is_next) => {}
            Word::Loop => self.branch(Head::Condition(Body::Loop)),
            Word::For => self.for_loop(),
            Word::Do => self.branch(Head::Body(Body::Do)),
            Word::Switch => self.branch(Head::Condition(Body::Switch)),
            Word::Catch => self.branch(Head::Condition(Body::Handler)),
            Word::End => drop(self.frames.pop_to(Kind::Words)),
            Word::Impl => self.implementing = Some(self.frames.len()),
            Word::When | Word::Let | Word::In => self.head(word, head),
            _ => {}
        }
    }

    fn head(&mut self, word: Word, head: Head) {
        self.frames.top().head = match (word, head) {
            (Word::When, Head::Body(body)) | (Word::In, Head::Pattern(body)) => Head::Condition(body),
            (Word::Let, Head::Condition(body)) => Head::Pattern(body),
            (_, head) => head,
        };
    }

    fn branch(&mut self, head: Head) {
        self.frames.top().expression.end_run();
        self.weigh();
        self.frames.top().head = head;
    }

    fn for_loop(&mut self) {
        if self.implementing == Some(self.frames.len()) {
            return;
        }
        // Only patterns of languages with `let` hold braces.
        let pattern = self.table.rules.words.iter().copied().flatten().any(|(_, word)| *word == Word::Let);
        self.branch(if pattern { Head::Pattern(Body::Loop) } else { Head::Condition(Body::Loop) });
    }

    /// `else ->`.
    fn is_last_way(&self) -> bool {
        let arrow = [self.ahead(1), self.ahead(2), self.ahead(3)];
        let dash = |place: usize| arrow.get(place) == Some(&Role::Sign(b'-'));
        (dash(0) && arrow[1] == Role::Joined(b'>')) || (dash(1) && arrow[2] == Role::Joined(b'>'))
    }

    fn otherwise(&mut self, head: Head) {
        if !std::mem::take(&mut self.else_is_next) {
            self.close_statements_of_if();
        }
        self.frames.top().expression.end_run();
        self.count();
        self.frames.top().head = head;
    }

    /// What begins with `#`: nothing that is opened in a directive is open behind it, and of conditional parts one counts.
    pub(super) fn directive(&mut self) {
        if !self.has(Trait::Preprocessor) || self.in_directive {
            return;
        }
        let word = self.at + if self.ahead(1) == Role::Blanks { 2 } else { 1 };
        let number = self.code.get(word).map_or(0, |token| token.exact);
        let is = |words: &[&str]| words.iter().any(|word| known::word(word) == number);
        let place = self.conditional.min(self.conditionals.len());
        if is(&BEGIN) {
            self.count();
            let length = self.frames.len();
            self.conditionals.iter_mut().skip(place).take(1).for_each(|slot| *slot = length);
            self.conditional += 1;
        } else if is(&NEXT) {
            self.count();
            let length = place.checked_sub(1).and_then(|place| self.conditionals.get(place)).copied();
            self.frames.truncate(length.unwrap_or(usize::MAX).max(1));
        } else if is(&["endif"]) {
            self.conditional = self.conditional.saturating_sub(1);
        } else if !is(&OTHERS) {
            return;
        }
        // The word of the directive is no word of the language.
        self.at = word;
        self.in_directive = true;
        self.frames.hold();
    }
}
