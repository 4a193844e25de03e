//! Secrets, the forms in which they turn up, and log text without any of them.

use std::fmt::Write;

/// What secrets are made of: the alphabet of most providers' tokens.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// As many secrets of this length; the same ones in every run.
#[must_use]
pub fn secrets(count: usize, length: usize) -> Vec<Vec<u8>> {
    let mut state = length as u64;
    let mut letter = || ALPHABET.get((next(&mut state) >> 58) as usize).copied().unwrap_or(b'A');
    (0..count).map(|_| (0..length).map(|_| letter()).collect()).collect()
}

/// What an automaton has to know to find what the guard finds of a secret of letters and digits: raw, two cases of
/// hexadecimal digits and three phases of base64.
#[must_use]
pub fn forms(secret: &[u8]) -> Vec<Vec<u8>> {
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut forms = vec![secret.to_vec(), hex.to_uppercase().into_bytes(), hex.into_bytes()];
    forms.extend((0..3).map(|phase| base64(secret, phase)));
    forms
}

/// The base64 digits that depend on the secret alone.
fn base64(secret: &[u8], phase: usize) -> Vec<u8> {
    const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bit = |at: usize| secret.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
    let first = (6 - phase * 8 % 6) % 6;
    let starts = (first..).step_by(6).take_while(|start| start + 6 <= secret.len() * 8);
    let digit = |start: usize| (start..start + 6).fold(0u8, |digit, at| digit << 1 | bit(at));
    starts.filter_map(|start| STANDARD.get(usize::from(digit(start))).copied()).collect()
}

/// Lines of a server's log.
#[must_use]
pub fn log(length: usize) -> Vec<u8> {
    let mut state = 1;
    let mut text = String::with_capacity(length + 200);
    while text.len() < length {
        let (id, took) = (next(&mut state), next(&mut state) % 5000);
        let second = state % 60;
        let _ = writeln!(
            text,
            "2026-03-01T12:00:{second:02}.{took:06}Z  INFO request{{id={id:016x} method=GET path=/w/platform/report}}: \
             reference_server::web: answered status=200 bytes={took} elapsed={took}us"
        );
    }
    text.truncate(length);
    text.into_bytes()
}

/// SplitMix64.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ word >> 31
}
