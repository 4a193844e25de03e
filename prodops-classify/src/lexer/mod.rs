//! Source text as numbers: one table-driven lexer for every family of comments and strings.

mod byte_set;
mod comment;
mod hash;
mod heredoc;
mod keyword;
pub(crate) mod known;
mod layout;
mod literal;
mod operator;
mod ordinary;
mod prepared;
mod runs;
mod scan;
mod syntax;
mod syntaxes;
mod tokens;

#[cfg(test)]
mod tests;

pub(crate) use hash::{add, fold, hash_block, hash_bytes, hash_iter, hash_long, last_word, start};
pub(crate) use scan::{Comments, LONGEST, Lexer, MOST_AT_ONCE, lex};
pub(crate) use tokens::{Comment, Token, Tokens};
