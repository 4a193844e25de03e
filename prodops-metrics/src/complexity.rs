//! Whether the code becomes harder to follow.

use prodops_core::fact::{ComplexityDelta, FileChange};

use crate::coverage::Reads;
use crate::definition::{Measured, Source, definition};
use crate::exclusion::Exclusion;
use crate::history::Sample;
use crate::value::{ActivityClass, ComplexityChange, MetricValue};
use crate::volume::left_out;

definition! {
    COMPLEXITY_CHANGE = "complexity_change" @ "1", "Change of complexity",
    question: "Does the code become harder to follow, and by which kind of work?",
    formula: "over the handwritten files of the commits of commits@1: cognitive complexity after the change − before it, \
        points that came and points that went apart, by the label of the commit (one less probable than 0.5 is \
        unclassified). Files of languages without rules, and too long ones, are unknown_complexity and not 0. n counts changes \
        of files",
    care: "New features bring branches. A file that moves goes in one place and comes in another. Points of different \
        languages are alike, not the same.",
    Quality, Points, Sum, NothingWithoutEvents, needs: [Commit], k_limited: false,
    Source::Commits(Reads::Files, complexity_change)
}

fn complexity_change(sample: &Sample<'_>) -> Measured {
    let mut excluded = sample.left_out.clone();
    let (mut change, mut n) = (ComplexityChange::default(), 0);
    for commit in &sample.work {
        let class = ActivityClass::of(commit.label.as_ref());
        for file in &commit.changes {
            match complexity_of(file) {
                Ok(delta) => {
                    change.take(class, delta);
                    n += 1;
                }
                Err(reason) => excluded.add(reason, 1),
            }
        }
    }
    Measured { value: (n > 0).then_some(MetricValue::Complexity(change)), n, excluded }
}

/// How complex a handwritten file was and is, or why that cannot be said.
fn complexity_of(change: &FileChange) -> Result<&ComplexityDelta, Exclusion> {
    match left_out(change) {
        Some(reason) => Err(reason),
        None => change.complexity.as_ref().ok_or(Exclusion::UnknownComplexity),
    }
}
