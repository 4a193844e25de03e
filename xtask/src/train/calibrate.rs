//! The temperatures: scores are divided by one, so that a probability is a share of answers that are right.

use prodops_classify::Temperature;
use prodops_classify::training::{KINDS, softmax};

/// A distribution before calibration, and the number of the true kind.
pub(super) type Answer = ([f32; KINDS], usize);

/// Answers to the same commits, with their files and by their messages alone.
#[derive(Debug, Default)]
pub(super) struct Answers {
    pub(super) with_files: Vec<Answer>,
    pub(super) message_only: Vec<Answer>,
}

/// Hundredths that are tried.
const STEPS: std::ops::RangeInclusive<u16> = 50..=200;

/// The temperatures under which the true kinds are least surprising.
pub(super) fn temperature<'a>(answers: impl Iterator<Item = &'a Answers> + Clone) -> Temperature {
    Temperature {
        with_files: least_surprising(answers.clone().flat_map(|answers| &answers.with_files)),
        message_only: least_surprising(answers.flat_map(|answers| &answers.message_only)),
    }
}

fn least_surprising<'a>(answers: impl Iterator<Item = &'a Answer> + Clone) -> f32 {
    let total = |temperature: f32| -> f64 {
        answers.clone().map(|(probabilities, truth)| surprise(probabilities, *truth, temperature)).sum()
    };
    let tried = STEPS.step_by(5).map(|step| f32::from(step) / 100.0).map(|tried| (total(tried), tried));
    tried.min_by(|a, b| a.0.total_cmp(&b.0)).map_or(1.0, |(_, tried)| tried)
}

fn surprise(probabilities: &[f32; KINDS], truth: usize, temperature: f32) -> f64 {
    let scores = probabilities.map(|probability| probability.max(1e-9).ln() / temperature);
    let probability = softmax(&scores).get(truth).copied().unwrap_or_default();
    -f64::from(probability.max(1e-9)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_too_certain_is_cooled_and_who_is_too_timid_is_warmed() {
        let answers = |right: usize, probability: f32| -> Vec<Answer> {
            let mut probabilities = [(1.0 - probability) / (KINDS - 1) as f32; KINDS];
            probabilities[0] = probability;
            (0..100).map(|number| (probabilities, usize::from(number >= right))).collect()
        };
        let answers = Answers { with_files: answers(60, 0.95), message_only: answers(95, 0.60) };
        let found = temperature(std::iter::once(&answers));
        assert!(found.with_files > 1.2 && found.message_only < 0.8, "{found:?}");
    }
}
