//! What the lexer finds, as numbers.

use zeroize::Zeroize;

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
    /// The code.
    pub(crate) code: Vec<Token>,
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
        Self { code: Vec::with_capacity(code), comments: Vec::new() }
    }

    /// Empties and wipes it.
    pub(crate) fn wipe(&mut self) {
        self.drop_front(self.code.len());
        for comment in &mut self.comments {
            comment.hash.zeroize();
        }
        self.comments.clear();
    }

    /// Drops the first tokens and wipes the room that becomes free.
    pub(crate) fn drop_front(&mut self, count: usize) {
        let length = self.code.len();
        let count = count.min(length);
        self.code.copy_within(count.., 0);
        if let Some(free) = self.code.get_mut(length - count..) {
            wipe(free);
        }
        self.code.truncate(length - count);
    }
}

/// Overwrites tokens with a value that the compiler must not leave out.
fn wipe(tokens: &mut [Token]) {
    tokens.fill(Token::default());
    zeroize::optimization_barrier(tokens);
}

impl Drop for Tokens {
    fn drop(&mut self) {
        self.wipe();
    }
}
