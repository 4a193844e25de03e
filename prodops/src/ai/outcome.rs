//! Labels for the commits that were sent, and an account of every answer that was none.

use prodops_core::fact::ActivityLabel;

use super::answer::{self, Answer, Said};

/// How many answers were what. Every commit that was sent is in exactly one of `labelled`, `refused`, `truncated`, `failed`,
/// `garbage`, `conflicting` and `missing`; `doubled` and `foreign` count answers beside those.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Counts {
    /// Labels.
    pub labelled: u64,
    /// Refusals.
    pub refused: u64,
    /// Answers that were cut off.
    pub truncated: u64,
    /// Requests that failed, expired or were cancelled at the provider.
    pub failed: u64,
    /// Anything but the form that was asked for.
    pub garbage: u64,
    /// Commits with answers that contradict each other: none is taken.
    pub conflicting: u64,
    /// Commits without an answer.
    pub missing: u64,
    /// Answers to what was answered already.
    pub doubled: u64,
    /// Answers to what nobody asked.
    pub foreign: u64,
}

impl Counts {
    /// Both together.
    pub(super) const fn plus(self, other: Self) -> Self {
        Self {
            labelled: self.labelled + other.labelled,
            refused: self.refused + other.refused,
            truncated: self.truncated + other.truncated,
            failed: self.failed + other.failed,
            garbage: self.garbage + other.garbage,
            conflicting: self.conflicting + other.conflicting,
            missing: self.missing + other.missing,
            doubled: self.doubled + other.doubled,
            foreign: self.foreign + other.foreign,
        }
    }
}

/// What a run brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// A label or nothing for each commit, in their order.
    pub labels: Vec<Option<ActivityLabel>>,
    /// What the answers were.
    pub counts: Counts,
    /// Objects that may still lie at the provider; a sweep goes on with them.
    pub left: usize,
}

/// What became of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Label(ActivityLabel),
    Refused,
    Truncated,
    Failed,
    Garbage,
    Conflicting,
}

impl Verdict {
    fn of(said: &Said) -> Self {
        match said {
            Said::Text(text) => answer::label(text).map_or(Self::Garbage, Self::Label),
            Said::Refusal => Self::Refused,
            Said::Truncated => Self::Truncated,
            Said::Failed => Self::Failed,
            Said::Garbage => Self::Garbage,
        }
    }

    /// Two answers to one request: the same one twice is one, and of two different ones neither is known to be right.
    fn and(self, other: Self) -> Self {
        if self == other { self } else { Self::Conflicting }
    }
}

impl Outcome {
    /// Of the answers to a batch of `sent` requests.
    pub(super) fn of(sent: usize, answers: &[Answer]) -> Self {
        let mut verdicts: Vec<Option<Verdict>> = vec![None; sent];
        let mut counts = Counts::default();
        for answer in answers {
            let Some(slot) = answer.number.and_then(|number| verdicts.get_mut(number)) else {
                counts.foreign += 1;
                continue;
            };
            let verdict = Verdict::of(&answer.said);
            counts.doubled += u64::from(slot.is_some());
            *slot = Some(slot.map_or(verdict, |before| before.and(verdict)));
        }
        let labels = verdicts.into_iter().map(|verdict| settle(verdict, &mut counts)).collect();
        Self { labels, counts, left: 0 }
    }

    /// Appends the outcome of a later batch.
    pub(super) fn extend(&mut self, later: Self) {
        self.labels.extend(later.labels);
        self.counts = self.counts.plus(later.counts);
        self.left += later.left;
    }
}

fn settle(verdict: Option<Verdict>, counts: &mut Counts) -> Option<ActivityLabel> {
    let count = match verdict {
        Some(Verdict::Label(_)) => &mut counts.labelled,
        Some(Verdict::Refused) => &mut counts.refused,
        Some(Verdict::Truncated) => &mut counts.truncated,
        Some(Verdict::Failed) => &mut counts.failed,
        Some(Verdict::Garbage) => &mut counts.garbage,
        Some(Verdict::Conflicting) => &mut counts.conflicting,
        None => &mut counts.missing,
    };
    *count += 1;
    verdict.and_then(|verdict| if let Verdict::Label(label) = verdict { Some(label) } else { None })
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn said() -> impl Strategy<Value = Said> {
        prop_oneof![
            Just(Said::Text("{\"label\":\"docs\",\"percent\":70}".to_owned())),
            Just(Said::Text("{\"label\":\"test\",\"percent\":70}".to_owned())),
            Just(Said::Text("hello".to_owned())),
            Just(Said::Refusal),
            Just(Said::Truncated),
            Just(Said::Failed),
            Just(Said::Garbage),
        ]
    }

    proptest! {
        #[test]
        fn every_commit_and_every_answer_is_accounted_for(
            sent in 0usize..8, answers in vec((proptest::option::of(0usize..12), said()), 0..30),
        ) {
            let answers: Vec<Answer> =
                answers.into_iter().map(|(number, said)| Answer { number, said }).collect();
            let Outcome { labels, counts: c, .. } = Outcome::of(sent, &answers);
            let commits =
                c.labelled + c.refused + c.truncated + c.failed + c.garbage + c.conflicting + c.missing;
            prop_assert_eq!(commits, sent as u64);
            prop_assert_eq!(labels.len(), sent);
            prop_assert_eq!(labels.iter().flatten().count() as u64, c.labelled);
            prop_assert_eq!(answers.len() as u64, c.foreign + c.doubled + (sent as u64 - c.missing));
        }
    }
}
