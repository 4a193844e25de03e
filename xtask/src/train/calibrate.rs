//! The temperature: scores are divided by it, so that a probability is a share of answers that are right.

use prodops_classify::training::{KINDS, softmax};

/// A distribution before calibration, and the number of the true kind.
pub(super) type Answer = ([f32; KINDS], usize);

/// Steps of the temperature that are tried.
const STEPS: std::ops::RangeInclusive<u16> = 50..=200;

/// The temperature, in hundredths, under which the true kinds are least surprising.
pub(super) fn temperature<'a>(answers: impl Iterator<Item = &'a Answer> + Clone) -> f32 {
    let surprise = |temperature: f32| -> f64 {
        answers.clone().map(|(probabilities, truth)| surprise(probabilities, *truth, temperature)).sum()
    };
    // The sum has one lowest point; a walk of halving steps would find it as well, in fewer rounds.
    let tried = STEPS.step_by(5).map(|step| f32::from(step) / 100.0);
    tried.min_by(|a, b| surprise(*a).total_cmp(&surprise(*b))).unwrap_or(1.0)
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
        assert!(temperature(answers(60, 0.95).iter()) > 1.2);
        assert!(temperature(answers(95, 0.60).iter()) < 0.8);
    }
}
