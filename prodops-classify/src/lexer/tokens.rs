//! What the lexer finds, as numbers.

use zeroize::Zeroize;

use super::scan::MOST_AT_ONCE;

/// Classes of tokens, for their hashes.
pub(super) const WORD: u64 = 1;
pub(super) const NUMBER: u64 = 2;
pub(super) const STRING: u64 = 3;
pub(super) const OPERATOR: u64 = 4;
/// An operator that makes one with the operator directly before it.
pub(super) const GLUED: u64 = 5;
pub(super) const NEWLINE: u64 = 6;
pub(super) const INDENT: u64 = 7;
pub(super) const BLANK: u64 = 8;
pub(super) const COMMENT: u64 = 9;

/// The tokens of a text, or of a part of it, in the order of the text, as numbers that tell equal from different.
///
/// # Security
/// The numbers have no key, so a dictionary would undo them: they are wiped with the text, and never stored.
#[derive(Default)]
pub(crate) struct Tokens {
    /// The code, and room behind it.
    slots: Vec<Token>,
    count: usize,
    /// So many slots were written to since they were wiped.
    used: usize,
    /// The comments, if they are asked for.
    pub(crate) comments: Vec<Comment>,
}

/// A token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Token {
    /// All of its text.
    pub(crate) exact: u64,
    /// The same with every name, number and string replaced by its kind.
    pub(crate) abstracted: u64,
    /// Where it begins, in bytes.
    pub(crate) offset: u32,
    /// Its line, from 1.
    pub(crate) line: u32,
}

/// A comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Comment {
    /// Of its words; blanks between them do not count.
    pub(crate) hash: u64,
    /// Where it begins, in bytes.
    pub(crate) offset: u32,
}

impl Tokens {
    /// With room for so many tokens, so that no part of them is left behind in memory that was too small.
    pub(crate) fn with_capacity(code: usize) -> Self {
        Self { slots: vec![Token::default(); code], count: 0, used: 0, comments: Vec::new() }
    }

    /// The code.
    pub(crate) fn code(&self) -> &[Token] {
        self.slots.get(..self.count).unwrap_or_default()
    }

    /// How many tokens of code there are.
    #[inline(always)]
    pub(crate) const fn len(&self) -> usize {
        self.count
    }

    /// Room for `N` tokens behind the code. Which of them are code, [`keep`](Self::keep) says.
    #[inline(always)]
    pub(super) fn room<const N: usize>(&mut self) -> Option<&mut [Token; N]> {
        if self.slots.len() < self.count + N {
            self.grow(N);
        }
        self.slots.get_mut(self.count..).and_then(<[Token]>::first_chunk_mut)
    }

    #[cold]
    fn grow(&mut self, by: usize) {
        self.slots.resize((self.count + by).max(2 * self.slots.len()), Token::default());
    }

    /// So many tokens behind the code are code, too.
    #[inline(always)]
    pub(super) const fn keep(&mut self, count: usize) {
        self.count += count;
    }

    /// Adds a token.
    pub(super) fn push(&mut self, token: Token) {
        if let Some([slot]) = self.room() {
            *slot = token;
            self.keep(1);
        }
    }

    /// Empties and wipes it.
    pub(crate) fn wipe(&mut self) {
        self.drop_front(self.count);
        self.slots.iter_mut().take(self.used).for_each(|slot| *slot = Token::default());
        zeroize::optimization_barrier(self.slots.as_slice());
        self.used = 0;
        for comment in &mut self.comments {
            comment.hash.zeroize();
        }
        self.comments.clear();
    }

    /// Drops the first tokens. They are overwritten by those that come, or wiped at the end.
    pub(crate) fn drop_front(&mut self, count: usize) {
        let length = self.count;
        // Behind the last token there may be some that were found not to be code.
        self.used = self.used.max(length + MOST_AT_ONCE);
        let count = count.min(length);
        self.slots.copy_within(count..length, 0);
        self.count = length - count;
    }
}

impl Drop for Tokens {
    fn drop(&mut self) {
        self.wipe();
    }
}
