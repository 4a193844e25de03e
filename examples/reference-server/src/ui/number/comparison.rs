//! A value and the one of the period before, in words.

use super::{Amount, Measure, NBSP, decimal, thousands};

/// Which way a value moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Up.
    Up,
    /// Down.
    Down,
    /// Neither, or nobody knows.
    Level,
}

/// What may be said about a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Claim {
    /// An interval was computed and excludes "no change".
    Clear,
    /// An interval was computed and includes "no change".
    WithinChance,
    /// A plain count of what happened: there is nothing to test.
    #[default]
    Counted,
    /// No interval was computed: both values are shown, and no difference is claimed.
    Untested,
}

/// The value of a period beside that of the period before.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Now.
    pub now: Amount,
    /// Then, in the same measure; `None` when nothing is known of then.
    pub before: Option<f64>,
    /// The name of then, such as "the 90 days before".
    pub period: String,
    /// What may be said.
    pub claim: Claim,
}

/// Changes smaller than this part are called none.
const LEVEL: f64 = 0.005;

impl Comparison {
    /// Which way the value moved.
    #[must_use]
    pub fn direction(&self) -> Direction {
        let Some(before) = self.before.filter(|_| self.claim != Claim::Untested) else {
            return Direction::Level;
        };
        let level = match self.now.measure {
            Measure::Share => 0.0005,
            _ => before * LEVEL,
        };
        match self.now.value - before {
            change if change > level => Direction::Up,
            change if change < -level => Direction::Down,
            _ => Direction::Level,
        }
    }

    /// The comparison as a phrase: "12 % more than the 90 days before", "no earlier data to compare".
    #[must_use]
    pub fn words(&self) -> String {
        let Some(before) = self.before else { return "no earlier data to compare".to_owned() };
        if self.claim == Claim::Untested {
            return format!("{} in {}", self.now.measure.text(before), self.period);
        }
        let phrase = match (self.direction(), self.now.measure) {
            (Direction::Level, _) => format!("the same as {}", self.period),
            (direction, Measure::Share) => self.points(direction, before),
            (direction, _) => self.relative(direction, before),
        };
        match (self.claim, self.direction()) {
            (Claim::WithinChance, Direction::Up | Direction::Down) => format!("{phrase}, within chance"),
            _ => phrase,
        }
    }

    fn points(&self, direction: Direction, before: f64) -> String {
        let points = decimal((self.now.value - before).abs() * 100.0);
        let plural = if points == "1" { "point" } else { "points" };
        format!("{points}{NBSP}{plural} {} than {}", adjective(Measure::Share, direction), self.period)
    }

    fn relative(&self, direction: Direction, before: f64) -> String {
        if before <= 0.0 {
            return format!("none in {}", self.period);
        }
        let ratio = self.now.value / before;
        if ratio >= 3.0 {
            return format!("{} times {}", decimal(ratio), self.period);
        }
        // `as` saturates; the ratio lies between 0 and 3.
        let part = thousands(((ratio - 1.0).abs() * 100.0).round() as u64);
        format!("{part}{NBSP}% {} than {}", adjective(self.now.measure, direction), self.period)
    }
}

const fn adjective(measure: Measure, direction: Direction) -> &'static str {
    match (measure, direction) {
        (Measure::Count, Direction::Up) => "more",
        (Measure::Count, _) => "fewer",
        (Measure::Duration, Direction::Up) => "longer",
        (Measure::Duration, _) => "shorter",
        (_, Direction::Up) => "higher",
        (_, _) => "lower",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(now: Amount, before: Option<f64>, claim: Claim) -> String {
        Comparison { now, before, period: "the 90 days before".into(), claim }.words().replace(NBSP, " ")
    }

    #[test]
    fn differences_are_plain_words() {
        for (now, before, text) in [
            (Amount::count(112), Some(100.0), "12 % more than the 90 days before"),
            (Amount::count(88), Some(100.0), "12 % fewer than the 90 days before"),
            (Amount::count(100), Some(100.0), "the same as the 90 days before"),
            (Amount::count(340), Some(100.0), "3.4 times the 90 days before"),
            (Amount::count(4), Some(0.0), "none in the 90 days before"),
            (Amount::count(0), Some(0.0), "the same as the 90 days before"),
            (Amount::count(0), Some(8.0), "100 % fewer than the 90 days before"),
            (Amount::duration(50), Some(100.0), "50 % shorter than the 90 days before"),
            (Amount::share(0.062), Some(0.03), "3.2 points higher than the 90 days before"),
            (Amount::share(0.02), Some(0.03), "1 point lower than the 90 days before"),
            (Amount::count(4), None, "no earlier data to compare"),
        ] {
            assert_eq!(words(now, before, Claim::Counted), text);
        }
    }

    #[test]
    fn chance_is_said() {
        let share = Amount::share(0.062);
        assert!(words(share, Some(0.03), Claim::WithinChance).ends_with(", within chance"));
        assert!(words(share, Some(0.03), Claim::Clear).ends_with("before"));
        assert!(!words(share, Some(0.062), Claim::WithinChance).contains("chance"));
    }
}
