//! What kind of change a hunk is, by the tokens of both sides.

use prodops_core::fact::{ComplexityDelta, Language};

use super::diff::Hunk;
use crate::complexity::ComplexityCounter;
use crate::lexer::{Comment, Comments, LONGEST, Lexer, Token, Tokens, lex};

/// What a hunk does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HunkKind {
    /// It adds lines.
    Added,
    /// It takes lines away.
    Deleted,
    /// It replaces lines.
    Updated,
    /// It replaces names, numbers or strings, each by the same one everywhere.
    Replaced,
    /// No token changed, and no comment.
    FormatOnly,
    /// No token changed but comments.
    CommentOnly,
}

/// What two texts were taken apart for besides the kinds of their hunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Apart {
    /// Whether they were; they are not where one is too long.
    pub(super) lexed: bool,
    pub(super) complexity: Option<ComplexityDelta>,
}

/// Compares the tokens of two texts; keeps its memory from one pair to the next and wipes it in between.
#[derive(Default)]
pub(crate) struct KindFinder {
    old: Tokens,
    new: Tokens,
    names: Vec<(u64, u64)>,
    complexity: ComplexityCounter,
}

/// A part of the tokens of a text: those that begin in some lines and the one before, which may reach into them.
struct Part<'t> {
    code: &'t [Token],
    comments: &'t [Comment],
}

impl KindFinder {
    /// Hands on the kind of every hunk. Where a text is too long to be taken apart, the lines alone tell it.
    pub(crate) fn find(
        &mut self,
        language: Option<Language>,
        [old, new]: [&[u8]; 2],
        hunks: &[Hunk],
        mut sink: impl FnMut(HunkKind),
    ) -> Apart {
        if old.len().max(new.len()) > LONGEST {
            hunks.iter().for_each(|hunk| sink(kind_of_lines(hunk).unwrap_or(HunkKind::Updated)));
            return Apart { lexed: false, complexity: None };
        }
        lex(language, old, &mut self.old);
        lex(language, new, &mut self.new);
        let (mut old_lines, mut new_lines) = (LineOffsets::new(old), LineOffsets::new(new));
        for hunk in hunks {
            let before = old_lines.range(hunk.old_start, hunk.old_lines);
            let after = new_lines.range(hunk.new_start, hunk.new_lines);
            let (before, after) = (Part::of(&self.old, before), Part::of(&self.new, after));
            sink(kind(hunk, &before, &after, &mut self.names));
        }
        let before = self.complexity.count(language, self.old.code());
        let after = self.complexity.count(language, self.new.code());
        let complexity = before.zip(after).map(|(before, after)| ComplexityDelta { before, after });
        self.names.clear();
        self.old.wipe();
        self.new.wipe();
        Apart { lexed: true, complexity }
    }

    /// The complexity of a text that nothing is compared with.
    pub(super) fn complexity(&mut self, language: Option<Language>, text: &[u8]) -> Option<u32> {
        if text.len() > LONGEST || !ComplexityCounter::knows(language) {
            return None;
        }
        let mut lexer = Lexer::new(language, text, &mut self.new, Comments::Passed)?;
        lexer.fill(usize::MAX);
        let points = self.complexity.count(language, self.new.code());
        self.new.wipe();
        points
    }
}

/// The kind of a hunk that only adds or only takes away.
const fn kind_of_lines(hunk: &Hunk) -> Option<HunkKind> {
    match (hunk.old_lines, hunk.new_lines) {
        (0, _) => Some(HunkKind::Added),
        (_, 0) => Some(HunkKind::Deleted),
        _ => None,
    }
}

fn kind<'t>(hunk: &Hunk, old: &Part<'t>, new: &Part<'t>, names: &mut Vec<(u64, u64)>) -> HunkKind {
    if same(old, new, |token| token.exact) {
        let words = |part: &Part<'t>| part.comments.iter().map(|comment| comment.hash);
        return if words(old).eq(words(new)) { HunkKind::FormatOnly } else { HunkKind::CommentOnly };
    }
    if let Some(kind) = kind_of_lines(hunk) {
        kind
    } else if same(old, new, |token| token.abstracted) && is_replacement(old.code, new.code, names) {
        HunkKind::Replaced
    } else {
        HunkKind::Updated
    }
}

fn same(old: &Part<'_>, new: &Part<'_>, view: fn(&Token) -> u64) -> bool {
    old.code.len() == new.code.len() && old.code.iter().map(view).eq(new.code.iter().map(view))
}

/// Whether every token of the old text became the same one wherever it stands.
fn is_replacement(old: &[Token], new: &[Token], names: &mut Vec<(u64, u64)>) -> bool {
    names.clear();
    names.extend(old.iter().zip(new).map(|(old, new)| (old.exact, new.exact)));
    names.sort_unstable();
    names.dedup();
    names.is_sorted_by(|a, b| a.0 != b.0)
}

impl<'t> Part<'t> {
    fn of(tokens: &'t Tokens, bytes: std::ops::Range<usize>) -> Self {
        let code = |at: usize| tokens.code().partition_point(|token| (token.offset as usize) < at);
        let code = code(bytes.start).saturating_sub(1)..code(bytes.end);
        let comment = |at: usize| tokens.comments.partition_point(|comment| (comment.offset as usize) < at);
        let comments = comment(bytes.start).saturating_sub(1)..comment(bytes.end);
        Self {
            code: tokens.code().get(code).unwrap_or_default(),
            comments: tokens.comments.get(comments).unwrap_or_default(),
        }
    }
}

/// Where lines begin, asked for in rising order.
struct LineOffsets<'t> {
    text: &'t [u8],
    line: u32,
    at: usize,
}

impl<'t> LineOffsets<'t> {
    const fn new(text: &'t [u8]) -> Self {
        Self { text, line: 0, at: 0 }
    }

    fn range(&mut self, start: u32, lines: u32) -> std::ops::Range<usize> {
        self.pass(start);
        let from = self.at;
        self.pass(start + lines);
        from..self.at
    }

    fn pass(&mut self, line: u32) {
        let steps = line.saturating_sub(self.line) as usize;
        if steps > 0 {
            let rest = self.text.get(self.at..).unwrap_or_default();
            self.at += memchr::memchr_iter(b'\n', rest).nth(steps - 1).map_or(rest.len(), |end| end + 1);
            self.line = line;
        }
    }
}
