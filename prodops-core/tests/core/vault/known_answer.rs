//! The record in the specification, byte for byte. It was made with Python's `hmac` and AES-GCM, not with this crate.

use prodops_core::entropy::{Entropy, EntropyError};
use prodops_core::environment::Environment;
use prodops_core::id::WorkspaceId;
use prodops_core::vault::{Context, KeyId, Purpose, SealedRecord, VaultKey, open, seal};

const SECRET: &[u8] = b"correct horse battery staple";
const PLACE: Context<'static> = Context {
    environment: Environment::Production,
    workspace: Some(WorkspaceId::from_bytes(0x0011_2233_4455_6677_8899_aabb_ccdd_eeff_u128.to_be_bytes())),
    kind: "connection",
    record: 0x0f0e_0d0c_0b0a_0908_0706_0504_0302_0100_u128.to_be_bytes(),
    field: "access_token",
    generation: 1,
};

/// Gives 0x80, 0x81, 0x82 and so on: a salt that is known.
#[derive(Debug)]
struct Counting;

impl Entropy for Counting {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), EntropyError> {
        buffer.iter_mut().zip(0x80..).for_each(|(to, byte)| *to = byte);
        Ok(())
    }
}

fn key() -> VaultKey {
    let counting = |first: usize| move |at: usize| u8::try_from(first + at).unwrap();
    let id = KeyId::from_bytes(std::array::from_fn(counting(0x40)));
    VaultKey::from_bytes(id, std::array::from_fn(counting(0)))
}

/// The record in the specification: the last block of its chapter.
fn published() -> SealedRecord {
    let specification = include_str!("../../../src/vault/FORMAT.md");
    let (_, chapter) = specification.split_once("## Known answer").unwrap();
    let record: String = chapter.split("```").nth(1).unwrap().lines().skip(1).collect();
    serde_json::from_str(&format!("\"{record}\"")).unwrap()
}

#[test]
fn the_known_record_opens_and_is_sealed_again_to_the_byte() {
    let known = published();
    let opened = open(&key(), Purpose::Token, &PLACE, &known).unwrap();
    assert!(opened.expose(|secret| secret == SECRET));
    assert_eq!(seal(&key(), Purpose::Token, &PLACE, SECRET, &Counting).unwrap(), known);
}
