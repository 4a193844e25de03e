//! The opener of sealed rows.

use prodops_core::environment::Environment;
use prodops_core::vault::{KeyId, OpenError, RowKey, RowPlace, VaultKey, row_key_id};

use super::{Target, fuzz};
use crate::vault::draw::Draw;

const PLACE: RowPlace<'static> =
    RowPlace { environment: Environment::Test, table: "commit", key: b"\x01\x02" };

struct Rows {
    key: RowKey,
    originals: Vec<Vec<u8>>,
}

impl Rows {
    fn new() -> Self {
        let draw = Draw::new(1);
        // An id of notable bytes, so that mutations sometimes leave it as it is.
        let key = RowKey::new(&VaultKey::from_bytes(KeyId::from_bytes([0; 16]), draw.array()));
        let seal = |length| key.seal_row(&PLACE, &draw.bytes(length), draw.entropy()).unwrap();
        let originals = [0, 1, 16, 60, 200, 1000].map(seal).to_vec();
        Self { key, originals }
    }
}

impl Target for Rows {
    const NAME: &'static str = "row";

    fn seeds(&self) -> Vec<Vec<u8>> {
        self.originals.clone()
    }

    fn borders(&self) -> &'static [usize] {
        &[0, 1, 17, 29, 45]
    }

    fn run(&self, input: &[u8]) -> &'static str {
        match self.key.open_row(&PLACE, input) {
            Ok(row) => {
                assert!(self.originals.iter().any(|original| original == input));
                assert_eq!(row.len() + RowKey::OVERHEAD, input.len());
                "opens"
            }
            Err(OpenError::UnknownKey { id }) => {
                assert_eq!(row_key_id(input), Ok(id));
                assert_eq!(id.as_bytes(), &input[1..17]);
                "another key"
            }
            Err(OpenError::NotARecord) => {
                assert!(input.len() < RowKey::OVERHEAD);
                "too short"
            }
            Err(OpenError::Unsupported { .. }) => {
                assert_ne!(input[0], 1);
                "another version"
            }
            Err(error) => {
                assert_eq!(error, OpenError::WrongKeyOrContext);
                "not authentic"
            }
        }
    }
}

#[test]
fn rows_withstand_noise() {
    let outcomes = fuzz(&Rows::new(), 1, 20_000);
    assert_eq!(outcomes.len(), 5, "every outcome comes up: {outcomes:?}");
}

#[test]
#[ignore = "ten million executions: cargo xtask soak"]
fn soak_rows_withstand_noise() {
    fuzz(&Rows::new(), 2, 10_000_000);
}
