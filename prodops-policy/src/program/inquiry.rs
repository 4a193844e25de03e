//! The decision proper: the candidates of a cell, on what the slots hold.

use cedar_policy::{Decision, Effect, PolicySet};

use super::cell::Cell;
use super::machine::{Frame, Outcome};
use super::program::Program;
use super::verdict::{Combiner, Explanation};

/// What a decision is made from. `cedar` evaluates a set of one policy on the same request.
#[derive(Clone, Copy)]
pub(crate) struct Inquiry<'a> {
    pub(crate) program: &'a Program,
    pub(crate) cell: &'a Cell,
    pub(crate) frame: Frame<'a>,
    pub(crate) cedar: &'a dyn Fn(&PolicySet) -> Outcome,
}

impl Inquiry<'_> {
    /// Decides, and stops as soon as the decision stands.
    pub(crate) fn decide(&self, combiner: Combiner) -> Decision {
        let denies = |outcome| match outcome {
            Outcome::Satisfied => true,
            Outcome::Errored => combiner == Combiner::Strict,
            _ => false,
        };
        let outcome = |&number| self.program.outcome(number, self);
        if self.cell.forbids.iter().any(|number| denies(outcome(number))) {
            return Decision::Deny;
        }
        match self.cell.permits.iter().any(|number| outcome(number) == Outcome::Satisfied) {
            true => Decision::Allow,
            false => Decision::Deny,
        }
    }

    /// Whether some permit is satisfied, no forbid is, and no policy failed, permits included.
    pub(crate) fn allows_without_failure(&self) -> bool {
        let outcome = |&number| self.program.outcome(number, self);
        if self.cell.forbids.iter().any(|number| outcome(number) != Outcome::Unsatisfied) {
            return false;
        }
        let mut permitted = false;
        for number in &self.cell.permits {
            match outcome(number) {
                Outcome::Satisfied => permitted = true,
                Outcome::Unsatisfied => {}
                Outcome::Errored | Outcome::Opaque => return false,
            }
        }
        permitted
    }

    /// Whether no forbid is satisfied, and none failed.
    pub(crate) fn nothing_forbids(&self) -> bool {
        let outcome = |&number| self.program.outcome(number, self);
        self.cell.forbids.iter().all(|number| outcome(number) == Outcome::Unsatisfied)
    }

    /// Evaluates every policy that can apply, and notes what each came to.
    pub(crate) fn explain(&self, explanation: &mut Explanation) {
        explanation.clear();
        for (effect, candidates) in
            [(Effect::Forbid, &self.cell.forbids), (Effect::Permit, &self.cell.permits)]
        {
            for &number in candidates {
                explanation.note(effect, number, self.program.outcome(number, self));
            }
        }
    }
}
