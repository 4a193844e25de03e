//! The weights: a hash table whose sets are one cache line each, more or less.

use super::CLASSES;

/// Features in a set.
pub(crate) const WAYS: usize = 4;

/// Bytes of a set in a file.
pub(super) const SET_BYTES: usize = WAYS * (2 + CLASSES);

/// Features whose hashes start with the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Set {
    /// The last bits of the hashes; 0 is an empty place.
    tags: [u16; WAYS],
    weights: [[i8; CLASSES]; WAYS],
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
        let bits = bits.min(24);
        let set = Set { tags: [0; WAYS], weights: [[0; CLASSES]; WAYS] };
        Self { sets: vec![set; 1 << bits], shift: u64::BITS - bits.max(1) }
    }

    /// The weights of a feature. A feature that the model does not know is taken for another one about once in
    /// 16,000 times.
    #[inline]
    pub(crate) fn get(&self, hash: u64) -> Option<&[i8; CLASSES]> {
        let set = self.sets.get((hash >> self.shift) as usize)?;
        let tag = tag(hash);
        let way = set.tags.iter().position(|known| *known == tag)?;
        set.weights.get(way)
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
        let free = set.tags.iter().position(|known| *known == tag || *known == 0);
        let Some((known, place)) =
            free.and_then(|way| Some((set.tags.get_mut(way)?, set.weights.get_mut(way)?)))
        else {
            return false;
        };
        (*known, *place) = (tag, weights);
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
            set.tags.iter().for_each(|tag| out.extend_from_slice(&tag.to_le_bytes()));
            set.weights.iter().flatten().for_each(|weight| out.push(weight.cast_unsigned()));
        }
    }
}

impl Set {
    fn from_bytes(bytes: &[u8; SET_BYTES]) -> Self {
        let mut bytes = bytes.iter().copied();
        let mut next = || bytes.next().unwrap_or_default();
        Self {
            tags: std::array::from_fn(|_| u16::from_le_bytes([next(), next()])),
            weights: std::array::from_fn(|_| std::array::from_fn(|_| next().cast_signed())),
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
        assert_eq!(read.get(3 | (1 << 61)), Some(&weights(3 | (1 << 61))));
        assert_eq!(read.get(9), None);
        assert!(WeightTable::from_bytes(&bytes[1..]).is_none());
        assert!(WeightTable::from_bytes(&bytes[..SET_BYTES * 3]).is_none());
    }
}
