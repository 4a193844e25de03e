//! The loop over a text.

use prodops_core::fact::Language;

use super::hash::{add, hash_range, start};
use super::heredoc::Heredocs;
use super::keyword::{Keyword, Keywords};
use super::operator::is_pair;
use super::prepared::{Class, Prepared};
use super::tokens::{GLUED, NUMBER, OPERATOR, STRING, Tokens, WORD};

/// Every name, number or string in the abstracted view.
const ANY_NAME: u64 = start(WORD, 1 << 40);
const ANY_NUMBER: u64 = start(NUMBER, 1 << 40);
const ANY_STRING: u64 = start(STRING, 1 << 40);

/// Takes a text apart. Any bytes are a text; the time grows with the length alone.
pub(crate) fn lex(language: Option<Language>, text: &[u8], tokens: &mut Tokens) {
    tokens.wipe();
    let Some(prepared) = Prepared::of(language) else { return };
    Lexer::new(prepared, text, tokens).run();
}

/// The token before the one that is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Last {
    Nothing,
    /// A name, a number or a string.
    Operand,
    Keyword {
        restricted: bool,
        before_expression: bool,
    },
    Operator(u8),
    Open,
    Close(u8),
    Separator,
}

/// A text while it is taken apart.
pub(super) struct Lexer<'t, 'o> {
    pub(super) text: &'t [u8],
    pub(super) prepared: &'static Prepared,
    pub(super) out: &'o mut Tokens,
    keywords: &'static Keywords,
    /// The byte that is looked at next.
    pub(super) at: usize,
    /// Where the last token or comment ended.
    pub(super) last_end: usize,
    pub(super) last: Last,
    /// Where the line begins.
    pub(super) line_start: usize,
    /// Ends of lines since the last token.
    pub(super) line_ends: u32,
    /// Open brackets.
    pub(super) depth: u32,
    pub(super) in_directive: bool,
    pub(super) heredocs: Heredocs,
    /// No regular expression ends before here, so none is looked for again.
    pub(super) no_regex_before: usize,
}

impl<'t, 'o> Lexer<'t, 'o> {
    fn new(prepared: &'static Prepared, text: &'t [u8], out: &'o mut Tokens) -> Self {
        Self {
            text,
            prepared,
            out,
            keywords: Keywords::table(),
            at: 0,
            last_end: 0,
            last: Last::Nothing,
            line_start: 0,
            line_ends: 1,
            depth: 0,
            in_directive: false,
            heredocs: Heredocs::default(),
            no_regex_before: 0,
        }
    }

    fn run(mut self) {
        // A program that names its interpreter says so in code, not in a comment.
        if self.text.starts_with(b"#!") && !self.text.starts_with(b"#![") {
            self.literal(self.end_of_line(0));
        }
        while let Some(byte) = self.byte(self.at) {
            match self.prepared.class(byte) {
                Class::Blank => self.at += 1,
                Class::LineEnd => self.line_end(),
                Class::Special => {
                    let before = self.at;
                    if !self.special(byte) {
                        self.ordinary(byte);
                    }
                    debug_assert!(self.at > before, "the lexer goes on");
                }
                Class::Name => self.name(),
                Class::Digit => self.number(),
                class => self.sign(byte, class),
            }
        }
    }

    #[inline]
    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.text.get(at).copied()
    }

    /// What follows `at`, at `at` included.
    pub(super) fn rest(&self, at: usize) -> &'t [u8] {
        self.text.get(at..).unwrap_or_default()
    }

    fn ordinary(&mut self, byte: u8) {
        match self.prepared.ordinary(byte) {
            Class::Name => self.name(),
            class => self.sign(byte, class),
        }
    }

    fn line_end(&mut self) {
        self.at += 1;
        self.line_start = self.at;
        self.line_ends = self.line_ends.saturating_add(1);
        if !self.heredocs.is_empty() {
            self.heredoc_bodies();
        }
    }

    #[inline]
    fn name(&mut self) {
        let (at, end) = (self.at, self.end_of_name(self.at + 1));
        if self.prepared.has_prefixes
            && let Some(end) = self.prefixed(at, end)
        {
            return self.literal(end);
        }
        self.layout(at);
        let hash = hash_range(WORD, self.text, at, end);
        let Keyword { known, restricted, before_expression } = self.keywords.find(hash);
        self.out.push(hash, if known { hash } else { ANY_NAME }, at);
        self.last = if known { Last::Keyword { restricted, before_expression } } else { Last::Operand };
        self.advance(end);
    }

    #[inline]
    fn end_of_name(&self, from: usize) -> usize {
        let rest = self.text.get(from..).unwrap_or_default();
        from + rest.iter().position(|byte| !self.prepared.continues(*byte)).unwrap_or(rest.len())
    }

    fn number(&mut self) {
        let at = self.at;
        let mut end = self.end_of_name(at + 1);
        let is_digit = |at: usize| self.byte(at).is_some_and(|byte| byte.is_ascii_digit());
        let hexadecimal = self.rest(at).starts_with(b"0x");
        loop {
            let last = self.byte(end - 1);
            let exponent = if hexadecimal {
                matches!(last, Some(b'p' | b'P'))
            } else {
                matches!(last, Some(b'e' | b'E'))
            };
            match self.byte(end) {
                Some(b'.') if is_digit(end + 1) => end = self.end_of_name(end + 1),
                Some(b'+' | b'-') if exponent && is_digit(end + 1) => end = self.end_of_name(end + 1),
                _ => break,
            }
        }
        self.layout(at);
        self.out.push(hash_range(NUMBER, self.text, at, end), ANY_NUMBER, at);
        self.last = Last::Operand;
        self.advance(end);
    }

    /// A string or the like that ends at `end`.
    pub(super) fn literal(&mut self, end: usize) {
        let at = self.at;
        self.layout(at);
        self.out.push(hash_range(STRING, self.text, at, end), ANY_STRING, at);
        self.last = Last::Operand;
        self.advance(end);
        self.count_lines(at, end);
    }

    #[inline]
    fn sign(&mut self, byte: u8, class: Class) {
        let at = self.at;
        if byte == b'\\' && self.continuation() {
            return;
        }
        self.layout(at);
        let glued = match self.last {
            Last::Operator(first) => self.last_end == at && is_pair(first, byte),
            _ => false,
        };
        let hash = add(start(if glued { GLUED } else { OPERATOR }, 1), u64::from(byte));
        self.out.push(hash, hash, at);
        self.last = match class {
            Class::Open => {
                self.depth = self.depth.saturating_add(1);
                Last::Open
            }
            Class::Close => {
                self.depth = self.depth.saturating_sub(1);
                Last::Close(byte)
            }
            Class::Separator => Last::Separator,
            _ => Last::Operator(byte),
        };
        self.advance(at + 1);
    }

    #[inline]
    pub(super) fn advance(&mut self, end: usize) {
        self.at = end;
        self.last_end = end;
    }
}
