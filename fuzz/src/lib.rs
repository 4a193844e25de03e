//! What each target does with the bytes that libFuzzer makes up: what has to hold is asserted, the rest is that nothing panics,
//! overflows or takes more than its time.

mod changes;
mod fingerprints;
mod metadata;

pub use changes::{attributes, changes};
pub use fingerprints::fingerprints;
pub use metadata::metadata;
