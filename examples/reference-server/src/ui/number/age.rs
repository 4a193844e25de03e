//! How long ago something was, or how far away it is.

use super::duration;

/// The age in the largest unit that fits: "just now", "12 min ago", "3 h ago", "2 d ago".
#[must_use]
pub fn ago(seconds: u64) -> String {
    if seconds < 60 {
        return "just now".to_owned();
    }
    let whole = [86_400, 3_600, 60].into_iter().find(|unit| seconds >= *unit);
    let rounded = whole.map_or(seconds, |unit| seconds - seconds % unit);
    format!("{} ago", duration(rounded))
}

/// How far away something is in the largest unit that fits: "now", "in 12 min", "in 3 h".
#[must_use]
pub fn ahead(seconds: u64) -> String {
    if seconds < 60 {
        return "now".to_owned();
    }
    let whole = [86_400, 3_600, 60].into_iter().find(|unit| seconds >= *unit);
    let rounded = whole.map_or(seconds, |unit| seconds - seconds % unit);
    format!("in {}", duration(rounded))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_unit_is_enough() {
        for (seconds, text) in [
            (0, "just now"),
            (59, "just now"),
            (60, "1\u{a0}min ago"),
            (11_000, "3\u{a0}h ago"),
            (180_000, "2\u{a0}d ago"),
        ] {
            assert_eq!(ago(seconds), text);
            let to_come = text.strip_suffix(" ago").map_or("now".to_owned(), |age| format!("in {age}"));
            assert_eq!(ahead(seconds), to_come);
        }
    }
}
