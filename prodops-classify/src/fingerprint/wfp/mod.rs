//! Winnowing with the parameters of SCANOSS: its WFP.

mod crc;
mod letters;
mod minima;

use std::fmt;

use fearless_simd::{Level, Simd, dispatch};
use prodops_core::source::Transient;
use zeroize::Zeroize;

use letters::{BLOCK, BLOCKS, Letters};
use minima::{GROUP, Minima};

/// Letters and digits in a gram.
const GRAM: usize = 30;
/// Grams in a window.
const WINDOW: usize = 64;

/// How much text is looked at together, in bytes.
const PIECE: usize = BLOCKS * BLOCK;

/// A hash of a WFP.
///
/// # Security
/// It has no key, so whoever holds it finds the text again by trying texts that are known. It serves to be looked up while the text
/// is in memory, and cannot be serialised: what is stored comes from [`Fingerprinter`](super::Fingerprinter).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct WfpHash {
    /// CRC-32C of the smallest CRC-32C of a window, its bytes little-endian.
    pub value: u32,
    /// The line with the last letter of the window, from 1. Hashes of one line come in a row, and make one line of a WFP.
    pub line: u32,
}

impl fmt::Debug for WfpHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WfpHash").field("line", &self.line).finish_non_exhaustive()
    }
}

/// Winnows texts as SCANOSS does: letters and digits alone, in lower case, grams of 30 of them by CRC-32C, of every window of 64
/// grams the smallest, and where it differs from that of the window before, the CRC-32C of it.
///
/// Keeps its memory between texts, which does not grow: use one per thread. Any bytes are a text.
///
/// ```
/// use prodops_classify::WfpWinnower;
/// use prodops_core::source::Transient;
///
/// let mut hashes = Vec::new();
/// let text: String = (0..12).map(|n| format!("let value{n} = total + {};\n", n * n)).collect();
/// let text = Transient::new(text.into_bytes());
/// WfpWinnower::default().text(&text, |hash| hashes.push((hash.line, hash.value)));
/// // What SCANOSS's own program says of this text.
/// assert_eq!(hashes, [(7, 0xd2c2_2fae), (8, 0xc7ea_00c8), (12, 0xbcf4_ea9c)]);
/// ```
///
/// # Security
/// What it holds of a text is wiped with it.
pub struct WfpWinnower {
    level: Level,
    letters: Letters,
    /// What is left of the piece before, and the letters of this one.
    bytes: Box<[u8; GRAM + PIECE + BLOCK]>,
    /// The checksums of a window before, and of the grams that end in this piece.
    crcs: Box<[u32; WINDOW + PIECE]>,
    minima: [u32; GROUP],
}

/// How far a text was read.
#[derive(Debug, Clone, Copy)]
struct Seen {
    /// Letters in front of those of the next piece, too few for a gram.
    letters: usize,
    /// Grams that came before.
    grams: usize,
    /// The line that goes on.
    line: u32,
    /// The minimum of the last window.
    least: u32,
}

impl Default for WfpWinnower {
    fn default() -> Self {
        Self {
            level: Level::new(),
            letters: Letters::new(),
            bytes: Box::new([0; GRAM + PIECE + BLOCK]),
            crcs: Box::new([0; WINDOW + PIECE]),
            minima: [0; GROUP],
        }
    }
}

impl WfpWinnower {
    /// Hands on the hashes of a text in their order.
    #[allow(clippy::disallowed_methods, reason = "fingerprints are made where source text is read")]
    pub fn text(&mut self, text: &Transient, mut sink: impl FnMut(WfpHash)) {
        let level = self.level;
        text.with_bytes(|text| dispatch!(level, simd => self.pieces(simd, text, &mut sink)));
        self.wipe(text.len());
    }

    #[inline(always)]
    fn pieces<S: Simd>(&mut self, simd: S, text: &[u8], sink: &mut impl FnMut(WfpHash)) {
        let mut seen = Seen { letters: 0, grams: 0, line: 1, least: u32::MAX };
        for piece in text.chunks(PIECE) {
            let free = self.bytes.get_mut(seen.letters..).unwrap_or_default();
            let letters = seen.letters + self.letters.take(simd, piece, free, &mut seen.line);
            let grams = (letters + 1).saturating_sub(GRAM);
            let slots = self.crcs.get_mut(WINDOW..WINDOW + grams).unwrap_or_default();
            crc::grams(self.bytes.get(..letters).unwrap_or_default(), slots);
            self.windows(simd, grams, &mut seen, sink);
            let kept = letters.min(GRAM - 1);
            self.bytes.copy_within(letters - kept..letters, 0);
            self.crcs.copy_within(grams..grams + WINDOW, 0);
            (seen.letters, seen.grams) = (kept, seen.grams + grams);
        }
    }

    /// Looks at the windows that end with the grams of this piece.
    #[inline(always)]
    fn windows<S: Simd>(&mut self, simd: S, grams: usize, seen: &mut Seen, sink: &mut impl FnMut(WfpHash)) {
        let (mut windows, mut lines) = (Minima::new(simd), self.letters.lines());
        // Before this gram no window is whole; it may have what the last window of nothing seems to have.
        let first = WINDOW + (WINDOW - 1).saturating_sub(seen.grams);
        let (groups, _) = self.crcs.as_chunks();
        for (crcs, from) in groups.iter().zip((0..WINDOW + grams).step_by(GROUP)) {
            let changes = windows.next(crcs, &mut self.minima);
            let whole = u64::MAX.checked_shl(first.saturating_sub(from) as u32).unwrap_or(0);
            let there = u64::MAX.checked_shr(GROUP.saturating_sub(WINDOW + grams - from) as u32).unwrap_or(0);
            let mut changes = (changes | (whole & whole.wrapping_neg())) & whole & there;
            while changes != 0 {
                let place = changes.trailing_zeros() as usize;
                changes &= changes - 1;
                let least = self.minima.get(place).copied().unwrap_or(u32::MAX);
                if least != seen.least {
                    seen.least = least;
                    let letter = (from + place - WINDOW) + (GRAM - 1) - seen.letters;
                    sink(WfpHash { value: crc::crc32c(&least.to_le_bytes()), line: lines(letter) });
                }
            }
        }
    }

    /// Wipes what is left of a text of this length.
    fn wipe(&mut self, length: usize) {
        let used = length.min(PIECE);
        self.letters.wipe();
        self.bytes.iter_mut().take(GRAM + used + BLOCK).for_each(|byte| *byte = 0);
        self.crcs.iter_mut().take(WINDOW + used).for_each(|crc| *crc = 0);
        zeroize::optimization_barrier(self.bytes.as_slice());
        zeroize::optimization_barrier(self.crcs.as_slice());
        self.minima.zeroize();
    }
}

impl fmt::Debug for WfpWinnower {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WfpWinnower").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fast(level: Level, text: &[u8]) -> Vec<(u32, u32)> {
        let (mut winnower, mut hashes) = (WfpWinnower { level, ..WfpWinnower::default() }, Vec::new());
        let text = Transient::new(text.to_vec());
        winnower.text(&text, |hash| hashes.push((hash.line, hash.value)));
        // Its memory serves several times.
        let mut again = hashes.clone().into_iter();
        winnower.text(&text, |hash| assert_eq!(again.next(), Some((hash.line, hash.value))));
        assert_eq!(again.next(), None);
        assert!(winnower.bytes.iter().all(|byte| *byte == 0) && winnower.crcs.iter().all(|crc| *crc == 0));
        hashes
    }

    /// CRC-32C bit by bit.
    fn slow_crc(bytes: &[u8]) -> u32 {
        let bits = bytes.iter().flat_map(|byte| (0..8).map(move |bit| u32::from(byte >> bit & 1)));
        !bits.fold(!0u32, |state, bit| (state >> 1) ^ if (state ^ bit) & 1 == 1 { 0x82f6_3b78 } else { 0 })
    }

    /// Byte by byte, every gram and every window on its own.
    fn slow(text: &[u8]) -> Vec<(u32, u32)> {
        let (mut line, mut letters, mut crcs, mut found) = (1, Vec::new(), Vec::new(), Vec::new());
        let mut last = u32::MAX;
        for byte in text {
            line += u32::from(*byte == b'\n');
            if !byte.is_ascii_alphanumeric() {
                continue;
            }
            letters.push(byte.to_ascii_lowercase());
            if let Some(gram) = letters.len().checked_sub(30) {
                crcs.push(slow_crc(&letters[gram..]));
                let least = crcs.len().checked_sub(64).and_then(|window| crcs[window..].iter().min());
                if let Some(&least) = least.filter(|least| **least != last) {
                    found.push((line, slow_crc(&least.to_le_bytes())));
                    last = least;
                }
            }
        }
        found
    }

    fn levels() -> Vec<Level> {
        let best = Level::new();
        let mut levels = vec![Level::baseline(), best];
        #[cfg(target_arch = "x86_64")]
        levels.extend(best.as_avx2().map(Level::Avx2).into_iter().chain(best.as_sse4_2().map(Level::Sse4_2)));
        levels
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn it_keeps_what_a_slow_one_keeps(
            pieces in prop::collection::vec("[a-zA-Z0-9]{1,9}|[ -~]{1,9}|\n| {0,70}|\\PC{3}|a{80}", 0..60),
            copies in prop_oneof![8 => 1usize..3, 1 => 40usize..50],
        ) {
            let text = pieces.concat().repeat(copies).into_bytes();
            let expected = slow(&text);
            for level in levels() {
                prop_assert_eq!(&fast(level, &text), &expected);
            }
        }
    }

    #[test]
    fn any_bytes_are_a_text() {
        let text: Vec<u8> = (0..30_000u32).map(|n| (n.wrapping_mul(0x9e37_79b9) >> 21) as u8).collect();
        let expected = slow(&text);
        assert!(expected.len() > 100, "{}", expected.len());
        assert_eq!(fast(Level::new(), &text), expected);
        assert_eq!(fast(Level::new(), &[0xff; 9_000]), []);
    }
}
