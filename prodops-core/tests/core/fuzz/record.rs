//! The parser and the opener of sealed records.

use prodops_core::vault::{OpenError, Purpose, SealedRecord, VaultKey, open, seal};

use super::{Target, fuzz};
use crate::vault::draw::{Draw, OF_RECORDS, Place};

struct Records {
    key: VaultKey,
    place: Place,
    originals: Vec<Vec<u8>>,
}

impl Records {
    fn new() -> Self {
        let draw = Draw::new(1);
        let (key, place) = (draw.key(), draw.place());
        let lengths = [0, 1, 40, 60, 61, 200, 16_380, 16_384, 20_000];
        let sealed = lengths.into_iter().zip(OF_RECORDS).map(|(length, purpose)| {
            let record = seal(&key, purpose, &place.context(), &draw.bytes(length), draw.entropy());
            record.unwrap().as_bytes().to_vec()
        });
        let originals: Vec<_> = sealed.collect();
        Self { key, place, originals }
    }

    /// What the most trusting caller does: believes the header, with the right key under whatever name.
    fn open(&self, record: &SealedRecord) -> Result<(), OpenError> {
        let place = self.place.context();
        if record.key_id() == self.key.id() {
            return open(&self.key, record.purpose(), &place, record).map(|_| ());
        }
        let renamed = self.key.expose(|bytes| VaultKey::from_bytes(record.key_id(), *bytes));
        open(&renamed, record.purpose(), &place, record).map(|_| ())
    }
}

impl Target for Records {
    const NAME: &'static str = "record";

    fn seeds(&self) -> Vec<Vec<u8>> {
        // Short ones are fast, so there are more of them.
        let mut seeds = self.originals.clone();
        let short: Vec<_> = seeds.iter().filter(|seed| seed.len() < 1000).cloned().collect();
        (0..4).for_each(|_| seeds.extend(short.iter().cloned()));
        seeds
    }

    fn borders(&self) -> &'static [usize] {
        &[0, 3, 4, 5, 6, 8, 24, 48, 80, 84, 96, 160, 80 + 16_400]
    }

    fn run(&self, input: &[u8]) -> &'static str {
        let record = match SealedRecord::parse(input) {
            Ok(record) => record,
            Err(OpenError::NotARecord) => {
                assert!(input.len() < 24 || input[..3] != *b"PDV");
                return "not a record";
            }
            Err(OpenError::Unsupported { .. }) => {
                let [format, suite, purpose, r0, r1] = input[3..8].try_into().unwrap();
                let for_streams = purpose == Purpose::Backup.number();
                assert!(
                    [format, suite, r0, r1] != [1, 1, 0, 0] || purpose > 10 || purpose == 0 || for_streams
                );
                return "unsupported";
            }
            Err(error) => {
                assert_eq!(error, OpenError::Corrupt);
                assert!(!plausible(input.len()), "{} bytes", input.len());
                return "no length of a record";
            }
        };
        assert!(plausible(input.len()) && input.len() <= SealedRecord::MAX_LEN);
        assert_eq!(record.as_bytes(), input);
        assert_eq!([record.purpose().number(), input[6], input[7]], [input[5], 0, 0]);
        assert_eq!(record.key_id().as_bytes(), &input[8..24]);
        match self.open(&record) {
            Ok(()) => {
                assert!(
                    self.originals.iter().any(|original| original == input),
                    "something that was never sealed opens"
                );
                "opens"
            }
            Err(OpenError::WrongKeyOrContext) => "another key or context",
            Err(error) => {
                assert_eq!(error, OpenError::Corrupt);
                "damaged"
            }
        }
    }
}

/// Whether a record can have this length, counted chunk by chunk.
fn plausible(length: usize) -> bool {
    let Some(mut chunks) = length.checked_sub(80) else { return false };
    let mut text = 0;
    while chunks >= 16_400 {
        (chunks, text) = (chunks - 16_400, text + 16_384);
    }
    length <= 65_536 && chunks >= 16 && (text + chunks - 16).is_multiple_of(64) && text + chunks > 16
}

#[test]
fn records_withstand_noise() {
    let outcomes = fuzz(&Records::new(), 1, 20_000);
    assert_eq!(outcomes.len(), 6, "every outcome comes up: {outcomes:?}");
}

#[test]
fn a_run_comes_out_the_same_every_time() {
    assert_eq!(fuzz(&Records::new(), 3, 2_000), fuzz(&Records::new(), 3, 2_000));
}

#[test]
#[ignore = "ten million executions: cargo xtask soak"]
fn soak_records_withstand_noise() {
    fuzz(&Records::new(), 2, 10_000_000);
}
