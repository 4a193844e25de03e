//! White space that is part of the meaning, as tokens.

use memchr::memrchr;

use super::hash::{add, hash_bytes, start};
use super::scan::{Last, Lexer};
use super::syntax::{Blanks, Lines};
use super::tokens::{BLANK, INDENT, NEWLINE};

impl Lexer<'_, '_> {
    /// To be called before the token that begins at `at`: adds what the white space before it means.
    #[inline]
    pub(super) fn layout(&mut self, at: usize) {
        if self.prepared.has_layout {
            self.spaced(at);
        }
    }

    fn spaced(&mut self, at: usize) {
        let layout = self.prepared.syntax.layout;
        if self.line_ends > 0 {
            if self.ends_statement(at) {
                self.end_of_statement(at);
            }
            self.line_ends = 0;
            self.in_directive = layout.directives && self.byte(at) == Some(b'#');
            return;
        }
        if at == self.last_end || self.last == Last::Nothing {
            return;
        }
        let blanks = if self.in_directive { Blanks::Any } else { layout.blanks };
        let length = match blanks {
            Blanks::Free => return,
            Blanks::Any => 1,
            Blanks::Counted => at - self.last_end,
        };
        let hash = start(BLANK, length);
        self.push_space(hash, self.last_end, self.last_line);
    }

    /// Whether the end of line before the token at `at` means something.
    fn ends_statement(&self, at: usize) -> bool {
        let next = self.rest(at);
        match self.prepared.syntax.layout.lines {
            Lines::Free => self.in_directive,
            Lines::Restricted => {
                let step = |byte: u8| {
                    self.last == Last::Operator(byte)
                        && self.text.get(self.last_end.saturating_sub(2)) == Some(&byte)
                        || next.starts_with(&[byte, byte])
                };
                self.last_keyword().restricted || step(b'+') || step(b'-')
            }
            Lines::Statements => {
                let open = matches!(self.last, Last::Operator(_) | Last::Open | Last::Separator);
                !open && !matches!(next.first(), Some(b'.' | b')' | b']' | b'}'))
            }
            Lines::OutsideBrackets => self.depth == 0,
            Lines::Always | Lines::Counted => true,
        }
    }

    fn end_of_statement(&mut self, at: usize) {
        let layout = self.prepared.syntax.layout;
        if self.last != Last::Nothing {
            let ends = if layout.lines == Lines::Counted { self.line_ends as usize } else { 1 };
            let mut hash = start(NEWLINE, ends);
            // Two blanks at the end of a line break it in some markup.
            if layout.blanks == Blanks::Counted && self.rest(self.last_end).starts_with(b"  ") {
                hash = add(hash, 1);
            }
            self.push_space(hash, self.last_end, self.last_line);
        }
        if layout.indentation {
            let start = self.line_start(at);
            let line = self.text.get(start..at).unwrap_or_default();
            let blanks = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            let hash = hash_bytes(INDENT, line.get(..blanks).unwrap_or_default());
            self.push_space(hash, start, self.line(at));
        }
    }

    /// Passes over a backslash at the end of a line, which joins it with the next one.
    pub(super) fn continuation(&mut self, at: usize) -> bool {
        let length = match self.rest(at) {
            [b'\\', b'\n', ..] => 2,
            [b'\\', b'\r', b'\n', ..] => 3,
            _ => return false,
        };
        if self.prepared.syntax.layout.lines == Lines::Counted {
            return false;
        }
        self.jump(at + length);
        true
    }

    /// Where the line of `at` begins.
    pub(super) fn line_start(&self, at: usize) -> usize {
        memrchr(b'\n', self.text.get(..at).unwrap_or_default()).map_or(0, |end| end + 1)
    }

    pub(super) fn end_of_line(&self, at: usize) -> usize {
        at + memchr::memchr(b'\n', self.rest(at)).unwrap_or(self.rest(at).len())
    }
}
