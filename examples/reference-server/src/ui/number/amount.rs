//! A number that knows what it measures.

use super::text::{duration_parts, percent_digits};
use super::{NBSP, UNKNOWN, decimal, duration, percent, thousands};

/// What a number measures, and so how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Whole things.
    Count,
    /// Something with one decimal, such as a mean or a rate.
    Decimal,
    /// Seconds.
    Duration,
    /// A part of a whole, between 0 and 1.
    Share,
}

/// A value and what it measures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Amount {
    /// What it measures.
    pub measure: Measure,
    /// How much.
    pub value: f64,
}

/// A piece of a large figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Digits, or the word "unknown".
    pub value: String,
    /// Its unit, shown smaller; may be empty.
    pub unit: String,
}

impl Measure {
    /// A value as text with its sign of measure; a value that is no number of at least 0 is unknown.
    #[must_use]
    pub fn text(self, value: f64) -> String {
        if !value.is_finite() || value < 0.0 {
            return UNKNOWN.to_owned();
        }
        match self {
            // `as` saturates; the check above keeps NaN and negative values away.
            Self::Count => thousands(value.round() as u64),
            Self::Decimal => decimal(value),
            Self::Duration => duration(value as u64),
            Self::Share => percent(value),
        }
    }

    /// The text of a value that may be unknown.
    #[must_use]
    pub fn text_or_unknown(self, value: Option<f64>) -> String {
        value.map_or_else(|| UNKNOWN.to_owned(), |value| self.text(value))
    }
}

impl Amount {
    /// So many whole things.
    #[must_use]
    pub fn count(value: u64) -> Self {
        // Exact up to 2^53, beyond what a repository holds.
        Self { measure: Measure::Count, value: value as f64 }
    }

    /// A number with one decimal.
    #[must_use]
    pub const fn decimal(value: f64) -> Self {
        Self { measure: Measure::Decimal, value }
    }

    /// So many seconds.
    #[must_use]
    pub fn duration(seconds: u64) -> Self {
        Self { measure: Measure::Duration, value: seconds as f64 }
    }

    /// A part of a whole, between 0 and 1.
    #[must_use]
    pub const fn share(value: f64) -> Self {
        Self { measure: Measure::Share, value }
    }

    /// As running text.
    #[must_use]
    pub fn text(self) -> String {
        self.measure.text(self.value)
    }

    /// As a large figure; `unit` names what is counted and is not needed for durations.
    #[must_use]
    pub fn parts(self, unit: &str) -> Vec<Part> {
        if !self.value.is_finite() || self.value < 0.0 {
            return vec![Part { value: UNKNOWN.to_owned(), unit: String::new() }];
        }
        match self.measure {
            Measure::Duration => duration_parts(self.value as u64)
                .into_iter()
                .map(|(value, unit)| Part { value, unit: unit.to_owned() })
                .collect(),
            Measure::Share => {
                let unit = if unit.is_empty() { "%".to_owned() } else { format!("%{NBSP}{unit}") };
                vec![Part { value: percent_digits(self.value), unit }]
            }
            Measure::Count | Measure::Decimal => vec![Part { value: self.text(), unit: unit.to_owned() }],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_is_unknown_and_not_zero() {
        for measure in [Measure::Count, Measure::Decimal, Measure::Duration, Measure::Share] {
            for value in [f64::NAN, f64::INFINITY, -1.0] {
                assert_eq!(measure.text(value), UNKNOWN);
                assert_eq!(Amount { measure, value }.parts("things")[0].value, UNKNOWN);
            }
            assert_eq!(measure.text_or_unknown(None), UNKNOWN);
            assert!(measure.text(0.0).starts_with('0'));
        }
    }

    #[test]
    fn large_figures_come_with_small_units() {
        let shown = |amount: Amount, unit: &str| {
            let parts = amount.parts(unit).into_iter().map(|part| format!("{}|{}", part.value, part.unit));
            parts.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(shown(Amount::duration(12_000), ""), "3|h 20|min");
        assert_eq!(shown(Amount::count(1284), "commits"), "1,284|commits");
        assert_eq!(shown(Amount::share(0.042), ""), "4.2|%");
    }
}
