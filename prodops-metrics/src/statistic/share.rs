//! A part of a whole.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

/// The standard normal distribution holds 95 % between minus and plus this.
const Z_95: f64 = 1.959_963_984_540_054;

/// A part of a whole, kept as its two counts: shares are merged by adding counts, never by averaging shares.
///
/// In JSON: `{"numerator", "denominator", "share", "low", "high"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    numerator: u64,
    denominator: u64,
}

impl Share {
    /// `numerator` of `denominator`; `None` when the whole is empty or smaller than its part.
    #[must_use]
    pub const fn new(numerator: u64, denominator: u64) -> Option<Self> {
        if denominator == 0 || numerator > denominator {
            return None;
        }
        Some(Self { numerator, denominator })
    }

    /// The part.
    #[must_use]
    pub const fn numerator(self) -> u64 {
        self.numerator
    }

    /// The whole; never 0.
    #[must_use]
    pub const fn denominator(self) -> u64 {
        self.denominator
    }

    /// Between 0 and 1.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        self.numerator as f64 / self.denominator as f64
    }

    /// The Wilson score interval at 95 %.
    #[must_use]
    pub fn wilson95(self) -> (f64, f64) {
        let (n, p, zz) = (self.denominator as f64, self.as_f64(), Z_95 * Z_95);
        let centre = p + zz / (2.0 * n);
        let half = Z_95 * (p * (1.0 - p) / n + zz / (4.0 * n * n)).sqrt();
        let scale = 1.0 + zz / n;
        // The ends are 0 and 1 exactly at the ends; rounding must not carry them beyond.
        let low = if self.numerator == 0 { 0.0 } else { ((centre - half) / scale).max(0.0) };
        let high = if self.numerator == self.denominator { 1.0 } else { ((centre + half) / scale).min(1.0) };
        (low, high)
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (low, high) = self.wilson95();
        let mut object = serializer.serialize_struct("Share", 5)?;
        object.serialize_field("numerator", &self.numerator)?;
        object.serialize_field("denominator", &self.denominator)?;
        object.serialize_field("share", &self.as_f64())?;
        object.serialize_field("low", &low)?;
        object.serialize_field("high", &high)?;
        object.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_gives_the_published_values() {
        // Newcombe (1998), table I, method 3 (score without continuity correction).
        let published = [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0000, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ];
        for (numerator, denominator, low, high) in published {
            let interval = Share::new(numerator, denominator).unwrap().wilson95();
            assert!((interval.0 - low).abs() < 5e-5, "{numerator}/{denominator}: {interval:?}");
            assert!((interval.1 - high).abs() < 5e-5, "{numerator}/{denominator}: {interval:?}");
        }
    }

    #[test]
    fn a_whole_is_neither_empty_nor_smaller_than_its_part() {
        assert_eq!(Share::new(0, 0), None);
        assert_eq!(Share::new(2, 1), None);
        assert_eq!(Share::new(5, 5).unwrap().wilson95().1, 1.0);
    }
}
