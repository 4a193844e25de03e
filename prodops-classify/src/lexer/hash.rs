//! The fast hash of a piece of text. It has no key and is never stored: it goes 64 bits wide into a keyed hash.

use std::hint::select_unpredictable;

/// The first multiplier: 2^64 divided by the golden ratio, made odd.
const LENGTH: u64 = 0x9e37_79b9_7f4a_7c15;
/// The second multiplier: the first 64 bits of the fraction of √3, made odd.
const WORD: u64 = 0xbb67_ae85_84ca_a73b;

/// The product of two numbers, 128 bits wide, its halves laid over each other.
#[inline]
pub(crate) const fn fold(a: u64, b: u64) -> u64 {
    let product = (a as u128) * (b as u128);
    (product as u64) ^ ((product >> 64) as u64)
}

/// The hash of no text, from which the others start; `class` keeps kinds of text apart.
#[inline]
pub(crate) const fn start(class: u64, length: usize) -> u64 {
    (length as u64).wrapping_add(class << 56).wrapping_mul(LENGTH)
}

/// Adds eight bytes, little-endian.
#[inline]
pub(crate) const fn add(state: u64, word: u64) -> u64 {
    fold(state ^ word, WORD)
}

/// The hash of a text: its length and class, then its bytes in little-endian words of eight, the last one filled up with
/// zeros. A text without bytes has one word of zeros.
#[inline]
pub(crate) fn hash_bytes(class: u64, text: &[u8]) -> u64 {
    let mut state = start(class, text.len());
    let (words, rest) = text.as_chunks::<8>();
    for word in words {
        state = add(state, u64::from_le_bytes(*word));
    }
    if words.is_empty() || !rest.is_empty() {
        state = add(state, last_word(rest));
    }
    state
}

/// [`hash_bytes`] of bytes that come one by one.
pub(crate) fn hash_iter(class: u64, bytes: impl Iterator<Item = u8> + Clone) -> u64 {
    let length = bytes.clone().count();
    let (mut state, mut word, mut filled) = (start(class, length), 0u64, 0u32);
    for byte in bytes {
        word |= u64::from(byte) << filled;
        filled += 8;
        if filled == 64 {
            state = add(state, word);
            (word, filled) = (0, 0);
        }
    }
    if filled > 0 || length == 0 { add(state, word) } else { state }
}

/// Up to seven bytes as a word.
#[inline]
pub(crate) fn last_word(rest: &[u8]) -> u64 {
    rest.iter().rev().fold(0, |word, byte| (word << 8) | u64::from(*byte))
}

/// The lowest bytes of a word; none or all of them, too.
#[inline]
const fn lowest(word: u64, bytes: usize) -> u64 {
    match u64::MAX.checked_shr(64u32.wrapping_sub(8 * bytes as u32)) {
        Some(mask) => word & mask,
        None => 0,
    }
}

/// For up to 16 bytes, the ones that count.
#[allow(clippy::indexing_slicing, reason = "made when it is compiled, and does not compile out of bounds")]
const COUNTING: [[u64; 2]; 17] = {
    let (mut masks, mut length) = ([[0; 2]; 17], 0);
    while length < masks.len() {
        let first = if length < 8 { length } else { 8 };
        masks[length] = [lowest(u64::MAX, first), lowest(u64::MAX, length - first)];
        length += 1;
    }
    masks
};

/// [`hash_bytes`] of the first `length` of these bytes. It always makes two steps and takes the one that counts: which of both
/// a name needs is foretold wrongly too often.
#[inline(always)]
pub(crate) fn hash_short(class: u64, bytes: [u8; 16], length: usize) -> u64 {
    let words = u128::from_le_bytes(bytes);
    let [low, high] = COUNTING.get(length).copied().unwrap_or_default();
    let one = add(start(class, length), words as u64 & low);
    let two = add(one, (words >> 64) as u64 & high);
    select_unpredictable(high != 0, two, one)
}

/// [`hash_bytes`] of `text[at..end]`, read in whole words where the text goes on behind it.
#[inline]
pub(crate) fn hash_range(class: u64, text: &[u8], at: usize, end: usize) -> u64 {
    let length = end.saturating_sub(at);
    let rest = text.get(at..).unwrap_or_default();
    match rest.first_chunk::<16>() {
        Some(bytes) if length <= 16 => hash_short(class, *bytes, length),
        _ => hash_long(class, rest, length),
    }
}

/// [`hash_bytes`] of the first `length` bytes of `rest`, read in whole words where there are more.
#[inline]
pub(crate) fn hash_long(class: u64, rest: &[u8], length: usize) -> u64 {
    let (mut state, mut words, mut left) = (start(class, length), rest, length);
    while let Some((word, after)) = words.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*word);
        if left <= 8 {
            return add(state, lowest(word, left));
        }
        state = add(state, word);
        (words, left) = (after, left - 8);
    }
    hash_bytes(class, rest.get(..length).unwrap_or_default())
}

/// [`hash_bytes`] of the first `length` bytes of a block whose other bytes are zeros. It makes all steps of half a block or of a
/// whole one and takes those that count: how many there are is foretold wrongly too often.
#[inline(always)]
pub(crate) fn hash_block(class: u64, block: &[u8; 64], length: usize) -> u64 {
    let ((words, _), begin) = (block.as_chunks::<8>(), start(class, length));
    let (first, second) = words.split_at_checked(4).unwrap_or_default();
    let step = |state, (at, word): (usize, &[u8; 8])| {
        let next = add(state, u64::from_le_bytes(*word));
        select_unpredictable(at == 0 || at < length, next, state)
    };
    let half = (0..).step_by(8).zip(first).fold(begin, step);
    if length <= 32 { half } else { (32..).step_by(8).zip(second).fold(half, step) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn class_length_and_bytes_all_count() {
        let hashes = [
            hash_bytes(0, b""),
            hash_bytes(1, b""),
            hash_bytes(0, b"\0"),
            hash_bytes(0, b"\0\0"),
            hash_bytes(0, b"a"),
            hash_bytes(1, b"a"),
            hash_bytes(0, b"abcdefgh"),
            hash_bytes(0, b"abcdefgh\0"),
        ];
        for (n, hash) in hashes.iter().enumerate() {
            assert!(!hashes[..n].contains(hash), "{n}");
        }
    }

    proptest! {
        #[test]
        fn a_block_hashes_as_its_bytes_do(text in prop::collection::vec(any::<u8>(), 0..=64)) {
            let mut block = [0; 64];
            block[..text.len()].copy_from_slice(&text);
            prop_assert_eq!(hash_block(3, &block, text.len()), hash_bytes(3, &text));
        }

        #[test]
        fn a_range_hashes_as_its_bytes_do(text in prop::collection::vec(any::<u8>(), 0..40), a in 0usize..41, b in 0usize..41) {
            let (at, end) = (a.min(b).min(text.len()), a.max(b).min(text.len()));
            prop_assert_eq!(hash_range(3, &text, at, end), hash_bytes(3, &text[at..end]));
            prop_assert_eq!(hash_long(3, &text[at..], end - at), hash_bytes(3, &text[at..end]));
            prop_assert_eq!(hash_iter(3, text.iter().copied()), hash_bytes(3, &text));
        }
    }
}
