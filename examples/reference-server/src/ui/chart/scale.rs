//! Axes that start at 0 and end on a round number.

use crate::ui::number::Measure;

const MINUTE: f64 = 60.0;
const HOUR: f64 = 3_600.0;
const DAY: f64 = 86_400.0;

/// The smallest round number in the measure's own units that holds `largest`.
pub(super) fn end(measure: Measure, largest: f64) -> f64 {
    match measure {
        Measure::Count => round_up(largest.max(1.0)).max(2.0),
        Measure::Decimal => round_up(largest.max(0.1)),
        Measure::Share => round_up(largest.max(0.01)).min(1.0),
        Measure::Duration => {
            let unit = [DAY, HOUR, MINUTE].into_iter().find(|unit| largest >= *unit).unwrap_or(1.0);
            round_up((largest / unit).max(1.0)).ceil() * unit
        }
    }
}

/// Marks of a logarithmic axis from the last one at or below `smallest` (0 where there is none) up to `largest`.
pub(super) fn steps(measure: Measure, smallest: f64, largest: f64) -> Vec<f64> {
    let all: &[f64] = match measure {
        Measure::Duration => &[MINUTE, HOUR, DAY, 7.0 * DAY, 30.0 * DAY, 365.0 * DAY],
        _ => &[1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6],
    };
    let start = all.iter().copied().rfind(|step| *step <= smallest).unwrap_or(0.0);
    let within = all.iter().copied().filter(|step| *step > start && *step <= largest);
    std::iter::once(start).chain(within).collect()
}

/// A round head times a power of ten; heads lie close enough that no chart wastes half of its height.
fn round_up(value: f64) -> f64 {
    let power = 10_f64.powf(value.log10().floor());
    let head = value / power;
    // The tolerance keeps 0.30000000000000004 from becoming 0.4.
    let step =
        [1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0].into_iter().find(|step| head <= step + 1e-9);
    step.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_on_round_numbers() {
        for (measure, largest, expected) in [
            (Measure::Count, 0.0, 2.0),
            (Measure::Count, 37.0, 40.0),
            (Measure::Count, 1201.0, 1500.0),
            (Measure::Share, 0.3, 0.3),
            (Measure::Share, 0.97, 1.0),
            (Measure::Duration, 5_000.0, 2.0 * HOUR),
            (Measure::Duration, 200_000.0, 3.0 * DAY),
        ] {
            assert!((end(measure, largest) - expected).abs() < 1e-6, "{measure:?} {largest}");
        }
    }

    #[test]
    fn logarithmic_axes_start_at_the_last_step_that_hides_nothing() {
        assert_eq!(steps(Measure::Count, 0.5, 120.0), [0.0, 1.0, 10.0, 100.0]);
        assert_eq!(steps(Measure::Count, 10.0, 120.0), [10.0, 100.0]);
        assert_eq!(steps(Measure::Duration, 90.0, 2.0 * DAY), [MINUTE, HOUR, DAY]);
    }

    #[test]
    fn no_value_leaves_its_axis() {
        for measure in [Measure::Count, Measure::Decimal, Measure::Duration, Measure::Share] {
            let mut value = 1e-4;
            while value < 1.0 || (value < 1e7 && measure != Measure::Share) {
                assert!(end(measure, value) >= value * (1.0 - 1e-9), "{measure:?} {value}");
                value *= 1.07;
            }
        }
    }
}
