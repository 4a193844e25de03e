//! Seals a token, opens it or does both so many times, for counting instructions and processor time:
//! `vault-once seal|open|both prodops|aws-lc-rs|ring COUNT`.

use std::hint::black_box;

use benches::peer::{AwsLc, Error, Library, Ring};
use benches::token::{PLACE, TOKEN, peer};
use prodops_core::entropy::SystemEntropy;
use prodops_core::vault::{Purpose, SealedRecord, VaultKey, open, seal};

fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, side, count] = arguments.as_slice() else {
        return Err("usage: vault-once seal|open|both prodops|aws-lc-rs|ring COUNT".into());
    };
    let key = VaultKey::generate(&SystemEntropy)?;
    let count = count.parse()?;
    match side.as_str() {
        "prodops" => ours(&key, what, count),
        "aws-lc-rs" => theirs::<AwsLc>(&key, what, count),
        "ring" => theirs::<Ring>(&key, what, count),
        _ => Err("the side is prodops, aws-lc-rs or ring".into()),
    }
}

fn ours(key: &VaultKey, what: &str, count: u64) -> Result<(), Error> {
    let mut sealed: SealedRecord = seal(key, Purpose::Token, &PLACE, &TOKEN, &SystemEntropy)?;
    for _ in 0..count {
        if what != "open" {
            sealed = black_box(seal(key, Purpose::Token, &PLACE, black_box(&TOKEN), &SystemEntropy)?);
        }
        if what != "seal" {
            black_box(open(key, Purpose::Token, &PLACE, black_box(&sealed))?);
        }
    }
    Ok(())
}

fn theirs<L: Library>(key: &VaultKey, what: &str, count: u64) -> Result<(), Error> {
    let peer = peer::<L>(key)?;
    let mut sealed = peer.seal(&TOKEN, &SystemEntropy)?;
    for _ in 0..count {
        if what != "open" {
            sealed = black_box(peer.seal(black_box(&TOKEN), &SystemEntropy)?);
        }
        if what != "seal" {
            black_box(peer.open(black_box(&sealed))?);
        }
    }
    Ok(())
}
