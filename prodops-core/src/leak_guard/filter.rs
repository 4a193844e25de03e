//! Which hashes may be known: two bits per hash in one word, so that a text is passed over without looking anything up.

/// Bits per registered window at least. Two of them are set, so one window in about a thousand is taken for a known one.
const SPARSE: usize = 64;
/// Words of the smallest filter, as a power of two: 8 KiB.
const SMALLEST: u32 = 10;
/// Words of the largest filter, as a power of two: 8 MiB, for a million windows; with more it only becomes slower.
const LARGEST: u32 = 20;

/// A set of 32-bit hashes that may answer "perhaps" for one that is not in it.
pub(super) struct Filter {
    words: Vec<u64>,
    /// One less than the number of words, a power of two.
    mask: u32,
}

impl Filter {
    /// An empty filter for so many hashes.
    pub(super) fn for_windows(count: usize) -> Self {
        let words = count.saturating_mul(SPARSE).div_ceil(64).max(1).next_power_of_two().ilog2();
        let words = 1u32 << words.clamp(SMALLEST, LARGEST);
        Self { words: vec![0; words as usize], mask: words - 1 }
    }

    /// Whether so many hashes make it too dense.
    pub(super) fn is_full(&self, count: usize) -> bool {
        self.mask.count_ones() < LARGEST && count.saturating_mul(SPARSE) > self.words.len().saturating_mul(64)
    }

    pub(super) fn insert(&mut self, hash: u32) {
        let (at, one, two) = self.place(hash);
        if let Some(word) = self.words.get_mut(at) {
            *word |= 1 << one | 1 << two;
        }
    }

    /// 1 when the hash may be in it, else 0.
    #[inline]
    pub(super) fn contains(&self, hash: u32) -> u64 {
        let (at, one, two) = self.place(hash);
        self.words.get(at).map_or(0, |word| word >> one & word >> two & 1)
    }

    /// The word of a hash and its two bits in it, each by bits of its own as long as there are a million words at most.
    #[inline]
    const fn place(&self, hash: u32) -> (usize, u32, u32) {
        ((hash & self.mask) as usize, hash >> 26, hash >> 20 & 63)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_is_found_and_little_else() {
        let mut filter = Filter::for_windows(10_000);
        assert!(!filter.is_full(10_000) && filter.is_full(100_000));
        let hash = |n: u32| n.wrapping_mul(0x9e37_79b9) ^ n.wrapping_mul(0x85eb_ca6b) >> 15;
        (0..10_000).for_each(|n| filter.insert(hash(n)));
        assert!((0..10_000).all(|n| filter.contains(hash(n)) == 1));
        let others = (10_000..110_000).filter(|n| filter.contains(hash(*n)) == 1).count();
        assert!(others < 400, "{others}");
    }
}
