//! How an input is changed.

use crate::vault::draw::Draw;

const NOTABLE: [u8; 9] = [0x00, 0x01, 0x02, 0x0a, 0x0b, 0x7f, 0x80, 0xfe, 0xff];
/// Lengths around which parsers change their mind.
const LENGTHS: [usize; 8] = [16, 24, 64, 80, 96, 160, 16_400, 65_536];

/// One to four changes of `base`, with parts of `other` among them. Seldom none at all.
pub(super) fn mutated(draw: &Draw, base: &[u8], other: &[u8], borders: &[usize]) -> Vec<u8> {
    let mut input = base.to_vec();
    if draw.one_in(500) {
        return input;
    }
    for _ in 0..=draw.below(4) {
        change(draw, &mut input, other, borders);
    }
    input
}

fn change(draw: &Draw, input: &mut Vec<u8>, other: &[u8], borders: &[usize]) {
    match draw.below(10) {
        0 | 1 => flip(draw, input),
        2 | 3 => overwrite(draw, input, borders),
        4 => splice(draw, input, other, borders),
        5 => input.truncate(place(draw, input, borders)),
        6 => {
            let length = draw.of(&LENGTHS).saturating_add(draw.below(5)).saturating_sub(2);
            input.resize(length, draw.of(&NOTABLE));
        }
        7 => {
            let end = input.len() + draw.of(&[1, 15, 16, 17, 64, 80]);
            input.resize(end, draw.of(&NOTABLE));
        }
        8 => {
            let (from, to) = range(draw, input, borders);
            input.drain(from..to);
        }
        _ => {
            let (from, to) = range(draw, input, borders);
            let part = input[from..to].to_vec();
            let at = place(draw, input, borders);
            input.splice(at..at, part);
        }
    }
}

fn flip(draw: &Draw, input: &mut [u8]) {
    if !input.is_empty() {
        input[draw.below(input.len())] ^= 1 << draw.below(8);
    }
}

/// Puts a notable byte at a place.
fn overwrite(draw: &Draw, input: &mut [u8], borders: &[usize]) {
    let at = place(draw, input, borders);
    if let Some(byte) = input.get_mut(at) {
        *byte = draw.of(&NOTABLE);
    }
}

/// Takes a part over from another input, to the same place.
fn splice(draw: &Draw, input: &mut Vec<u8>, other: &[u8], borders: &[usize]) {
    let (from, to) = range(draw, other, borders);
    let end = to.min(input.len());
    let start = from.min(end);
    input.splice(start..end, other[from..to].iter().copied());
}

/// Mostly at a border or next to it, otherwise anywhere; at most the length.
fn place(draw: &Draw, input: &[u8], borders: &[usize]) -> usize {
    let at = match draw.below(4) {
        0 => draw.below(input.len() + 1),
        1 => input.len().saturating_sub(draw.below(33)),
        _ => (draw.of(borders) + draw.below(3)).saturating_sub(1),
    };
    at.min(input.len())
}

fn range(draw: &Draw, input: &[u8], borders: &[usize]) -> (usize, usize) {
    let (one, two) = (place(draw, input, borders), place(draw, input, borders));
    (one.min(two), one.max(two))
}
