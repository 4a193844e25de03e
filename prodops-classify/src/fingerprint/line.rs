//! A line as a number, whatever its white space.

use crate::lexer::{hash_bytes, hash_iter};

/// Keeps lines apart from tokens.
const LINE: u64 = 16;

const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c)
}

/// Whether every blank in the line is a single space.
fn is_collapsed(line: &[u8]) -> bool {
    let mut before = 0;
    line.iter().all(|byte| {
        let fits = !is_blank(*byte) || (*byte == b' ' && before != b' ');
        before = *byte;
        fits
    })
}

/// The hash of a line without white space at its ends and with every run of it inside as one space.
pub(super) fn hash(line: &[u8]) -> u64 {
    let start = line.iter().position(|byte| !is_blank(*byte)).unwrap_or(line.len());
    let end = line.iter().rposition(|byte| !is_blank(*byte)).map_or(start, |last| last + 1);
    let line = line.get(start..end).unwrap_or_default();
    if is_collapsed(line) {
        return hash_bytes(LINE, line);
    }
    let before = std::iter::once(&b'x').chain(line);
    let kept = before.zip(line).filter(|(before, byte)| !is_blank(**before) || !is_blank(**byte));
    hash_iter(LINE, kept.map(|(_, byte)| if is_blank(*byte) { b' ' } else { *byte }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn white_space_inside_is_one_space_and_none_at_the_ends(line in "[ab \t]{0,40}\r?\n?") {
            let words: Vec<&str> = line.split_whitespace().collect();
            prop_assert_eq!(hash(line.as_bytes()), hash_bytes(LINE, words.join(" ").as_bytes()));
        }
    }
}
