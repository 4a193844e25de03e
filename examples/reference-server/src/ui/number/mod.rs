//! Amounts as people read them. What is not known is the word "unknown", never 0.

mod age;
mod amount;
mod comparison;
mod text;

pub use age::{ago, ahead};
pub use amount::{Amount, Measure, Part};
pub use comparison::{Claim, Comparison, Direction};
pub use text::{decimal, duration, interval, percent, thousands};

/// Keeps a number and its unit on one line.
pub(super) const NBSP: char = '\u{a0}';

/// The word for a value that nobody knows.
pub const UNKNOWN: &str = "unknown";
