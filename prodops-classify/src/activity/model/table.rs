//! The weights: a hash table whose sets of four features are less than a cache line each.
//!
//! Weights are kept as bytes without sign, so that those of eight classes are added up in two words, four in each.

use super::CLASSES;

/// Features in a set.
const WAYS: usize = 4;

/// Bytes of a set in a file.
pub(super) const SET_BYTES: usize = WAYS * (2 + CLASSES);

/// Zero as a weight without sign.
const ZERO: u8 = 128;

/// One bit in each of four tags.
const EACH_TAG: u64 = 0x0001_0001_0001_0001;

/// The weights of one feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Weights {
    /// Of the first eight classes.
    first: u64,
    /// Of the other two.
    last: [u8; 2],
}

impl Weights {
    const NONE: Self = Self { first: u64::from_le_bytes([ZERO; 8]), last: [ZERO; 2] };

    fn new(weights: [i8; CLASSES]) -> Self {
        let [a, b, c, d, e, f, g, h, last @ ..] = weights.map(|weight| weight.cast_unsigned() ^ ZERO);
        Self { first: u64::from_le_bytes([a, b, c, d, e, f, g, h]), last }
    }

    /// With their signs.
    pub(crate) fn to_array(self) -> [i8; CLASSES] {
        let [a, b, c, d, e, f, g, h] = self.first.to_le_bytes();
        let [i, j] = self.last;
        [a, b, c, d, e, f, g, h, i, j].map(|weight| (weight ^ ZERO).cast_signed())
    }
}

/// Sums of weights.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    /// Of classes 0, 2, 4 and 6, sixteen bits each, of those that were added since they were last spread.
    even: u64,
    /// Of classes 1, 3, 5 and 7.
    odd: u64,
    last: [u32; 2],
    /// How many were added, and how many of them are spread.
    count: u32,
    spread: u32,
    whole: [u32; 8],
}

/// Bytes without sign that sixteen bits have room for.
const ROOM: u32 = 257;

impl Sums {
    /// How many were added.
    pub(super) const fn count(&self) -> u32 {
        self.count
    }

    #[inline]
    pub(super) fn add(&mut self, weights: &Weights) {
        const EVEN: u64 = 0x00ff_00ff_00ff_00ff;
        if self.count - self.spread == ROOM {
            self.spread();
        }
        self.even += weights.first & EVEN;
        self.odd += (weights.first >> 8) & EVEN;
        self.last.iter_mut().zip(weights.last).for_each(|(sum, weight)| *sum += u32::from(weight));
        self.count += 1;
    }

    fn spread(&mut self) {
        for (place, sum) in self.whole.iter_mut().enumerate() {
            let lanes = if place % 2 == 0 { self.even } else { self.odd };
            *sum += (lanes >> (16 * (place / 2))) as u32 & 0xffff;
        }
        (self.even, self.odd, self.spread) = (0, 0, self.count);
    }

    /// The sums, with their signs.
    pub(super) fn to_array(mut self) -> [i32; CLASSES] {
        self.spread();
        let ([a, b, c, d, e, f, g, h], [i, j]) = (self.whole, self.last);
        let zero = self.count * u32::from(ZERO);
        [a, b, c, d, e, f, g, h, i, j].map(|sum| sum.cast_signed() - zero.cast_signed())
    }
}

/// Features whose hashes start with the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Set {
    /// The last sixteen bits of the hash of each; 0 is an empty place.
    tags: u64,
    weights: [Weights; WAYS],
}

impl Set {
    const EMPTY: Self = Self { tags: 0, weights: [Weights::NONE; WAYS] };

    /// The place of a tag; all four are compared at once.
    #[inline]
    const fn way(&self, tag: u16) -> Option<usize> {
        let different = self.tags ^ (tag as u64 * EACH_TAG);
        // The lowest tag without a difference borrows from its highest bit; those above it may be wrong.
        let same = different.wrapping_sub(EACH_TAG) & !different & (EACH_TAG << 15);
        if same == 0 { None } else { Some(same.trailing_zeros() as usize / 16) }
    }

    fn from_bytes(bytes: &[u8; SET_BYTES]) -> Self {
        let (tags, rest) = bytes.split_first_chunk::<8>().unwrap_or((&[0; 8], &[]));
        let mut set = Self { tags: u64::from_le_bytes(*tags), ..Self::EMPTY };
        let (weights, _) = rest.as_chunks::<CLASSES>();
        for (to, from) in set.weights.iter_mut().zip(weights) {
            *to = Weights::new(from.map(u8::cast_signed));
        }
        set
    }
}

/// The weights of every feature that a model knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WeightTable {
    /// As many as a power of two.
    sets: Vec<Set>,
    /// How far a hash is shifted to give the number of its set.
    shift: u32,
}

impl WeightTable {
    /// An empty table of 2^`bits` sets, at most 2^24.
    pub(crate) fn empty(bits: u32) -> Self {
        let bits = bits.clamp(1, 24);
        Self { sets: vec![Set::EMPTY; 1 << bits], shift: u64::BITS - bits }
    }

    /// The weights of a feature. A feature that the model does not know is taken for another one about once in
    /// 16,000 times.
    #[inline]
    pub(crate) fn get(&self, hash: u64) -> Option<&Weights> {
        let set = self.sets.get((hash >> self.shift) as usize)?;
        set.weights.get(set.way(tag(hash))?)
    }

    /// The set and the tag of a feature: two features with the same ones are the same to the table.
    #[cfg(feature = "training")]
    pub(crate) fn place(&self, hash: u64) -> (usize, u16) {
        ((hash >> self.shift) as usize, tag(hash))
    }

    /// Adds a feature; `false` where its set is full.
    #[cfg(any(feature = "training", test))]
    pub(crate) fn insert(&mut self, hash: u64, weights: [i8; CLASSES]) -> bool {
        let tag = tag(hash);
        let Some(set) = self.sets.get_mut((hash >> self.shift) as usize) else { return false };
        let Some(way) = set.way(tag).or_else(|| set.way(0)) else { return false };
        let Some(place) = set.weights.get_mut(way) else { return false };
        *place = Weights::new(weights);
        set.tags = set.tags & !(0xffff << (16 * way)) | u64::from(tag) << (16 * way);
        true
    }

    /// Reads a table of as many sets as the bytes hold; `None` where that is no power of two above one.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (sets, rest) = bytes.as_chunks::<SET_BYTES>();
        if !rest.is_empty() || sets.len() < 2 || !sets.len().is_power_of_two() {
            return None;
        }
        Some(Self { sets: sets.iter().map(Set::from_bytes).collect(), shift: u64::BITS - sets.len().ilog2() })
    }

    /// Writes every set.
    #[cfg(any(feature = "training", test))]
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        for set in &self.sets {
            out.extend_from_slice(&set.tags.to_le_bytes());
            let weights = set.weights.iter().flat_map(|weights| weights.to_array());
            out.extend(weights.map(i8::cast_unsigned));
        }
    }
}

/// Never 0, which is an empty place.
const fn tag(hash: u64) -> u16 {
    let tag = hash as u16;
    if tag == 0 { 1 } else { tag }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_found_again_after_writing_and_reading() {
        let mut table = WeightTable::empty(3);
        let weights = |hash: u64| std::array::from_fn(|place| (hash as i8).wrapping_add(place as i8));
        let hashes: Vec<u64> = (0..8u64).flat_map(|set| (1..5).map(move |tag| (set << 61) | tag)).collect();
        assert!(hashes.iter().all(|hash| table.insert(*hash, weights(*hash))));
        assert!(!table.insert(77, weights(0)), "a full set takes no more");
        let mut bytes = Vec::new();
        table.write(&mut bytes);
        let read = WeightTable::from_bytes(&bytes).unwrap();
        assert_eq!(read, table);
        for hash in hashes {
            assert_eq!(read.get(hash).map(|found| found.to_array()), Some(weights(hash)));
        }
        assert_eq!(read.get(9), None);
        assert!(WeightTable::from_bytes(&bytes[1..]).is_none());
        assert!(WeightTable::from_bytes(&bytes[..SET_BYTES * 3]).is_none());
    }

    #[test]
    fn all_tags_are_compared_as_one_by_one() {
        let mut random = 0x2545_f491_4f6c_dd1du64;
        for _ in 0..20_000 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            // Few values, so that tags are equal, neighbours, and zero.
            let tags: [u16; WAYS] = std::array::from_fn(|way| (random >> (8 * way)) as u16 % 4);
            let set =
                Set { tags: tags.iter().rev().fold(0, |all, tag| all << 16 | u64::from(*tag)), ..Set::EMPTY };
            for tag in 0..4 {
                assert_eq!(set.way(tag), tags.iter().position(|known| *known == tag), "{tags:?} {tag}");
            }
        }
    }

    #[test]
    fn sums_are_those_of_the_weights_with_their_signs_however_many() {
        let weights = [[i8::MAX; CLASSES], [i8::MIN; CLASSES], [1, -2, 3, -4, 5, -6, 7, -8, 9, -10]];
        for count in [0u32, 1, 256, 257, 258, 2000] {
            for one in weights {
                let mut sums = Sums::default();
                (0..count).for_each(|_| sums.add(&Weights::new(one)));
                assert_eq!(sums.to_array(), one.map(|weight| i32::from(weight) * count as i32));
                assert_eq!(sums.count(), count);
            }
        }
    }
}
