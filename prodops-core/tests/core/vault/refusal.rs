//! Whatever is changed about a record or about the place that it is opened at: it does not open.

use prodops_core::environment::Environment;
use prodops_core::id::WorkspaceId;
use prodops_core::vault::{OpenError, SealedRecord, VaultKey, open, seal};
use proptest::prelude::*;

use super::draw::{Draw, OF_RECORDS, Place};

/// What a caller sees who has these bytes, believes their header and has the right key and place.
fn opens(key: &VaultKey, place: &Place, bytes: &[u8]) -> Result<(), OpenError> {
    let record = SealedRecord::parse(bytes)?;
    let key = key.expose(|bytes| VaultKey::from_bytes(record.key_id(), *bytes));
    open(&key, record.purpose(), &place.context(), &record).map(|_| ())
}

/// The place with one part after another taken from elsewhere.
fn swapped(place: &Place, other: &Place) -> [Place; 7] {
    let environment = match place.environment {
        Environment::Production => Environment::Staging,
        _ => Environment::Production,
    };
    [
        Place { environment, ..place.clone() },
        Place { workspace: other.workspace, ..place.clone() },
        Place { workspace: None, ..place.clone() },
        Place { kind: other.kind.clone(), ..place.clone() },
        Place { record: other.record, ..place.clone() },
        Place { field: other.field.clone(), ..place.clone() },
        Place { generation: place.generation ^ 1, ..place.clone() },
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    #[test]
    fn every_flipped_bit_and_every_cut_is_refused(seed: u64, length in 0usize..150) {
        let draw = Draw::new(seed);
        let (key, place, secret) = (draw.key(), draw.place(), draw.bytes(length));
        let record = seal(&key, draw.of(&OF_RECORDS), &place.context(), &secret, draw.entropy()).unwrap();
        let mut bytes = record.as_bytes().to_vec();
        prop_assert_eq!(opens(&key, &place, &bytes), Ok(()));
        for bit in 0..bytes.len() * 8 {
            bytes[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(opens(&key, &place, &bytes).is_err(), "bit {}", bit);
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        for cut in 0..bytes.len() {
            prop_assert!(opens(&key, &place, &bytes[..cut]).is_err(), "the first {} bytes", cut);
            prop_assert!(opens(&key, &place, &bytes[cut + 1..]).is_err(), "without {} bytes", cut + 1);
        }
    }
}

proptest! {
    #[test]
    fn every_swapped_part_of_the_place_is_refused(seed: u64) {
        let draw = Draw::new(seed);
        let (key, mut place, mut other) = (draw.key(), draw.place(), draw.place());
        place.workspace = Some(WorkspaceId::from_bytes(draw.array()));
        (other.kind, other.field) = (format!("{}k", place.kind), format!("{}f", place.field));
        other.record = draw.array();
        other.workspace = Some(WorkspaceId::from_bytes(draw.array()));
        let purpose = draw.of(&OF_RECORDS);
        let record = seal(&key, purpose, &place.context(), b"secret", draw.entropy()).unwrap();
        prop_assert!(open(&key, purpose, &place.context(), &record).is_ok());
        for wrong in swapped(&place, &other) {
            let error = open(&key, purpose, &wrong.context(), &record).unwrap_err();
            prop_assert_eq!(error, OpenError::WrongKeyOrContext, "{:?}", wrong);
        }
        for wrong in OF_RECORDS.into_iter().filter(|wrong| *wrong != purpose) {
            let error = open(&key, wrong, &place.context(), &record).unwrap_err();
            prop_assert_eq!(error, OpenError::WrongPurpose { found: purpose });
        }
        let error = open(&draw.key(), purpose, &place.context(), &record).unwrap_err();
        prop_assert_eq!(error, OpenError::UnknownKey { id: key.id() });
    }

    #[test]
    fn a_text_does_not_move_over_the_border_of_two_parts(seed: u64, at in 1usize..4) {
        let draw = Draw::new(seed);
        let (key, place) = (draw.key(), draw.place());
        let sealed_at = Place { kind: "abcd".into(), field: "efgh".into(), ..place.clone() };
        let (front, back) = "abcdefgh".split_at(at);
        let opened_at = Place { kind: front.into(), field: back.into(), ..place };
        let purpose = draw.of(&OF_RECORDS);
        let record = seal(&key, purpose, &sealed_at.context(), b"secret", draw.entropy()).unwrap();
        let error = open(&key, purpose, &opened_at.context(), &record).unwrap_err();
        prop_assert_eq!(error, OpenError::WrongKeyOrContext);
    }
}
