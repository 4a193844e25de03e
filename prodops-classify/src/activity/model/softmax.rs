//! Probabilities from scores, with the four operations and the square root only.
//!
//! `exp` of the platform's library may differ in its last bit from machine to machine; a model trained twice is to be
//! the same file, and a commit is to get the same probability everywhere.

use super::CLASSES;

/// Probabilities that are in proportion to the exponentials of the scores.
pub(crate) fn softmax(scores: &[f32; CLASSES]) -> [f32; CLASSES] {
    let highest = scores.iter().copied().fold(f32::MIN, f32::max);
    let parts = scores.map(|score| exp(score - highest));
    let sum: f32 = parts.iter().sum();
    parts.map(|part| part / sum)
}

/// Coefficients of 2^x between 0 and 1, highest power first; off by less than 2e-7.
const POWERS: [f32; 6] =
    [0.001_877_576_6, 0.008_989_339, 0.055_826_318, 0.240_153_61, 0.693_153_1, 0.999_999_9];

/// The exponential of a number that is not positive.
fn exp(value: f32) -> f32 {
    // Below this the result is nothing beside the highest, whose exponential is 1.
    let binary = (value * std::f32::consts::LOG2_E).max(-120.0);
    let whole = binary.floor();
    let rest = binary - whole;
    let fraction = POWERS.iter().fold(0.0, |sum, power| sum * rest + power);
    // The exponent of a float, written into its place.
    fraction * f32::from_bits(((whole as i32 + 127) as u32) << 23)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_close_to_the_library_s() {
        for step in 0..8_000 {
            let value = -f64::from(step) / 100.0;
            let (ours, theirs) = (f64::from(exp(value as f32)), value.exp());
            // The last bit of a large number is a larger part of its exponential.
            assert!((ours - theirs).abs() <= 1e-6 * (1.0 - value) * theirs, "{value}: {ours} {theirs}");
        }
        assert!(exp(f32::MIN) < 1e-30 && exp(f32::NEG_INFINITY) < 1e-30);
    }

    #[test]
    fn probabilities_add_up() {
        let probabilities = softmax(&[3.0, -2.0, 0.0, 1e9, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert!((probabilities.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        assert!(probabilities[3] > 0.999);
        assert!(softmax(&[0.0; CLASSES]).iter().all(|share| (share - 0.1).abs() < 1e-6));
    }
}
