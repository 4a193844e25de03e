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
    let mut hash = text.len() as u64;
    let (eights, rest) = text.as_chunks::<8>();
    for eight in eights {
        hash = mix(hash ^ u64::from_le_bytes(*eight));
    }
    let mut last = [0u8; 8];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    mix(hash ^ u64::from_le_bytes(last))
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
        let texts: [&[u8]; 7] = [b"", b"\0", b"a", b"a\0", b"abcdefgh", b"abcdefgh\0", b"abcdefghabcdefgh"];
        let mut hashes: Vec<u64> = texts.iter().map(|text| bytes(text)).collect();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), texts.len());
        assert_ne!(pair(1, 2), pair(2, 1));
        assert_ne!(numbers([1, 2]), numbers([1, 2, 0]));
    }
}
