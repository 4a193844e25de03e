//! Tokens that are always written the same way, by the numbers that the lexer gives them.

use super::hash::{add, hash_bytes, start};
use super::tokens::{BLANK, GLUED, NEWLINE, OPERATOR, WORD};

/// The exact number of a word.
pub(crate) fn word(word: &str) -> u64 {
    hash_bytes(WORD, word.as_bytes())
}

/// The number of an operator, bracket or separator byte.
pub(crate) const fn operator(byte: u8) -> u64 {
    add(start(OPERATOR, 1), byte as u64)
}

/// The number of the same byte where it makes one operator with the byte before it.
pub(crate) const fn joined(byte: u8) -> u64 {
    add(start(GLUED, 1), byte as u64)
}

/// The number of the end of a line, in languages where it does not matter how many there are.
pub(crate) const LINE_END: u64 = start(NEWLINE, 1);

/// The number of blanks between two tokens, where only matters that there are some.
pub(crate) const BLANKS: u64 = start(BLANK, 1);

/// The abstracted number of every name.
pub(crate) use super::scan::ANY_NAME;
