//! Which commit each line comes from, over a history and without its text.

mod blame;
mod encode;
mod history;
mod origin;
mod rename;
mod rework;
mod run;

pub use encode::AgesError;
pub use history::{AgeFile, AgeStep, LineAges};
pub use origin::{LineOrigin, LineOrigins};
pub use rework::{Ownership, Rework};
pub use run::AgeRun;
