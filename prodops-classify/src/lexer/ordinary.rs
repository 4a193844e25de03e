//! Names, numbers and operators with nothing between them that needs care: most of a text.
//!
//! What comes next in a text is foretold wrongly so often that a jump costs more than doing everything for every token and taking
//! what counts. So the words of a block are taken in one loop and its operators in another, without a question in either.

use std::hint::select_unpredictable;

use fearless_simd::Simd;

use super::hash::{add, hash_long, hash_short, start};
use super::operator::NO_SIGN;
use super::prepared::Class;
use super::runs::{BLOCK, Masks};
use super::scan::{ANY_NAME, ANY_NUMBER, Last, Lexer};
use super::tokens::{GLUED, OPERATOR, Token, WORD};

/// Longer names are hashed with care.
const SHORT: usize = 16;

/// The bytes of a block and of a short name that begins with its last one.
type Window = [u8; BLOCK + SHORT];

/// The hashes of operators, on their own and as a part of the operator before.
#[allow(clippy::indexing_slicing, reason = "made when it is compiled, and does not compile out of bounds")]
static OPERATORS: [[u64; 2]; 256] = {
    let (mut hashes, mut byte) = ([[0; 2]; 256], 0);
    while byte < hashes.len() {
        hashes[byte] = [add(start(OPERATOR, 1), byte as u64), add(start(GLUED, 1), byte as u64)];
        byte += 1;
    }
    hashes
};

/// Tokens of a block that need no care.
#[derive(Clone, Copy)]
struct Part<'t> {
    /// Where the block begins.
    block: usize,
    text: &'t Window,
    masks: Masks,
    /// Where the tokens begin, a bit for each.
    taken: u64,
}

impl Lexer<'_, '_> {
    /// Takes tokens until one needs care or there are `limit`.
    #[inline(always)]
    pub(super) fn ordinary<S: Simd>(&mut self, simd: S, limit: usize) {
        while self.out.len() < limit && self.of_block(simd) && self.next_block() {}
    }

    /// Takes the tokens that begin in this block, and says whether none of them needs care.
    #[inline(always)]
    fn of_block<S: Simd>(&mut self, _: S) -> bool {
        let (block, masks) = (self.block, self.masks);
        let Some(text) = self.text.get(block..).and_then(|rest| rest.first_chunk()) else { return false };
        let taken = masks.carefree();
        if taken != 0 {
            let part = Part { block, text, masks, taken };
            self.words(part);
            self.operators(part);
            self.passed(part);
            self.out.keep(taken.count_ones() as usize);
        }
        self.masks.starts == 0
    }

    /// Writes down the names, keywords and numbers.
    #[inline(always)]
    fn words(&mut self, part: Part<'_>) {
        let (text, keywords) = (self.text, self.keywords);
        let Some(slots) = self.out.room::<BLOCK>() else { return };
        let mut words = part.taken & part.masks.names;
        while words != 0 {
            let place = words.trailing_zeros();
            words &= words - 1;
            let (length, digit) = (part.masks.run(place), part.masks.is_digit(place));
            let class = WORD + digit;
            let rest = part.text.get(place as usize % BLOCK..).unwrap_or_default();
            let exact = match rest.first_chunk() {
                Some(bytes) if length <= SHORT => hash_short(class, *bytes, length),
                _ => hash_long(class, text.get(part.block + place as usize..).unwrap_or_default(), length),
            };
            let any = select_unpredictable(digit != 0, ANY_NUMBER, ANY_NAME);
            let abstracted = select_unpredictable(keywords.has(exact), exact, any);
            part.put(slots, place, exact, abstracted);
        }
    }

    /// Writes down the operators, brackets and separators.
    #[inline(always)]
    fn operators(&mut self, part: Part<'_>) {
        let (prepared, mut depth) = (self.prepared, self.depth);
        let mut operators = part.taken & !part.masks.names;
        let (mut sign, mut adjacent) = (NO_SIGN, operators << 1);
        if let Last::Operator(byte) = self.last
            && let Some(gap) = self.last_end.checked_sub(part.block)
        {
            sign = prepared.byte(byte).sign;
            adjacent |= 1u64.checked_shl(gap as u32).unwrap_or(0);
        }
        let Some(slots) = self.out.room::<BLOCK>() else { return };
        while operators != 0 {
            let place = operators.trailing_zeros();
            operators &= operators - 1;
            let first = part.text.get(place as usize % BLOCK).copied().unwrap_or(0);
            let byte = prepared.byte(first);
            let glued = (adjacent >> (place % 64)) as u32 & byte.joins(sign);
            let [alone, joined] = OPERATORS.get(usize::from(first)).copied().unwrap_or_default();
            let hash = select_unpredictable(glued != 0, joined, alone);
            part.put(slots, place, hash, hash);
            sign = byte.sign;
            depth = (depth + i32::from(byte.depth)).max(0);
        }
        self.depth = depth;
    }

    /// Takes note of the last token.
    #[inline(always)]
    fn passed(&mut self, part: Part<'_>) {
        let place = part.taken.ilog2();
        let (at, byte) =
            (part.block + place as usize, part.text.get(place as usize % BLOCK).copied().unwrap_or(0));
        self.last = match self.prepared.ordinary(byte) {
            Class::Name => Last::Word { at },
            Class::Open => Last::Open,
            Class::Close => Last::Close(byte),
            Class::Separator => Last::Separator,
            Class::Operator => Last::Operator(byte),
            _ => Last::Operand,
        };
        (self.last_end, self.last_line) = (at + part.masks.run(place).max(1), part.masks.line(place));
        self.masks.starts &= !part.taken;
    }
}

impl Part<'_> {
    /// Writes a token to its place among the others.
    #[inline(always)]
    fn put(&self, slots: &mut [Token; BLOCK], place: u32, exact: u64, abstracted: u64) {
        let before = self.taken & ((1u64 << (place % 64)) - 1);
        let token = Token {
            exact,
            abstracted,
            offset: (self.block + place as usize) as u32,
            line: self.masks.line(place),
        };
        if let Some(slot) = slots.get_mut(before.count_ones() as usize % BLOCK) {
            *slot = token;
        }
    }
}
