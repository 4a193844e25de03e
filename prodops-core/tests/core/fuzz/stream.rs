//! The opener of sealed streams.

use std::io::{Read, Write};

use prodops_core::vault::{OpenError, SealedStream, SealingWriter, VaultKey};

use super::{Target, fuzz};
use crate::vault::draw::{Draw, Place};

const CHUNK: usize = 16 * 1024;

struct Streams {
    key: VaultKey,
    place: Place,
    text: Vec<u8>,
    originals: Vec<Vec<u8>>,
}

impl Streams {
    fn new() -> Self {
        let draw = Draw::new(1);
        let (key, place, text) = (draw.key(), draw.place(), draw.bytes(2 * CHUNK + 200));
        let originals = [0, 1, 200, CHUNK, CHUNK + 1, text.len()].map(|length| {
            let mut writer =
                SealingWriter::begin(Vec::new(), &key, &place.context(), draw.entropy()).unwrap();
            writer.write_all(&text[..length]).unwrap();
            writer.finish().unwrap()
        });
        Self { key, place, text, originals: originals.to_vec() }
    }

    fn open(&self, input: &[u8], text: &mut Vec<u8>) -> std::io::Result<()> {
        let stream = SealedStream::begin(input)?;
        let key = self.key.expose(|bytes| VaultKey::from_bytes(stream.key_id(), *bytes));
        stream.open(&key, &self.place.context())?.read_to_end(text).map(|_| ())
    }
}

impl Target for Streams {
    const NAME: &'static str = "stream";

    fn seeds(&self) -> Vec<Vec<u8>> {
        self.originals.clone()
    }

    fn borders(&self) -> &'static [usize] {
        &[0, 3, 4, 5, 6, 8, 24, 48, 80, 96, 80 + 16_400, 80 + 2 * 16_400]
    }

    fn run(&self, input: &[u8]) -> &'static str {
        let mut text = Vec::new();
        let result = self.open(input, &mut text);
        // Whatever came out was sealed, in this order, and chunks come out whole or not at all.
        assert!(self.text.starts_with(&text));
        let Err(error) = result else {
            assert!(self.originals.iter().any(|original| original == input));
            return "opens";
        };
        assert!(text.len().is_multiple_of(CHUNK));
        match error.get_ref().and_then(|inner| inner.downcast_ref::<OpenError>()).unwrap() {
            OpenError::NotARecord => "not a stream",
            OpenError::Unsupported { .. } => "unsupported",
            OpenError::WrongPurpose { .. } => "a record's purpose",
            OpenError::WrongKeyOrContext => "another key or context",
            error => {
                assert_eq!(*error, OpenError::Corrupt);
                if text.is_empty() { "damaged" } else { "damaged further on" }
            }
        }
    }
}

#[test]
fn streams_withstand_noise() {
    let outcomes = fuzz(&Streams::new(), 1, 4_000);
    assert_eq!(outcomes.len(), 7, "every outcome comes up: {outcomes:?}");
}

#[test]
#[ignore = "a million executions: cargo xtask soak"]
fn soak_streams_withstand_noise() {
    fuzz(&Streams::new(), 2, 1_000_000);
}
