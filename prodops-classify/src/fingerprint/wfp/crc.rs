//! CRC-32C of grams, each from the one before it.

use super::GRAM;

/// The reversed polynomial of CRC-32C.
const POLYNOMIAL: u32 = 0x82f6_3b78;

/// So many stretches of a text are gone through beside each other, because a gram waits for the one before it.
const STRETCHES: usize = 4;

/// What a byte adds to the state.
static NEW: [u32; 256] = new_bytes();
/// What the oldest byte of a gram takes with it when the next one comes, and what that does to the bits that a checksum begins with.
static OLD: [u32; 256] = old_bytes();

#[allow(clippy::indexing_slicing, reason = "made when it is compiled, and does not compile out of bounds")]
const fn new_bytes() -> [u32; 256] {
    let (mut table, mut byte) = ([0; 256], 0);
    while byte < table.len() {
        let (mut state, mut bit) = (byte as u32, 0);
        while bit < 8 {
            state = (state >> 1) ^ if state & 1 == 1 { POLYNOMIAL } else { 0 };
            bit += 1;
        }
        table[byte] = state;
        byte += 1;
    }
    table
}

#[allow(clippy::indexing_slicing, reason = "made when it is compiled, and does not compile out of bounds")]
const fn old_bytes() -> [u32; 256] {
    // A checksum is linear but for the bits that it begins and ends with, which are all ones and stay with every gram.
    let ones = after(!0, GRAM) ^ !0;
    let (new, mut table, mut byte) = (new_bytes(), [0; 256], 0);
    while byte < table.len() {
        table[byte] = after(new[byte], GRAM) ^ after(ones, 1) ^ ones;
        byte += 1;
    }
    table
}

/// The state so many zero bytes later.
#[allow(clippy::indexing_slicing, reason = "made when it is compiled, and does not compile out of bounds")]
const fn after(mut state: u32, mut zeros: usize) -> u32 {
    let new = new_bytes();
    while zeros > 0 {
        state = (state >> 8) ^ new[(state & 0xff) as usize];
        zeros -= 1;
    }
    state
}

#[inline(always)]
fn of(table: &[u32; 256], byte: u8) -> u32 {
    let [first, ..] = table;
    *table.get(usize::from(byte)).unwrap_or(first)
}

#[inline(always)]
fn add(state: u32, byte: u8) -> u32 {
    (state >> 8) ^ of(&NEW, state as u8 ^ byte)
}

/// The CRC-32C of bytes.
#[inline(always)]
pub(super) fn crc32c(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |state, byte| add(state, *byte))
}

/// The next gram.
#[inline(always)]
fn roll(state: &mut u32, (new, old): (&u8, &u8), crc: &mut u32) {
    *state = add(*state, *new) ^ of(&OLD, *old);
    *crc = *state;
}

/// The CRC-32C of every gram of these bytes: one for each byte but the last ones.
#[inline(always)]
pub(super) fn grams(bytes: &[u8], crcs: &mut [u32]) {
    let length = crcs.len() / STRETCHES;
    let mut rest = crcs;
    let mut from = 0;
    if length > 0 {
        let Some((stretches, after)) = rest.split_at_mut_checked(length * STRETCHES) else { return };
        beside(bytes, length, stretches.chunks_exact_mut(length));
        (rest, from) = (after, length * STRETCHES);
    }
    if let Some((slot, rest)) = rest.split_first_mut() {
        let (mut state, pairs) = begin(bytes, from);
        *slot = state;
        rest.iter_mut().zip(pairs).for_each(|(slot, pair)| roll(&mut state, pair, slot));
    }
}

/// The same in stretches beside each other.
#[inline(always)]
fn beside<'c>(bytes: &[u8], length: usize, mut stretches: impl Iterator<Item = &'c mut [u32]>) {
    let mut first = |number: usize| {
        let (state, pairs) = begin(bytes, number * length);
        let (slot, rest) = stretches.next()?.split_first_mut()?;
        *slot = state;
        Some((state, rest.iter_mut().zip(pairs)))
    };
    let [Some((mut a, as_)), Some((mut b, bs)), Some((mut c, cs)), Some((mut d, ds))] =
        [first(0), first(1), first(2), first(3)]
    else {
        return;
    };
    for (((slot_a, pair_a), (slot_b, pair_b)), ((slot_c, pair_c), (slot_d, pair_d))) in
        as_.zip(bs).zip(cs.zip(ds))
    {
        roll(&mut a, pair_a, slot_a);
        roll(&mut b, pair_b, slot_b);
        roll(&mut c, pair_c, slot_c);
        roll(&mut d, pair_d, slot_d);
    }
}

/// The checksum of the gram at a place, and what comes and goes with each gram behind it.
#[inline(always)]
fn begin(bytes: &[u8], from: usize) -> (u32, impl Iterator<Item = (&u8, &u8)>) {
    let bytes = bytes.get(from..).unwrap_or_default();
    let (gram, new) = bytes.split_at_checked(GRAM).unwrap_or_default();
    (crc32c(gram), new.iter().zip(bytes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_published_check_value_comes_out() {
        assert_eq!(crc32c(b"123456789"), 0xe306_9283);
    }

    proptest! {
        #[test]
        fn every_gram_has_the_checksum_of_its_bytes(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
            let mut crcs = vec![0; (bytes.len() + 1).saturating_sub(GRAM)];
            grams(&bytes, &mut crcs);
            let expected: Vec<u32> = bytes.windows(GRAM).map(crc32c).collect();
            prop_assert_eq!(crcs, expected);
        }
    }
}
