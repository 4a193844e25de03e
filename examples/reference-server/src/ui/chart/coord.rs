//! Numbers in SVG attributes.

use std::fmt;

/// A coordinate with at most two decimals, so that snapshots stay short and equal on every machine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Coord(pub(super) f64);

impl fmt::Display for Coord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Adding 0.0 turns -0 into 0.
        let rounded = (self.0 * 100.0).round() / 100.0 + 0.0;
        write!(f, "{}", if rounded.is_finite() { rounded } else { 0.0 })
    }
}

/// The part of `whole` that `value` is, in per cent, held between 0 and 100.
pub(super) fn part(value: f64, whole: f64) -> Coord {
    if whole > 0.0 { Coord((value / whole * 100.0).clamp(0.0, 100.0)) } else { Coord(0.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_short_and_always_numbers() {
        for (value, text) in
            [(12.0, "12"), (1.0 / 3.0, "0.33"), (-0.001, "0"), (f64::NAN, "0"), (f64::INFINITY, "0")]
        {
            assert_eq!(Coord(value).to_string(), text);
        }
        assert_eq!(part(1.0, 0.0).to_string(), "0");
        assert_eq!(part(3.0, 2.0).to_string(), "100");
    }
}
