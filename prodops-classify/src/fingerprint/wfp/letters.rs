//! The letters and digits of a text, close together, and on which line each of them stood.

use fearless_simd::{Simd, SimdBase, SimdMask, u8x64};
use zeroize::Zeroize;

/// How many bytes a block has: one for each bit of its masks.
pub(super) const BLOCK: usize = 64;

/// How many blocks of a text are looked at together.
pub(super) const BLOCKS: usize = 64;

/// Where the letters of a block stood.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    /// How many letters the blocks before have.
    before: u32,
    /// The line in which the block begins, from 1.
    line: u32,
    letters: u64,
    line_ends: u64,
}

/// Some blocks of a text.
pub(super) struct Letters {
    places: [Place; BLOCKS],
    used: usize,
    /// The end of a text that fills no block.
    rest: [u8; BLOCK],
}

impl Letters {
    pub(super) const fn new() -> Self {
        let nowhere = Place { before: 0, line: 0, letters: 0, line_ends: 0 };
        Self { places: [nowhere; BLOCKS], used: 0, rest: [0; BLOCK] }
    }

    /// Writes the letters of at most [`BLOCKS`] blocks to `slots`, in lower case, and says how many there are. `line` is the line
    /// in which the text begins, and becomes the one in which it ends.
    #[inline(always)]
    pub(super) fn take<S: Simd>(&mut self, simd: S, text: &[u8], slots: &mut [u8], line: &mut u32) -> usize {
        let (blocks, rest) = text.as_chunks::<BLOCK>();
        if let Some(slot) = self.rest.get_mut(..rest.len()) {
            slot.copy_from_slice(rest);
        }
        if let Some(behind) = self.rest.get_mut(rest.len()..) {
            behind.fill(0);
        }
        let last = (!rest.is_empty()).then_some(&self.rest);
        let mut count = 0;
        self.used = blocks.len() + usize::from(last.is_some());
        for (place, block) in self.places.iter_mut().zip(blocks.iter().chain(last)) {
            let (letters, line_ends) = block_of(simd, block, slots.get_mut(count..).unwrap_or_default());
            *place = Place { before: count as u32, line: *line, letters, line_ends };
            count += letters.count_ones() as usize;
            *line = line.saturating_add(line_ends.count_ones());
        }
        count
    }

    /// Looks up lines of letters in their order.
    pub(super) fn lines(&self) -> impl FnMut(usize) -> u32 {
        let mut places = self.places.iter().take(self.used).peekable();
        move |letter| {
            let letter = letter as u32;
            while let Some(place) = places.peek() {
                if letter - place.before < place.letters.count_ones() {
                    return place.line_of(letter - place.before);
                }
                places.next();
            }
            0
        }
    }

    /// Wipes what is known of the text.
    pub(super) fn wipe(&mut self) {
        self.rest.zeroize();
        self.places.iter_mut().take(self.used).for_each(|place| *place = Place::default());
        zeroize::optimization_barrier(self.places.as_slice());
    }
}

impl Place {
    /// The line of the letter with this number among those of the block.
    fn line_of(&self, number: u32) -> u32 {
        let before = (1u64 << nth(self.letters, number)) - 1;
        self.line.saturating_add((self.line_ends & before).count_ones())
    }
}

/// The place of the bit with so many bits below it. By halves and without a jump, because where it is cannot be foretold.
const fn nth(bits: u64, mut number: u32) -> u32 {
    let (mut place, mut half) = (0, BLOCK as u32 / 2);
    while half > 0 {
        let below = ((bits >> place) & ((1 << half) - 1)).count_ones();
        let above = (number >= below) as u32;
        number -= below * above;
        place += half * above;
        half /= 2;
    }
    place
}

/// Writes the letters of a block to `slots`, and says where they and the ends of lines stood.
#[inline(always)]
fn block_of<S: Simd>(simd: S, block: &[u8; BLOCK], slots: &mut [u8]) -> (u64, u64) {
    let bytes = u8x64::from_slice(simd, block);
    let splat = |byte: u8| u8x64::splat(simd, byte);
    let within = |bytes: u8x64<S>, first: u8, last: u8| (bytes - splat(first)).simd_le(splat(last - first));
    // Digits have the bit already that makes a letter lower case.
    let lower = bytes | splat(0x20);
    let letters = within(lower, b'a', b'z') | within(bytes, b'0', b'9');
    if let Some(slots) = slots.first_chunk_mut::<BLOCK>() {
        *slots = lower.compress(letters).into();
    }
    (letters.to_bitmask(), bytes.simd_eq(splat(b'\n')).to_bitmask())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_bit_is_found(bits in any::<u64>()) {
            let places: Vec<u32> = (0..64).filter(|place| bits >> place & 1 == 1).collect();
            let found: Vec<u32> = (0..bits.count_ones()).map(|number| nth(bits, number)).collect();
            prop_assert_eq!(found, places);
        }
    }
}
