//! The loop over a text.

use fearless_simd::{Level, Simd, dispatch};
use prodops_core::fact::Language;

use super::hash::{add, hash_bytes, hash_range, start};
use super::heredoc::Heredocs;
use super::keyword::{Keyword, Keywords};
use super::operator::is_pair;
use super::prepared::{Class, Prepared};
use super::runs::{BLOCK, Masks, Runs};
use super::tokens::{COMMENT, Comment, GLUED, NUMBER, OPERATOR, STRING, Token, Tokens, WORD};

/// Every name, number or string in the abstracted view.
pub(crate) const ANY_NAME: u64 = start(WORD, 1 << 40);
pub(super) const ANY_NUMBER: u64 = start(NUMBER, 1 << 40);
const ANY_STRING: u64 = start(STRING, 1 << 40);

/// Whether comments are taken note of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comments {
    Kept,
    Passed,
}

/// Longer texts are not taken apart, unless somebody asks for it.
pub(crate) const LONGEST: usize = 10 << 20;

/// No step of the lexer adds more tokens than this: those of a block, then four here-documents, each with the white space before
/// it.
pub(crate) const MOST_AT_ONCE: usize = BLOCK + 16;

/// Takes note of bytes that were looked at to find where something ends, so that tests can count them.
#[inline]
pub(super) fn looked(_bytes: usize) {
    #[cfg(test)]
    super::tests::LOOKED.with(|looked| looked.set(looked.get() + _bytes));
}

/// Takes a text apart. Any bytes are a text; the time grows with the length alone.
pub(crate) fn lex(language: Option<Language>, text: &[u8], tokens: &mut Tokens) {
    tokens.wipe();
    if let Some(mut lexer) = Lexer::new(language, text, tokens, Comments::Kept) {
        lexer.fill(usize::MAX);
    }
}

/// The token before the one that is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Last {
    Nothing,
    /// A number or a string.
    Operand,
    /// A name or keyword that begins here.
    Word {
        at: usize,
    },
    Operator(u8),
    Open,
    Close(u8),
    Separator,
}

/// A text while it is taken apart.
pub(crate) struct Lexer<'t, 'o> {
    pub(super) text: &'t [u8],
    pub(super) prepared: &'static Prepared,
    pub(crate) out: &'o mut Tokens,
    comments: Comments,
    pub(super) keywords: &'static Keywords,
    pub(super) runs: Runs,
    /// Where the block begins that is looked at.
    pub(super) block: usize,
    /// Its masks; what has been looked at begins no longer.
    pub(super) masks: Masks,
    /// Where the token begins that is looked at.
    pub(super) at: usize,
    /// Where the last token ended, and on which line.
    pub(super) last_end: usize,
    pub(super) last_line: u32,
    pub(super) last: Last,
    /// Ends of lines since the last token, where they matter.
    pub(super) line_ends: u32,
    /// Open brackets.
    pub(super) depth: i32,
    pub(super) in_directive: bool,
    pub(super) heredocs: Heredocs,
    /// No regular expression ends before here, so none is looked for again.
    pub(super) no_regex_before: usize,
    /// Every token is taken with care, for comparison.
    #[cfg(test)]
    pub(super) careful: bool,
}

impl<'t, 'o> Lexer<'t, 'o> {
    pub(crate) fn new(
        language: Option<Language>,
        text: &'t [u8],
        out: &'o mut Tokens,
        comments: Comments,
    ) -> Option<Self> {
        let mut lexer = Self {
            text,
            prepared: Prepared::of(language)?,
            out,
            comments,
            keywords: Keywords::table(),
            runs: Runs::new(Level::new()),
            block: 0,
            masks: Masks::default(),
            at: 0,
            last_end: 0,
            last_line: 1,
            last: Last::Nothing,
            line_ends: 1,
            depth: 0,
            in_directive: false,
            heredocs: Heredocs::default(),
            no_regex_before: 0,
            #[cfg(test)]
            careful: false,
        };
        lexer.jump(0);
        // A program that names its interpreter says so in code, not in a comment.
        if text.starts_with(b"#!") && !text.starts_with(b"#![") {
            lexer.literal(lexer.end_of_line(0));
        }
        Some(lexer)
    }

    /// Goes on until there are `limit` tokens or a few more, and says whether the text goes on.
    pub(crate) fn fill(&mut self, limit: usize) -> bool {
        let level = self.runs.level();
        dispatch!(level, simd => self.fill_with(simd, limit))
    }

    #[inline(always)]
    fn fill_with<S: Simd>(&mut self, simd: S, limit: usize) -> bool {
        let mut more = true;
        while more && self.out.len() < limit {
            if self.is_carefree() {
                self.ordinary(simd, limit);
            }
            let next = self.next_start();
            if let Some((at, byte)) = next {
                self.step(at, byte);
            }
            more = next.is_some();
        }
        more
    }

    /// What the word before is, if one is.
    pub(super) fn last_keyword(&self) -> Keyword {
        let Last::Word { at } = self.last else { return Keyword::default() };
        self.keywords.find(hash_range(WORD, self.text, at, self.last_end))
    }

    /// Whether white space does not matter here.
    #[inline]
    const fn is_carefree(&self) -> bool {
        #[cfg(test)]
        if self.careful {
            return false;
        }
        let prepared = self.prepared;
        let free = prepared.free_blanks && self.line_ends == 0 && !self.in_directive;
        free || !prepared.has_layout
    }

    /// Takes what begins with this byte.
    fn step(&mut self, at: usize, byte: u8) {
        match self.prepared.class(byte) {
            Class::Name => self.name(at),
            Class::LineEnd => self.line_end(at),
            Class::Special => self.begun(at, byte),
            Class::Digit => self.number(at),
            class => self.sign(at, byte, class),
        }
    }

    /// The next byte with which something begins.
    #[inline]
    fn next_start(&mut self) -> Option<(usize, u8)> {
        while self.masks.starts == 0 {
            if !self.next_block() {
                return None;
            }
        }
        let at = self.block + self.masks.starts.trailing_zeros() as usize;
        self.masks.starts &= self.masks.starts - 1;
        Some((at, self.byte(at)?))
    }

    /// Goes to the next block, if there is one.
    #[inline]
    pub(super) fn next_block(&mut self) -> bool {
        let next = self.block + BLOCK;
        if next >= self.text.len() {
            return false;
        }
        self.enter(next);
        true
    }

    #[inline]
    fn enter(&mut self, block: usize) {
        self.masks = *self.runs.block(self.prepared, self.text, block);
        self.block = block;
    }

    /// Goes on at `at`, even in the middle of a run of name bytes.
    #[inline]
    pub(super) fn jump(&mut self, at: usize) {
        self.enter(at - at % BLOCK);
        let (bit, Masks { names, starts, .. }) = (1u64 << (at % BLOCK), self.masks);
        self.masks.starts = (starts | (names & bit)) & !(bit - 1);
    }

    /// The number of the line of a place in the block that is looked at.
    #[inline]
    pub(super) fn line(&self, at: usize) -> u32 {
        self.masks.line((at % BLOCK) as u32)
    }

    #[inline]
    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.text.get(at).copied()
    }

    /// What follows `at`, at `at` included.
    pub(super) fn rest(&self, at: usize) -> &'t [u8] {
        self.text.get(at..).unwrap_or_default()
    }

    /// A byte with which a comment or a literal begins, perhaps.
    #[inline(never)]
    fn begun(&mut self, at: usize, byte: u8) {
        self.at = at;
        if self.special(byte) {
            return;
        }
        match self.prepared.ordinary(byte) {
            Class::Name => self.name(at),
            class => {
                self.sign(at, byte, class);
                // What goes on with a name cannot begin one, but what follows can.
                if self.prepared.continues(byte) {
                    self.jump(at + 1);
                }
            }
        }
    }

    #[inline]
    fn line_end(&mut self, at: usize) {
        self.line_ends = self.line_ends.saturating_add(1);
        if !self.heredocs.is_empty() {
            self.at = at + 1;
            self.jump(at + 1);
            self.heredoc_bodies();
        }
    }

    fn name(&mut self, at: usize) {
        let end = self.end_of_run(at);
        if self.prepared.has_prefixes
            && let Some(end) = self.prefixed(at, end)
        {
            self.at = at;
            return self.literal(end);
        }
        self.layout(at);
        let hash = hash_range(WORD, self.text, at, end);
        self.push(hash, if self.keywords.has(hash) { hash } else { ANY_NAME }, at);
        self.last = Last::Word { at };
        self.ended(at, end);
    }

    /// The end of the run of name bytes that begins at `at`, in the block that is looked at.
    #[inline]
    fn end_of_run(&self, at: usize) -> usize {
        let run = self.masks.run((at % BLOCK) as u32);
        if run == BLOCK { self.end_of_name(at + run) } else { at + run }
    }

    fn end_of_name(&self, from: usize) -> usize {
        let rest = self.text.get(from..).unwrap_or_default();
        from + rest.iter().position(|byte| !self.prepared.continues(*byte)).unwrap_or(rest.len())
    }

    fn push(&mut self, exact: u64, abstracted: u64, at: usize) {
        let line = self.line(at);
        self.out.push(Token { exact, abstracted, offset: at as u32, line });
    }

    /// A token that white space is.
    pub(super) fn push_space(&mut self, hash: u64, at: usize, line: u32) {
        self.out.push(Token { exact: hash, abstracted: hash, offset: at as u32, line });
    }

    /// Takes note of a comment.
    pub(super) fn push_comment(&mut self, end: usize) {
        if self.comments == Comments::Passed {
            return;
        }
        let at = self.at;
        let text = self.text.get(at..end).unwrap_or_default();
        let words = text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        let hash = words.fold(start(COMMENT, 0), |hash, word| add(hash, hash_bytes(COMMENT, word)));
        self.out.comments.push(Comment { hash, offset: u32::try_from(at).unwrap_or(u32::MAX) });
    }

    fn number(&mut self, at: usize) {
        let run = self.end_of_run(at);
        let end = self.end_of_number(at, run);
        self.layout(at);
        self.push(hash_range(NUMBER, self.text, at, end), ANY_NUMBER, at);
        self.last = Last::Operand;
        self.ended(at, end);
        if end != run {
            self.jump(end);
        }
    }

    /// The end of the number that begins with the run of name bytes `at..end`.
    #[inline]
    fn end_of_number(&self, at: usize, mut end: usize) -> usize {
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
                _ => return end,
            }
        }
    }

    /// A string or the like that ends at `end`.
    pub(super) fn literal(&mut self, end: usize) {
        let at = self.at;
        looked(end - at);
        self.layout(at);
        self.push(hash_range(STRING, self.text, at, end), ANY_STRING, at);
        self.last = Last::Operand;
        self.at = end;
        self.jump(end);
        (self.last_end, self.last_line) = (end, self.line(end));
    }

    fn sign(&mut self, at: usize, byte: u8, class: Class) {
        if byte == b'\\' && self.continuation(at) {
            return;
        }
        self.layout(at);
        let glued = match self.last {
            Last::Operator(first) => self.last_end == at && is_pair(first, byte),
            _ => false,
        };
        let hash = add(start(if glued { GLUED } else { OPERATOR }, 1), u64::from(byte));
        self.push(hash, hash, at);
        self.last = match class {
            Class::Open => {
                self.depth = self.depth.saturating_add(1);
                Last::Open
            }
            Class::Close => {
                self.depth = (self.depth - 1).max(0);
                Last::Close(byte)
            }
            Class::Separator => Last::Separator,
            _ => Last::Operator(byte),
        };
        self.ended(at, at + 1);
    }

    /// A token without ends of lines.
    #[inline]
    fn ended(&mut self, at: usize, end: usize) {
        (self.last_end, self.last_line) = (end, self.line(at));
    }
}
