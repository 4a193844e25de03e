//! What is set after a model was fitted: an offset per kind, and the temperatures that make a probability a share of answers
//! that are right.

use prodops_classify::Temperature;
use prodops_classify::training::{KINDS, Parts, softmax};

use super::threshold::offsets;

/// Natural logarithms of a distribution before calibration, and the number of the true kind.
pub(super) type Answer = ([f32; KINDS], usize);

/// What was said about the same commits, with their files and by their messages alone.
#[derive(Debug, Default)]
pub(super) struct Answers {
    pub(super) with_files: Asked,
    pub(super) message_only: Asked,
}

/// Commits that the model was asked about, and those that were decided without it.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) answers: Vec<Answer>,
    /// The number of the kind that was given, and of the true one.
    pub(super) decided: Vec<(usize, usize)>,
}

impl Asked {
    fn extend(&mut self, other: &Self) {
        self.answers.extend_from_slice(&other.answers);
        self.decided.extend_from_slice(&other.decided);
    }
}

/// Hundredths that are tried.
const STEPS: std::ops::RangeInclusive<u16> = 50..=200;

/// Sets offsets and temperatures of a model by these answers, which models like it gave.
pub(super) fn calibrate<'a>(parts: &mut Parts, answers: impl Iterator<Item = &'a Answers>) {
    let mut all = Answers::default();
    for one in answers {
        all.with_files.extend(&one.with_files);
        all.message_only.extend(&one.message_only);
    }
    let [with_files, message_only] = &mut parts.offsets;
    parts.temperature = Temperature {
        with_files: settle(&mut all.with_files, with_files),
        message_only: settle(&mut all.message_only, message_only),
    };
}

/// Moves the offsets, and answers with the temperature of what is moved.
fn settle(asked: &mut Asked, moved: &mut [f32; KINDS]) -> f32 {
    let by = offsets(asked);
    moved.iter_mut().zip(by).for_each(|(offset, by)| *offset += by);
    for (scores, _) in &mut asked.answers {
        scores.iter_mut().zip(by).for_each(|(score, by)| *score += by);
    }
    least_surprising(&asked.answers)
}

/// The temperature under which the true kinds are least surprising.
fn least_surprising(answers: &[Answer]) -> f32 {
    let total = |temperature: f32| -> f64 {
        answers.iter().map(|(scores, truth)| surprise(scores, *truth, temperature)).sum()
    };
    let tried = STEPS.step_by(5).map(|step| f32::from(step) / 100.0).map(|tried| (total(tried), tried));
    tried.min_by(|a, b| a.0.total_cmp(&b.0)).map_or(1.0, |(_, tried)| tried)
}

fn surprise(scores: &[f32; KINDS], truth: usize, temperature: f32) -> f64 {
    let scores = scores.map(|score| score / temperature);
    let probability = softmax(&scores).get(truth).copied().unwrap_or_default();
    -f64::from(probability.max(1e-9)).ln()
}

/// The natural logarithms of a distribution.
pub(super) fn logarithms(probabilities: &[f32; KINDS]) -> [f32; KINDS] {
    probabilities.map(|probability| probability.max(1e-9).ln())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_too_certain_is_cooled_and_who_is_too_timid_is_warmed() {
        let answers = |right: usize, probability: f32| -> Vec<Answer> {
            let mut probabilities = [(1.0 - probability) / (KINDS - 1) as f32; KINDS];
            probabilities[0] = probability;
            (0..100).map(|number| (logarithms(&probabilities), usize::from(number >= right))).collect()
        };
        let (certain, timid) = (answers(60, 0.95), answers(95, 0.60));
        assert!(least_surprising(&certain) > 1.2 && least_surprising(&timid) < 0.8);
    }
}
