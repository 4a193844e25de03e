//! Source text as numbers: one table-driven lexer for every family of comments and strings.

mod comment;
mod hash;
mod heredoc;
mod keyword;
mod layout;
mod literal;
mod operator;
mod prepared;
mod scan;
mod syntax;
mod syntaxes;
mod tokens;

#[cfg(test)]
mod tests;

pub(crate) use hash::{fold, hash_bytes, hash_iter};
pub(crate) use scan::lex;
pub(crate) use tokens::{Comment, Tokens};
