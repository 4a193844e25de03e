//! Mutational fuzzing of everything that reads bytes from outside: deterministic, structure-aware, on stable.
//!
//! Every target runs shortly as a test and long under `cargo xtask soak`. A new parser implements [`Target`] in a file
//! of its own. Inputs whose outcome is new become seeds: that steers towards the later checks of a parser.

mod cookie;
mod mutation;
mod record;
mod row;
mod stream;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::vault::draw::Draw;

/// Something that reads bytes from outside.
pub(crate) trait Target {
    /// Its name in the report.
    const NAME: &'static str;

    /// Well-formed inputs to begin with.
    fn seeds(&self) -> Vec<Vec<u8>>;

    /// Where the parts of an input begin; mutations prefer these places.
    fn borders(&self) -> &'static [usize];

    /// Reads the input, panics when something does not hold, and names the outcome.
    fn run(&self, input: &[u8]) -> &'static str;
}

/// How many inputs per outcome are mutated further.
const KEPT: usize = 64;

/// Runs a target on so many mutated inputs and prints how often each outcome came up.
///
/// # Panics
/// When the target does, with what it takes to come there again.
pub(crate) fn fuzz<T: Target>(target: &T, seed: u64, executions: u64) -> BTreeMap<&'static str, u64> {
    let draw = Draw::new(seed);
    let seeds = target.seeds();
    let mut kept: Vec<Vec<u8>> = Vec::new();
    let mut outcomes = BTreeMap::new();
    for execution in 0..executions {
        // Half of the inputs come from the seeds, so that nothing drifts away from what is well-formed.
        let from = if kept.is_empty() || draw.one_in(2) { &seeds } else { &kept };
        let base = &from[draw.below(from.len())];
        let other = &seeds[draw.below(seeds.len())];
        let input = mutation::mutated(&draw, base, other, target.borders());
        let outcome = catch_unwind(AssertUnwindSafe(|| target.run(&input))).unwrap_or_else(|_| {
            panic!("{}, seed {seed}, execution {execution}, {} bytes", T::NAME, input.len());
        });
        let count = outcomes.entry(outcome).or_insert(0u64);
        *count += 1;
        // Later ones replace earlier ones, ever more seldom.
        if *count <= 8 || draw.one_in(1000) {
            let slot = draw.below(KEPT);
            if kept.len() < KEPT { kept.push(input) } else { kept[slot] = input }
        }
    }
    println!("{}: {executions} executions, 0 panics, outcomes {outcomes:?}", T::NAME);
    outcomes
}
