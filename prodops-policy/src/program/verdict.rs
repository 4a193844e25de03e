//! What a decision says: allowed or not, by which policies, and which failed.

use cedar_policy::{Decision, Effect};

use super::machine::Outcome;

/// How satisfied and failed policies come to a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Combiner {
    /// Cedar's own: a policy that fails is skipped. Allowed when some permit is satisfied and no forbid is.
    Cedar,
    /// As Cedar's, but a forbid that fails denies: a forbid that is skipped forbids nothing.
    #[default]
    Strict,
}

/// A set of policies, by their number in the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyBits {
    words: Box<[u64]>,
}

impl PolicyBits {
    pub(crate) fn for_policies(count: usize) -> Self {
        Self { words: vec![0; count.div_ceil(64)].into() }
    }

    pub(crate) fn insert(&mut self, policy: u32) {
        if let Some(word) = self.words.get_mut(policy as usize / 64) {
            *word |= 1 << (policy % 64);
        }
    }

    pub(crate) fn clear(&mut self) {
        self.words.fill(0);
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// Whether this policy is one of them.
    #[must_use]
    pub fn contains(&self, policy: u32) -> bool {
        self.words.get(policy as usize / 64).is_some_and(|word| word & (1 << (policy % 64)) != 0)
    }

    /// Whether some policy is in both.
    #[must_use]
    pub fn intersects(&self, other: &Self) -> bool {
        self.words.iter().zip(&other.words).any(|(left, right)| left & right != 0)
    }

    /// The numbers, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        let words = self.words.iter().zip((0u32..).step_by(64));
        words.flat_map(|(&word, first)| {
            (0..64).filter(move |bit| word & (1 << bit) != 0).map(move |bit| first + bit)
        })
    }
}

/// The three sets that every decision is a function of. Made by [`Program::explanation`](super::Program::explanation), and used
/// again for any number of questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    pub(crate) permits: PolicyBits,
    pub(crate) forbids: PolicyBits,
    pub(crate) errored_permits: PolicyBits,
    pub(crate) errored_forbids: PolicyBits,
}

impl Explanation {
    pub(crate) fn for_policies(count: usize) -> Self {
        let none = PolicyBits::for_policies(count);
        Self {
            permits: none.clone(),
            forbids: none.clone(),
            errored_permits: none.clone(),
            errored_forbids: none,
        }
    }

    pub(crate) fn clear(&mut self) {
        for bits in
            [&mut self.permits, &mut self.forbids, &mut self.errored_permits, &mut self.errored_forbids]
        {
            bits.clear();
        }
    }

    pub(crate) fn note(&mut self, effect: Effect, policy: u32, outcome: Outcome) {
        match (outcome, effect) {
            (Outcome::Satisfied, Effect::Permit) => self.permits.insert(policy),
            (Outcome::Satisfied, Effect::Forbid) => self.forbids.insert(policy),
            (Outcome::Unsatisfied, _) => {}
            (Outcome::Errored | Outcome::Opaque, Effect::Permit) => self.errored_permits.insert(policy),
            (Outcome::Errored | Outcome::Opaque, Effect::Forbid) => self.errored_forbids.insert(policy),
        }
    }

    /// The decision.
    #[must_use]
    pub fn decision(&self, combiner: Combiner) -> Decision {
        let failed = combiner == Combiner::Strict && !self.errored_forbids.is_empty();
        if self.permits.is_empty() || !self.forbids.is_empty() || failed {
            Decision::Deny
        } else {
            Decision::Allow
        }
    }

    /// The policies that determined it, as Cedar names them: of an allowance the satisfied permits, of a denial the satisfied
    /// forbids.
    #[must_use]
    pub fn reasons(&self, combiner: Combiner) -> &PolicyBits {
        match self.decision(combiner) {
            Decision::Allow => &self.permits,
            Decision::Deny => &self.forbids,
        }
    }

    /// The policies that failed, ascending.
    pub fn errors(&self) -> impl Iterator<Item = u32> + '_ {
        let mut all: Vec<u32> = self.errored_permits.iter().chain(self.errored_forbids.iter()).collect();
        all.sort_unstable();
        all.into_iter()
    }

    /// Whether some policy failed.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        !self.errored_permits.is_empty() || !self.errored_forbids.is_empty()
    }
}
