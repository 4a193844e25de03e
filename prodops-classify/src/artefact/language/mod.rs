//! The language of a file: by what it says of itself, by its name, and where that does not tell by its content.
//!
//! The order is linguist's: a mode line of an editor, the complete name, the interpreter, the ending, the head of XML, the endings of
//! manual pages, rules for endings that several languages share. Where several are left, linguist asks a classifier that has
//! learned from samples; here the most common one of the ending is taken, and none where none is.

mod content;
mod heuristics;
mod manual;
mod mode_line;
mod shebang;
mod tables;

pub(crate) use content::in_text;
use prodops_core::fact::Language;
pub use tables::language_name;
pub(super) use tables::{Family, family, named};

use super::path::PathParts;

/// The language of a path: by its complete name, in which case counts, or else by its longest known ending. An ending that
/// several languages share is the most common one's.
pub(crate) fn of(path: &PathParts<'_>) -> Option<Language> {
    tables::of_file_name(path.original_name)
        .or_else(|| path.endings().find_map(tables::preferred))
        .map(Language)
}

#[cfg(test)]
mod tests;
