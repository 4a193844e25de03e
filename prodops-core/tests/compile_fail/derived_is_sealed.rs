// Nobody adds a type of their own to what may be stored.
use prodops_core::fact::{Derived, Fact};

struct SourceLine;

impl From<SourceLine> for Fact {
    fn from(_line: SourceLine) -> Self {
        unreachable!()
    }
}

impl Derived for SourceLine {}

fn main() {}
