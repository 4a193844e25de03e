//! Median and ninetieth percentile of small samples.

/// The middle value, or the mean of the two middle ones rounded down; 0 for no values.
pub(super) fn median(values: &[usize]) -> usize {
    let sorted = sorted(values);
    let at = |index: usize| sorted.get(index).copied().unwrap_or(0);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { at(middle) } else { (at(middle.saturating_sub(1)) + at(middle)) / 2 }
}

/// The smallest value that at least nine of ten do not exceed (nearest rank); 0 for no values.
pub(super) fn percentile_90(values: &[usize]) -> usize {
    let sorted = sorted(values);
    let rank = (sorted.len() * 9).div_ceil(10);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0)
}

fn sorted(values: &[usize]) -> Vec<usize> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_samples() {
        assert_eq!((median(&[]), median(&[4]), median(&[9, 1, 5]), median(&[1, 4, 6, 9])), (0, 4, 5, 5));
        let ten: Vec<usize> = (1..=10).collect();
        assert_eq!((percentile_90(&[]), percentile_90(&[7]), percentile_90(&ten)), (0, 7, 9));
    }
}
