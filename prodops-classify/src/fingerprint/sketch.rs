//! How alike two files are, from a bounded part of their fingerprints.

/// The 128 smallest different fingerprints of a file: a uniform sample of them, because the hash has a key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sketch {
    /// In order, without repetition.
    values: Vec<u64>,
    /// How many different fingerprints there are in all.
    of: u32,
}

impl Sketch {
    /// How many fingerprints a sketch keeps.
    pub const SIZE: usize = 128;

    /// The sketch of these fingerprints, in any order.
    #[must_use]
    pub fn of(mut values: Vec<u64>) -> Self {
        values.sort_unstable();
        values.dedup();
        let of = u32::try_from(values.len()).unwrap_or(u32::MAX);
        values.truncate(Self::SIZE);
        Self { values, of }
    }

    /// The fingerprints it keeps, in order.
    #[must_use]
    pub fn values(&self) -> &[u64] {
        &self.values
    }

    /// How many of the smallest fingerprints of both together were kept, and how many of these are in both.
    fn sample(&self, other: &Self) -> (u32, u32) {
        // Beyond the end of a full sketch its file may have more, which nobody knows.
        let (mut a, mut b) = (self.values.iter().peekable(), other.values.iter().peekable());
        let (mut seen, mut shared) = (0, 0);
        while seen < Self::SIZE as u32 {
            let order = match (a.peek(), b.peek()) {
                (Some(x), Some(y)) => x.cmp(y),
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (None, None) => break,
            };
            if order.is_le() {
                a.next();
            }
            if order.is_ge() {
                b.next();
            }
            seen += 1;
            shared += u32::from(order.is_eq());
        }
        (seen, shared)
    }

    /// The share of the fingerprints of either file that are in both: exact up to 128 of them together, an estimate with a
    /// standard error of at most 4.5 points beyond. 0 when there are none.
    #[must_use]
    pub fn jaccard(&self, other: &Self) -> f64 {
        let (seen, shared) = self.sample(other);
        if seen == 0 { 0.0 } else { f64::from(shared) / f64::from(seen) }
    }

    /// The share of this file's fingerprints that are in the other one, at most 1.
    #[must_use]
    pub fn containment(&self, other: &Self) -> f64 {
        if self.of == 0 {
            return 0.0;
        }
        let jaccard = self.jaccard(other);
        // |A ∩ B| = J·|A ∪ B| = J·(|A| + |B|) / (1 + J)
        let shared = jaccard * (f64::from(self.of) + f64::from(other.of)) / (1.0 + jaccard);
        (shared / f64::from(self.of)).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn small_sets_are_compared_exactly(a in prop::collection::btree_set(0u64..90, 0..64), b in prop::collection::btree_set(0u64..90, 0..64)) {
            let (x, y) = (Sketch::of(a.iter().copied().collect()), Sketch::of(b.iter().copied().collect()));
            let (both, either) = (a.intersection(&b).count() as f64, a.union(&b).count() as f64);
            let jaccard = if either == 0.0 { 0.0 } else { both / either };
            prop_assert!((x.jaccard(&y) - jaccard).abs() < 1e-9);
            let contained = if a.is_empty() { 0.0 } else { both / a.len() as f64 };
            prop_assert!((x.containment(&y) - contained).abs() < 1e-9);
        }
    }

    #[test]
    fn large_sets_are_estimated() {
        // A fixed permutation of numbers stands for a keyed hash.
        let hash = |n: u64| {
            n.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31).wrapping_mul(0xbf58_476d_1ce4_e5b9)
        };
        for shared in [0, 1_000, 5_000, 9_000] {
            let a: BTreeSet<u64> = (0..10_000).map(hash).collect();
            let b: BTreeSet<u64> = (10_000 - shared..20_000 - shared).map(hash).collect();
            let exact = shared as f64 / (20_000 - shared) as f64;
            let sketch = |set: &BTreeSet<u64>| Sketch::of(set.iter().copied().collect());
            let found = sketch(&a).jaccard(&sketch(&b));
            assert!((found - exact).abs() < 0.135, "{shared}: {found} for {exact}");
        }
    }
}
