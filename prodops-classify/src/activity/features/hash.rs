//! Hashes of features: 64 bits of which a model looks at thirty. Not keyed, never stored.

/// An odd number with its bits well spread.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// Spreads what is known about a feature over all bits.
#[inline]
pub(super) const fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 32)).wrapping_mul(SPREAD);
    value ^ (value >> 29)
}

/// The hash of a piece of text.
#[inline]
pub(super) fn bytes(text: &[u8]) -> u64 {
    let length = text.len() as u64;
    let Some(last) = text.last_chunk::<8>() else { return mix(short(text) ^ (length << 56)) };
    // The last eight bytes may have been seen in part; together with the length that tells texts apart as well.
    let (eights, _) = text.as_chunks::<8>();
    let all = eights.iter().fold(length, |hash, eight| mix(hash ^ u64::from_le_bytes(*eight)));
    mix(all ^ u64::from_le_bytes(*last))
}

/// Up to seven bytes as a number.
fn short(text: &[u8]) -> u64 {
    if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        return u64::from(u32::from_le_bytes(*first)) << 24 ^ u64::from(u32::from_le_bytes(*last));
    }
    text.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// The hash of two things in this order.
#[inline]
pub(super) const fn pair(first: u64, second: u64) -> u64 {
    mix(first.rotate_left(21) ^ second)
}

/// The hash of up to eight small numbers.
#[inline]
pub(super) fn numbers<const N: usize>(numbers: [u32; N]) -> u64 {
    numbers.iter().fold(N as u64, |hash, number| (hash << 8) | u64::from(*number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_differ_have_hashes_that_differ() {
        let long = b"abcdefghijklmnopabcdefgh\0\0x";
        let mut texts: Vec<&[u8]> = (0..=long.len()).filter_map(|end| long.get(..end)).collect();
        texts.extend([&b"\0"[..], b"\0\0", b"ab\0", b"abc\0", b"dcba", b"abcdabc", b"bcdefgh", b"xbcdefgha"]);
        let mut hashes: Vec<u64> = texts.iter().map(|text| bytes(text)).collect();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), texts.len());
        assert_ne!(pair(1, 2), pair(2, 1));
        assert_ne!(numbers([1, 2]), numbers([1, 2, 0]));
    }
}
