//! Which commit each line comes from, over a history and without its text.
//!
//! [`LineEditor`] looks at the texts of one commit and tells in numbers what it does to lines; [`LineAges`] adds commit after
//! commit and tells how old the lines are. The first is most of the work and needs no history, the second needs no text.

mod blame;
mod editor;
mod history;
mod origin;
mod rename;
mod run;
mod snapshot;

pub use editor::{AgeFile, AgeStep, LineEditor};
pub use history::LineAges;
pub use origin::{LineOrigin, LineOrigins};
pub use run::AgeRun;
