//! What a change does to lines: how many it adds and deletes, where, and what becomes of them.

mod alike;
mod count;
mod diff;
mod kind;
mod lines;
mod moves;
mod rename;
mod tokens;
mod trim;
mod work;

pub(crate) use alike::{MOST_PAIRS, Pieces, Sources};
pub(crate) use count::{count, read, read_first};
pub(crate) use diff::{Hunk, LineDiff};
pub(crate) use lines::{Lines, count_lines, is_binary};
pub(crate) use moves::{Moves, Origin};
pub use rename::{Rename, renames};
pub(crate) use tokens::{White, is_white};
pub use work::LineKinds;
pub(crate) use work::WorkFinder;
