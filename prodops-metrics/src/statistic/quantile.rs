//! Percentiles of type 7, exact.

use serde::Serialize;

/// The percentiles 50, 75 and 90.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Quantiles<T> {
    /// The median.
    pub p50: T,
    /// Three of four are no larger.
    pub p75: T,
    /// Nine of ten are no larger.
    pub p90: T,
}

/// A hundred times the percentile: whole numbers, so nothing is rounded on the way.
fn hundredfold(sorted: &[u64], percent: usize) -> Option<u128> {
    let rank = sorted.len().checked_sub(1)? * percent;
    let low = u128::from(*sorted.get(rank / 100)?);
    let high = sorted.get(rank / 100 + 1).map_or(low, |value| u128::from(*value));
    let part = u128::try_from(rank % 100).ok()?;
    Some(low * 100 + part * (high - low))
}

fn all<T>(mut values: Vec<u64>, each: impl Fn(u128) -> T) -> Option<Quantiles<T>> {
    values.sort_unstable();
    let at = |percent| hundredfold(&values, percent).map(&each);
    Some(Quantiles { p50: at(50)?, p75: at(75)?, p90: at(90)? })
}

/// The percentiles of whole numbers; `None` of none.
pub(crate) fn quantiles(values: Vec<u64>) -> Option<Quantiles<f64>> {
    all(values, |hundredfold| hundredfold as f64 / 100.0)
}

/// The percentiles of durations in whole seconds, never rounded up; `None` of none.
pub(crate) fn durations(values: Vec<u64>) -> Option<Quantiles<u64>> {
    all(values, |hundredfold| u64::try_from(hundredfold / 100).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_7_is_the_published_one() {
        // R: quantile(c(1, 2, 3, 4), c(.5, .75, .9), type = 7) gives 2.5, 3.25, 3.7.
        assert_eq!(quantiles(vec![4, 1, 3, 2]), Some(Quantiles { p50: 2.5, p75: 3.25, p90: 3.7 }));
        // R: quantile(c(15, 20, 35, 40, 50), …) gives 35, 40, 46.
        assert_eq!(quantiles(vec![15, 20, 35, 40, 50]), Some(Quantiles { p50: 35.0, p75: 40.0, p90: 46.0 }));
        assert_eq!(quantiles(vec![7]), Some(Quantiles { p50: 7.0, p75: 7.0, p90: 7.0 }));
        assert_eq!(quantiles(Vec::new()), None);
    }

    #[test]
    fn durations_are_never_rounded_up_and_never_overflow() {
        assert_eq!(durations(vec![1, 2, 3, 4]), Some(Quantiles { p50: 2, p75: 3, p90: 3 }));
        assert_eq!(durations(vec![u64::MAX; 2]).map(|q| q.p90), Some(u64::MAX));
    }
}
