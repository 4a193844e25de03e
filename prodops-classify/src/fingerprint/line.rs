//! A line as a number, whatever its white space.

use crate::lexer::{add, hash_block as hash_block_of, hash_long, last_word, start};

/// Keeps lines apart from tokens.
const LINE: u64 = 16;

pub(super) const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c)
}

/// A byte in every byte of a word.
const fn each(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// The highest bit of every byte of `word` that is a space.
#[inline]
const fn spaces(word: u64) -> u64 {
    let other = word ^ each(b' ');
    !(((other & each(0x7f)) + each(0x7f)) | other) & each(0x80)
}

/// The highest bit of every byte of `word` that is a blank other than a space: 9 to 13.
#[inline]
const fn odd_blanks(word: u64) -> u64 {
    let low = word & each(0x7f);
    (low + each(0x80 - 9)) & !(low + each(0x80 - 14)) & !word & each(0x80)
}

/// The line without white space at its ends.
#[inline]
fn trimmed(line: &[u8]) -> &[u8] {
    let mut rest = line;
    // Eight blanks at a time, then to the first byte that is none.
    while let Some((word, after)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*word);
        let ink = !(spaces(word) | odd_blanks(word)) & each(0x80);
        if ink != 0 {
            rest = rest.get(ink.trailing_zeros() as usize / 8..).unwrap_or_default();
            break;
        }
        rest = after;
    }
    while let Some((_, after)) = rest.split_first().filter(|(first, _)| is_blank(**first)) {
        rest = after;
    }
    while let Some((_, before)) = rest.split_last().filter(|(last, _)| is_blank(**last)) {
        rest = before;
    }
    rest
}

/// The hash of a line without white space at its ends and with every run of it inside as one space.
pub(super) fn hash(line: &[u8]) -> u64 {
    let line = trimmed(line);
    let (words, rest) = line.as_chunks::<8>();
    let mut state = start(LINE, line.len());
    // Where it is not a single space, white space is found on the way.
    let (mut wide, mut before) = (0, 0);
    let mut look = |word: u64| {
        let spaces = spaces(word);
        wide |= odd_blanks(word) | (spaces & ((spaces << 8) | before));
        before = spaces >> 56;
    };
    for word in words {
        let word = u64::from_le_bytes(*word);
        look(word);
        state = add(state, word);
    }
    if words.is_empty() || !rest.is_empty() {
        let word = last_word(rest);
        look(word);
        state = add(state, word);
    }
    if wide == 0 { state } else { hash_collapsed(line) }
}

/// The hash of a line that needs nothing of this: the first `length` bytes of `rest`.
#[inline(always)]
pub(super) fn hash_trimmed(rest: &[u8], length: usize) -> u64 {
    hash_long(LINE, rest, length)
}

/// The same for the first `length` bytes of a block whose other bytes are zeros.
#[inline(always)]
pub(super) fn hash_block(block: &[u8; 64], length: usize) -> u64 {
    hash_block_of(LINE, block, length)
}

#[inline(never)]
fn hash_collapsed(line: &[u8]) -> u64 {
    // The first byte is none.
    let inside = || line.iter().zip(line.iter().skip(1));
    let dropped = inside().filter(|(before, byte)| is_blank(**before) & is_blank(**byte)).count();
    let (mut state, mut word, mut filled) = (start(LINE, line.len() - dropped), 0, 0);
    let mut before = false;
    for byte in line {
        let blank = is_blank(*byte);
        let byte = if blank { b' ' } else { *byte };
        // Written again by the byte behind it when it does not count.
        word = (word & !(0xff << filled)) | (u64::from(byte) << filled);
        filled += if blank & before { 0 } else { 8 };
        before = blank;
        if filled == u64::BITS {
            state = add(state, word);
            (word, filled) = (0, 0);
        }
    }
    let left = word & (1u64 << filled).wrapping_sub(1);
    if filled > 0 || line.is_empty() { add(state, left) } else { state }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lexer::hash_bytes;

    proptest! {
        #[test]
        fn any_line_is_hashed_as_byte_by_byte(
            line in prop::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(b" \t\r\x0b\x0c\x08\x0e!a".to_vec())], 0..40),
        ) {
            let line: Vec<u8> = line.into_iter().filter(|byte| *byte != b'\n').collect();
            let words = line.split(|byte| is_blank(*byte)).filter(|word| !word.is_empty());
            let collapsed = words.collect::<Vec<_>>().join(&b' ');
            prop_assert_eq!(hash(&line), hash_bytes(LINE, &collapsed));
        }

        #[test]
        fn white_space_inside_is_one_space_and_none_at_the_ends(line in "[ab \t]{0,40}\r?\n?") {
            let words: Vec<&str> = line.split_whitespace().collect();
            prop_assert_eq!(hash(line.as_bytes()), hash_bytes(LINE, words.join(" ").as_bytes()));
        }
    }
}
