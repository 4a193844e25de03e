//! Comments.

use memchr::memchr2;

use super::scan::{Lexer, looked};
use super::syntax::{Block, Literal};

impl Lexer<'_, '_> {
    /// Passes over the comment that begins here, if one does.
    pub(super) fn comment(&mut self) -> bool {
        let (at, syntax) = (self.at, self.prepared.syntax);
        let rest = self.rest(at);
        let opens =
            |block: &&Block| begins(rest, block.open) && (!block.at_line_start || self.line_start(at) == at);
        if let Some(block) = syntax.block.iter().find(opens) {
            let end = self.end_of_block(block, at);
            self.passed_comment(end);
            return true;
        }
        if !syntax.line.iter().any(|open| begins(rest, open)) || !self.may_comment() {
            return false;
        }
        let long = self.prepared.has(Literal::LuaLong).then(|| self.long_bracket(at + 2)).flatten();
        let end = long.unwrap_or_else(|| self.runs.line_end(self.prepared, self.text, at));
        self.passed_comment(end);
        true
    }

    /// Whether what stands before lets a comment to the end of the line begin here.
    fn may_comment(&self) -> bool {
        let Some(before) = self.at.checked_sub(1).and_then(|before| self.byte(before)) else { return true };
        if before == b'\\' {
            return false;
        }
        !self.prepared.syntax.line_after_blank
            || before.is_ascii_whitespace()
            || matches!(before, b';' | b'(' | b')')
    }

    fn end_of_block(&self, block: &Block, at: usize) -> usize {
        let mut end = at + block.open.len();
        if block.at_line_start {
            return self.end_of_paragraph(block, end);
        }
        if !block.nested {
            return self.end_of_mark(block.close, end);
        }
        let (Some(&opens), Some(&closes)) = (block.open.first(), block.close.first()) else { return end };
        let mut depth = 1u32;
        while depth > 0 {
            let Some(step) = memchr2(opens, closes, self.rest(end)) else { return self.text.len() };
            end += step;
            if self.rest(end).starts_with(block.close) {
                depth -= 1;
                end += block.close.len();
            } else if self.rest(end).starts_with(block.open) {
                depth = depth.saturating_add(1);
                end += block.open.len();
            } else {
                end += 1;
            }
        }
        end
    }

    /// The end of the first `mark` from `at` on. For marks of a few bytes a search for the first of them is the quickest.
    fn end_of_mark(&self, mark: &[u8], at: usize) -> usize {
        let Some(&first) = mark.first() else { return at };
        let rest = self.rest(at);
        let mut places = memchr::memchr_iter(first, rest);
        let found = places.find(|place| rest.get(*place..).is_some_and(|rest| rest.starts_with(mark)));
        found.map_or(self.text.len(), |place| at + place + mark.len())
    }

    /// The end of a comment whose marks stand at the start of lines: the end of the line with the closing mark.
    fn end_of_paragraph(&self, block: &Block, mut at: usize) -> usize {
        loop {
            at = self.end_of_line(at) + 1;
            if at >= self.text.len() {
                return self.text.len();
            }
            if self.rest(at).starts_with(block.close) {
                return self.end_of_line(at);
            }
        }
    }

    fn passed_comment(&mut self, end: usize) {
        looked(end - self.at);
        self.push_comment(end);
        let line = self.line(self.at);
        self.at = end;
        self.jump(end);
        self.line_ends = self.line_ends.saturating_add(self.line(end) - line);
    }
}

/// `starts_with` for marks of a few bytes.
#[inline]
fn begins(rest: &[u8], mark: &[u8]) -> bool {
    rest.len() >= mark.len() && mark.iter().zip(rest).all(|(mark, byte)| mark == byte)
}
