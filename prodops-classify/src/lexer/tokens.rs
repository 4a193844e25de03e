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

/// The tokens of one text, in the order of the text, as numbers that tell equal from different.
///
/// # Security
/// The numbers have no key, so a dictionary would undo them: they are wiped with the text, and never stored.
#[derive(Default)]
pub(crate) struct Tokens {
    /// Each token with all of its text.
    pub(crate) exact: Vec<u64>,
    /// The same with every name, number and string replaced by its kind.
    pub(crate) abstracted: Vec<u64>,
    /// Where each token begins, in bytes.
    pub(crate) offsets: Vec<u32>,
    /// The comments.
    pub(crate) comments: Vec<Comment>,
}

/// A comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Comment {
    /// Of its words; blanks between them do not count.
    pub(crate) hash: u64,
    /// How many code tokens there are before it.
    pub(crate) before: u32,
    /// Where it begins, in bytes.
    pub(crate) offset: u32,
}

impl Tokens {
    /// Empties and wipes it.
    pub(crate) fn wipe(&mut self) {
        self.exact.as_mut_slice().zeroize();
        self.abstracted.as_mut_slice().zeroize();
        self.exact.clear();
        self.abstracted.clear();
        self.offsets.clear();
        for comment in &mut self.comments {
            comment.hash.zeroize();
        }
        self.comments.clear();
    }

    #[inline]
    pub(super) fn push(&mut self, exact: u64, abstracted: u64, offset: usize) {
        self.exact.push(exact);
        self.abstracted.push(abstracted);
        self.offsets.push(offset as u32);
    }
}

impl Drop for Tokens {
    fn drop(&mut self) {
        self.wipe();
    }
}
