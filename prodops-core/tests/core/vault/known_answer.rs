//! One record, byte for byte. It was made with Python's `hmac` and AES-GCM, not with this crate.

use prodops_core::entropy::{Entropy, EntropyError};
use prodops_core::environment::Environment;
use prodops_core::id::WorkspaceId;
use prodops_core::vault::{Context, KeyId, Purpose, SealedRecord, VaultKey, open, seal};

const SECRET: &[u8] = b"correct horse battery staple";
const RECORD: &str = "\
    5044560101010000404142434445464748494a4b4c4d4e4f\
    808182838485868788898a8b8c8d8e8f9091929394959697\
    1c37e86646c6679f62d2ec6c108fd773bf3b3fb779395d155941e8f61c2a14eb\
    2c73970d3919be03bb0367d80b06d2e4f5229d5474c210fe1db8f3ffc3a2afee\
    e8ddc8e4f3c07d2e1de2be7be81bac04ba01cc1f82c037c3ae57a8cefa70172d\
    76f7b23dea76f884aa50e3e98ead8c1d";

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

#[test]
fn the_known_record_opens_and_is_sealed_again_to_the_byte() {
    let known: SealedRecord = serde_json::from_str(&format!("\"{RECORD}\"")).unwrap();
    let opened = open(&key(), Purpose::Token, &PLACE, &known).unwrap();
    assert!(opened.expose(|secret| secret == SECRET));
    assert_eq!(seal(&key(), Purpose::Token, &PLACE, SECRET, &Counting).unwrap(), known);
}
