//! Figures over judged commits.

use prodops_classify::Figures;
use prodops_classify::training::KINDS;
use prodops_core::fact::Activity;

use super::evaluate::Judged;

/// Bars of the calibration plot.
pub(super) const BINS: usize = 15;

/// Which label is the truth.
pub(super) type Truth = fn(&Judged) -> Activity;

/// The two label sets, by name.
pub(super) const TRUTHS: [(&str, Truth); 2] =
    [("canonical", |judged| judged.canonical), ("declared", |judged| judged.declared)];

/// Everything that is counted.
pub(super) struct Counted {
    /// By true kind, by given kind.
    pub(super) confusion: [[u32; KINDS]; KINDS],
    /// By certainty: commits, the sum of their probabilities, how many are right.
    pub(super) bins: [(u32, f64, u32); BINS],
    /// Most certain first: whether each is right.
    right: Vec<bool>,
}

/// One kind.
pub(super) struct KindFigures {
    pub(super) precision: f64,
    pub(super) recall: f64,
    pub(super) f1: f64,
    pub(super) commits: u32,
}

impl Counted {
    pub(super) fn of(judged: &[Judged], truth: Truth) -> Self {
        let mut counted =
            Self { confusion: [[0; KINDS]; KINDS], bins: [(0, 0.0, 0); BINS], right: Vec::new() };
        let mut certain: Vec<(f64, bool)> = Vec::with_capacity(judged.len());
        for one in judged {
            let (label, truth) = (one.label as usize, truth(one) as usize);
            let cell = counted.confusion.get_mut(truth).and_then(|row| row.get_mut(label));
            cell.into_iter().for_each(|cell| *cell += 1);
            let bin = ((one.probability * BINS as f64) as usize).min(BINS - 1);
            if let Some((commits, sum, right)) = counted.bins.get_mut(bin) {
                *commits += 1;
                *sum += one.probability;
                *right += u32::from(label == truth);
            }
            certain.push((one.probability, label == truth));
        }
        certain.sort_by(|a, b| b.0.total_cmp(&a.0));
        counted.right = certain.into_iter().map(|(_, right)| right).collect();
        counted
    }

    /// The share that is right of the part of which the model is most certain.
    pub(super) fn accuracy_at(&self, part: f64) -> f64 {
        let first = (self.right.len() as f64 * part) as usize;
        share(self.right.iter().take(first).filter(|right| **right).count() as f64, first as f64)
    }

    pub(super) fn calibration_error(&self) -> f64 {
        let distance = self.bins.iter().map(|(_, sum, right)| (sum - f64::from(*right)).abs()).sum::<f64>();
        share(distance, self.right.len() as f64)
    }

    pub(super) fn kind(&self, kind: usize) -> KindFigures {
        let cell = |truth: usize, label: usize| -> f64 {
            self.confusion.get(truth).and_then(|row| row.get(label)).copied().unwrap_or_default().into()
        };
        let right = cell(kind, kind);
        let commits: f64 = (0..KINDS).map(|label| cell(kind, label)).sum();
        let given: f64 = (0..KINDS).map(|truth| cell(truth, kind)).sum();
        KindFigures {
            precision: share(right, given),
            recall: share(right, commits),
            f1: share(2.0 * right, given + commits),
            commits: commits as u32,
        }
    }

    pub(super) fn macro_f1(&self) -> f64 {
        (0..KINDS).map(|kind| self.kind(kind).f1).sum::<f64>() / KINDS as f64
    }

    /// For the header of the model.
    pub(super) fn figures(&self) -> Figures {
        // `as` saturates.
        let parts = |number: f64| (number * 10_000.0).round() as u16;
        Figures {
            accuracy: parts(self.accuracy_at(1.0)),
            macro_f1: parts(self.macro_f1()),
            accuracy_at_half: parts(self.accuracy_at(0.5)),
            calibration_error: parts(self.calibration_error()),
        }
    }
}

/// A part of a whole; nothing of nothing is 0.
pub(super) fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use prodops_core::fact::LabelSource;

    use super::*;

    #[test]
    fn figures_are_those_of_a_case_counted_by_hand() {
        let judged = |label, probability, canonical| Judged {
            label,
            probability,
            source: LabelSource::Model,
            canonical,
            declared: canonical,
        };
        use Activity::{Bugfix, Feature};
        let counted = Counted::of(
            &[
                judged(Feature, 0.9, Feature),
                judged(Feature, 0.8, Bugfix),
                judged(Bugfix, 0.7, Bugfix),
                judged(Bugfix, 0.6, Bugfix),
            ],
            |judged| judged.canonical,
        );
        assert_eq!((counted.accuracy_at(1.0), counted.accuracy_at(0.5)), (0.75, 0.5));
        let kind = counted.kind(Bugfix as usize);
        assert_eq!((kind.precision, kind.commits), (1.0, 3));
        assert!((kind.recall - 2.0 / 3.0).abs() < 1e-9 && (kind.f1 - 0.8).abs() < 1e-9);
        assert!((counted.macro_f1() - (0.8 + 2.0 / 3.0) / 10.0).abs() < 1e-9);
        // Each stands alone in its bin: |0.9-1| + |0.8-0| + |0.7-1| + |0.6-1|, over four.
        assert!((counted.calibration_error() - 0.4).abs() < 1e-9);
    }
}
