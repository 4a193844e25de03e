//! Digits, durations and shares.

use super::NBSP;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// A whole number with commas between the thousands.
#[must_use]
pub fn thousands(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number of at least 0 with two decimals below 1, one below 100, and none from there on.
#[must_use]
pub fn decimal(value: f64) -> String {
    let text = match value {
        // `as` saturates; nothing shown here comes near its end.
        v if v >= 99.95 => return thousands(v.round() as u64),
        v if v >= 0.995 => format!("{v:.1}"),
        v => format!("{v:.2}"),
    };
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Seconds in the two largest units that say enough, never rounded up: "45 s", "12 min", "3 h 20 min", "4 d 6 h".
#[must_use]
pub fn duration(seconds: u64) -> String {
    let parts = duration_parts(seconds);
    let texts: Vec<String> = parts.iter().map(|(value, unit)| format!("{value}{NBSP}{unit}")).collect();
    texts.join(" ")
}

/// The same in pieces, for large figures with small units.
pub(super) fn duration_parts(seconds: u64) -> Vec<(String, &'static str)> {
    let (large, small) = match seconds {
        0..MINUTE => return vec![(seconds.to_string(), "s")],
        MINUTE..HOUR => return vec![((seconds / MINUTE).to_string(), "min")],
        HOUR..DAY => ((seconds / HOUR, "h"), (seconds % HOUR / MINUTE, "min")),
        _ => ((seconds / DAY, "d"), (seconds % DAY / HOUR, "h")),
    };
    let mut parts = vec![(thousands(large.0), large.1)];
    // From ten days on, hours say nothing.
    if small.0 > 0 && seconds < 10 * DAY {
        parts.push((small.0.to_string(), small.1));
    }
    parts
}

/// A share between 0 and 1 in per cent. Only a true 0 reads "0" and only a true 1 reads "100".
#[must_use]
pub fn percent(share: f64) -> String {
    format!("{}{NBSP}%", percent_digits(share))
}

/// The digits of [`percent`].
pub(super) fn percent_digits(share: f64) -> String {
    let value = share * 100.0;
    match value {
        v if v <= 0.0 => "0".to_owned(),
        v if v < 0.05 => "< 0.1".replace(' ', "\u{a0}"),
        v if v < 9.95 => format!("{v:.1}").trim_end_matches(".0").to_owned(),
        v if v >= 100.0 => "100".to_owned(),
        v if v >= 99.5 => "> 99".replace(' ', "\u{a0}"),
        v => format!("{v:.0}"),
    }
}

/// The interval of a share in words: "95 % interval 3.1 % to 5.6 %".
#[must_use]
pub fn interval(low: f64, high: f64) -> String {
    format!("95{NBSP}% interval {} to {}", percent(low), percent(high))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        text.replace(NBSP, " ")
    }

    #[test]
    fn thousands_are_separated() {
        for (value, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(thousands(value), text);
        }
        assert_eq!(thousands(u64::MAX), "18,446,744,073,709,551,615");
    }

    #[test]
    fn durations_are_never_rounded_up() {
        for (seconds, text) in [
            (0, "0 s"),
            (59, "59 s"),
            (119, "1 min"),
            (3599, "59 min"),
            (12_000, "3 h 20 min"),
            (86_399, "23 h 59 min"),
            (86_400, "1 d"),
            (367_200, "4 d 6 h"),
            (20 * 86_400 - 1, "19 d"),
        ] {
            assert_eq!(plain(&duration(seconds)), text);
        }
    }

    #[test]
    fn shares_are_never_rounded_to_none_or_all() {
        for (share, text) in [
            (0.0, "0 %"),
            (0.0004, "< 0.1 %"),
            (0.0421, "4.2 %"),
            (0.05, "5 %"),
            (0.3749, "37 %"),
            (0.9949, "99 %"),
            (0.9999, "> 99 %"),
            (1.0, "100 %"),
        ] {
            assert_eq!(plain(&percent(share)), text);
        }
        assert_eq!(plain(&interval(0.031, 0.056)), "95 % interval 3.1 % to 5.6 %");
    }

    #[test]
    fn decimals_lose_what_says_nothing() {
        for (value, text) in [
            (0.0, "0"),
            (2.0, "2"),
            (2.44, "2.4"),
            (0.617, "0.62"),
            (0.3, "0.3"),
            (0.996, "1"),
            (10.0, "10"),
            (99.96, "100"),
            (1234.5, "1,235"),
        ] {
            assert_eq!(decimal(value), text);
        }
    }
}
