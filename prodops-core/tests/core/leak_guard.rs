//! Canaries planted at random past the leak guard: each is found, and no trace of it gets through. The canary's own search is
//! the oracle; it shares the forms with the guard, whose tests check those against independent encoders, and nothing else.

use prodops_core::leak_guard::{LeakGuard, OnLeak, Redactor, Registration};
use prodops_core::testing::Canary;

use crate::vault::draw::Draw;

/// Secrets that live at the same time.
const LIVE: usize = 50;

/// What was planted and what came of it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    planted: u64,
    found: u64,
    clean: u64,
    untouched: u64,
}

/// Sends a text through in random pieces, some of them flushed.
fn through(mut redactor: Redactor, draw: &Draw, mut text: &[u8]) -> Vec<u8> {
    let mut clean = Vec::new();
    while !text.is_empty() {
        let (piece, rest) = text.split_at(1 + draw.below(text.len()).min(draw.below(200)));
        redactor.pass(piece, &mut clean);
        if draw.one_in(3) {
            redactor.flush(&mut clean);
        }
        text = rest;
    }
    redactor.flush(&mut clean);
    clean
}

fn noise(draw: &Draw) -> Vec<u8> {
    // Letters without a backslash, which before a quotation mark would make a raw form an escaped one.
    let bytes = draw.bytes(draw.below(300));
    if draw.one_in(2) {
        bytes
    } else {
        bytes.iter().map(|byte| b" abcdefghijklmn\n"[usize::from(byte & 15)]).collect()
    }
}

fn plant(seed: u64, times: u64) -> Count {
    let draw = Draw::new(seed);
    let guard = LeakGuard::new(draw.entropy(), OnLeak::Count).unwrap();
    let mut live: Vec<(Canary, Registration)> = Vec::new();
    let mut count = Count::default();
    for _ in 0..times {
        if live.len() < LIVE || draw.one_in(20) {
            let canary = Canary::generate(draw.entropy());
            let registration = guard.register(&canary.secret()).unwrap();
            live.push((canary, registration));
            if live.len() > LIVE {
                drop(live.swap_remove(draw.below(LIVE)));
            }
        }
        let (canary, _) = &live[draw.below(live.len())];
        let (before, after) = (noise(&draw), noise(&draw));
        let (_, encoded) = &canary.encodings()[draw.below(8)];
        let hits = guard.sink("planted").hits();
        let text = [before.as_slice(), encoded.as_bytes(), &after].concat();
        let clean = through(guard.sink("planted").redactor(), &draw, &text);
        count.planted += 1;
        count.found += u64::from(guard.sink("planted").hits() > hits);
        count.clean += u64::from(canary.find(&clean).is_none());
        let other = [before.as_slice(), &after].concat();
        count.untouched += u64::from(through(guard.sink("noise").redactor(), &draw, &other) == other);
    }
    assert_eq!((guard.live(), guard.hits()["noise"]), (live.len(), 0));
    count
}

#[test]
fn planted_canaries_are_found_and_noise_is_left_alone() {
    let all = 2_000;
    assert_eq!(plant(1, all), Count { planted: all, found: all, clean: all, untouched: all });
}

#[test]
#[ignore = "a million plantings: cargo xtask soak"]
fn soak_planted_canaries_are_found_and_noise_is_left_alone() {
    let all = 1_000_000;
    let count = plant(2, all);
    println!("leak guard: {count:?}");
    assert_eq!(count, Count { planted: all, found: all, clean: all, untouched: all });
}
