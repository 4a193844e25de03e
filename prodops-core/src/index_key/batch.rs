//! SipHash-2-4 of many numbers at once, eight beside each other.

use fearless_simd::{Level, Simd, SimdBase, dispatch, u64x8};

/// How many numbers are hashed beside each other.
const LANES: usize = 8;

/// Replaces every number by the hash of its eight bytes, little-endian.
pub(super) fn hash(key: &[u8; 16], numbers: &mut [u64]) {
    let level = Level::new();
    dispatch!(level, simd => hash_all(simd, key, numbers));
}

#[inline(always)]
fn hash_all<S: Simd>(simd: S, key: &[u8; 16], numbers: &mut [u64]) {
    let key = u128::from_le_bytes(*key);
    let key = [key as u64, (key >> 64) as u64];
    let (whole, rest) = numbers.as_chunks_mut::<LANES>();
    for lanes in whole {
        *lanes = hash_lanes(simd, key, *lanes);
    }
    if !rest.is_empty() {
        let mut lanes = [0; LANES];
        lanes.iter_mut().zip(rest.iter()).for_each(|(lane, number)| *lane = *number);
        let hashes = hash_lanes(simd, key, lanes);
        rest.iter_mut().zip(hashes).for_each(|(number, hash)| *number = hash);
    }
}

/// The state of eight hashes.
struct Lanes<S: Simd>([u64x8<S>; 4]);

impl<S: Simd> Lanes<S> {
    #[inline(always)]
    fn rounds<const N: usize>(&mut self) {
        let [v0, v1, v2, v3] = &mut self.0;
        for _ in 0..N {
            *v0 += *v1;
            *v2 += *v3;
            *v1 = rotated::<S, 13>(*v1) ^ *v0;
            *v3 = rotated::<S, 16>(*v3) ^ *v2;
            *v0 = rotated::<S, 32>(*v0);
            *v2 += *v1;
            *v0 += *v3;
            *v1 = rotated::<S, 17>(*v1) ^ *v2;
            *v3 = rotated::<S, 21>(*v3) ^ *v0;
            *v2 = rotated::<S, 32>(*v2);
        }
    }

    /// Takes in eight bytes of every message.
    #[inline(always)]
    fn word(&mut self, word: u64x8<S>) {
        let [.., v3] = &mut self.0;
        *v3 ^= word;
        self.rounds::<2>();
        let [v0, ..] = &mut self.0;
        *v0 ^= word;
    }
}

#[inline(always)]
fn rotated<S: Simd, const BITS: u32>(lanes: u64x8<S>) -> u64x8<S> {
    (lanes << BITS) | (lanes >> (64 - BITS))
}

#[inline(always)]
fn hash_lanes<S: Simd>(simd: S, [k0, k1]: [u64; 2], lanes: [u64; LANES]) -> [u64; LANES] {
    let splat = |value: u64| u64x8::splat(simd, value);
    let mut state = Lanes([
        splat(k0 ^ 0x736f_6d65_7073_6575),
        splat(k1 ^ 0x646f_7261_6e64_6f6d),
        splat(k0 ^ 0x6c79_6765_6e65_7261),
        splat(k1 ^ 0x7465_6462_7974_6573),
    ]);
    state.word(u64x8::from_slice(simd, &lanes));
    // The last word of a message says in its highest byte how long it was.
    state.word(splat(8 << 56));
    let [_, _, v2, _] = &mut state.0;
    *v2 ^= splat(0xff);
    state.rounds::<4>();
    let [v0, v1, v2, v3] = state.0;
    (v0 ^ v1 ^ v2 ^ v3).into()
}

#[cfg(test)]
mod tests {
    use std::hash::Hasher;

    use proptest::prelude::*;
    use siphasher::sip::SipHasher24;

    use super::*;

    fn one_by_one(key: &[u8; 16], number: u64) -> u64 {
        let mut hasher = SipHasher24::new_with_key(key);
        hasher.write(&number.to_le_bytes());
        hasher.finish()
    }

    proptest! {
        #[test]
        fn many_at_once_are_hashed_as_one_by_one(key: [u8; 16], numbers in prop::collection::vec(any::<u64>(), 0..40)) {
            let expected: Vec<u64> = numbers.iter().map(|number| one_by_one(&key, *number)).collect();
            let mut hashes = numbers.clone();
            hash(&key, &mut hashes);
            prop_assert_eq!(&hashes, &expected);
            let baseline = Level::baseline();
            let mut hashes = numbers;
            dispatch!(baseline, simd => hash_all(simd, &key, &mut hashes));
            prop_assert_eq!(&hashes, &expected);
        }
    }
}
