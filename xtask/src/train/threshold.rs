//! How much less is asked of each kind: rare ones are seldom the most likely, so that without this hardly one is found.
//!
//! The offsets are those under which accuracy and the mean of the kinds' F1 scores are highest together. They also undo that
//! some kinds are more common among the commits that are trained on.

use prodops_classify::training::KINDS;

use super::calibrate::Asked;

/// What a point of accuracy is worth in points of macro-F1.
const ACCURACY: f64 = 4.0;
/// How far offsets are moved, coarse to fine, in tenths.
const STEPS: [i32; 6] = [4, -4, 2, -2, 1, -1];
/// The farthest that an offset goes, in tenths: one that never pays off must not run away.
const FARTHEST: i32 = 12;

/// What to add to the scores of the kinds.
pub(super) fn offsets(asked: &Asked) -> [f32; KINDS] {
    // Whole tenths, so that steps there and back end where they began.
    let mut tenths = [0i32; KINDS];
    let mut best = worth(asked, &tenths);
    for step in STEPS.into_iter().chain(STEPS) {
        for kind in 0..KINDS {
            let moved = |tenths: &[i32; KINDS]| {
                let mut moved = *tenths;
                moved.get_mut(kind).into_iter().for_each(|tenth| *tenth += step);
                moved
            };
            let mut next = moved(&tenths);
            while next.iter().all(|tenth| tenth.abs() <= FARTHEST) && worth(asked, &next) > best {
                (tenths, best) = (next, worth(asked, &next));
                next = moved(&tenths);
            }
        }
    }
    tenths.map(|tenth| tenth as f32 / 10.0)
}

/// Macro-F1 and accuracy, weighed against each other.
fn worth(asked: &Asked, tenths: &[i32; KINDS]) -> f64 {
    let offsets = tenths.map(|tenth| tenth as f32 / 10.0);
    // Commits of each kind, commits that were given each kind, and commits of which both are true.
    let (mut true_ones, mut given, mut right) = ([0u32; KINDS], [0u32; KINDS], [0u32; KINDS]);
    let mut count = |label: usize, truth: usize| {
        true_ones.get_mut(truth).into_iter().for_each(|count| *count += 1);
        given.get_mut(label).into_iter().for_each(|count| *count += 1);
        right.get_mut(label).into_iter().for_each(|count| *count += u32::from(label == truth));
    };
    asked.answers.iter().for_each(|(scores, truth)| count(highest(scores, &offsets), *truth));
    asked.decided.iter().for_each(|(label, truth)| count(*label, *truth));
    let kinds = right.iter().zip(&given).zip(&true_ones);
    let f1 = kinds
        .map(|((right, given), true_ones)| 2.0 * f64::from(*right) / f64::from(given + true_ones).max(1.0));
    let all = f64::from(true_ones.iter().sum::<u32>()).max(1.0);
    f1.sum::<f64>() / KINDS as f64 + ACCURACY * f64::from(right.iter().sum::<u32>()) / all
}

fn highest(scores: &[f32; KINDS], offsets: &[f32; KINDS]) -> usize {
    let mut best = (f32::MIN, 0);
    for (kind, (score, offset)) in scores.iter().zip(offsets).enumerate() {
        if score + offset > best.0 {
            best = (score + offset, kind);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::calibrate::logarithms;

    /// A rare kind that comes second whenever it is true, and seldom otherwise.
    #[test]
    fn a_kind_that_always_comes_second_is_moved_ahead() {
        let scores = |first: f32, second: f32| {
            let mut probabilities = [0.01; KINDS];
            (probabilities[0], probabilities[4]) = (first, second);
            logarithms(&probabilities)
        };
        let mut asked = Asked { decided: vec![(5, 5); 10], ..Asked::default() };
        asked.answers.extend(vec![(scores(0.4, 0.3), 4); 5]);
        asked.answers.extend(vec![(scores(0.9, 0.01), 0); 95]);
        let found = offsets(&asked);
        assert!(found[4] - found[0] > 0.3, "{found:?}");
        let sure = Asked { answers: vec![(scores(0.9, 0.01), 0); 9], ..Asked::default() };
        assert_eq!(offsets(&sure), [0.0; KINDS], "nothing is moved where nothing is gained");
    }
}
