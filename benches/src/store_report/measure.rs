//! Times of sides that are taken in turn, and what they come to.

use std::time::{Duration, Instant};

/// The times of one side, one of each round.
#[derive(Debug, Clone, Default)]
pub(super) struct Times(Vec<Duration>);

impl Times {
    pub(super) fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// The middle one.
    pub(super) fn median(&self) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort();
        sorted.get(sorted.len() / 2).copied().unwrap_or_default()
    }

    /// The shortest and the longest.
    pub(super) fn range(&self) -> (Duration, Duration) {
        let (least, most) = (self.0.iter().min(), self.0.iter().max());
        (least.copied().unwrap_or_default(), most.copied().unwrap_or_default())
    }

    /// How many times as long as `other`, by the medians.
    pub(super) fn ratio(&self, other: &Self) -> f64 {
        self.median().as_secs_f64() / other.median().as_secs_f64().max(f64::MIN_POSITIVE)
    }

    /// Median and range.
    pub(super) fn shown(&self) -> String {
        let (least, most) = self.range();
        format!("{} ({}–{})", human(self.median()), human(least), human(most))
    }

    /// Rows a second: median and range.
    pub(super) fn rate(&self, rows: usize) -> String {
        let rate = |time: Duration| format!("{:.0}", rows as f64 / time.as_secs_f64().max(f64::MIN_POSITIVE));
        let (least, most) = self.range();
        format!("{} ({}–{})", rate(self.median()), rate(most), rate(least))
    }
}

/// Three digits of a time.
pub(super) fn human(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds {
        _ if seconds >= 1.0 => format!("{seconds:.2} s"),
        _ if seconds >= 0.001 => format!("{:.2} ms", seconds * 1e3),
        _ => format!("{:.0} µs", seconds * 1e6),
    }
}

/// In which order two sides are taken in this round: each is first as often as it is second.
pub(super) const fn first_is_first(round: usize) -> bool {
    round.is_multiple_of(4) || round % 4 == 3
}

/// The time that something takes.
pub(super) async fn timed<T, E>(work: impl Future<Output = Result<T, E>>) -> Result<(T, Duration), E> {
    let begun = Instant::now();
    let outcome = work.await?;
    Ok((outcome, begun.elapsed()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_of_medians() {
        let times =
            |millis: &[u64]| Times(millis.iter().map(|millis| Duration::from_millis(*millis)).collect());
        let (slow, fast) = (times(&[20, 900, 30]), times(&[10, 10, 1]));
        assert_eq!(slow.ratio(&fast), 3.0);
        assert_eq!(slow.shown(), "30.00 ms (20.00 ms–900.00 ms)");
        assert_eq!(fast.rate(100), "10000 (10000–100000)");
    }

    #[test]
    fn each_side_is_first_as_often_as_second() {
        assert_eq!((0..8).filter(|round| first_is_first(*round)).count(), 4);
    }
}
