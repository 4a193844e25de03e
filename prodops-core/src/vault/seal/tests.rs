//! What seals opens, at its place and nowhere else.

use super::*;
use crate::environment::Environment;
use crate::id::WorkspaceId;
use crate::testing::SeededEntropy;
use crate::vault::KeyId;
use crate::vault::cobblestone::SALT_LEN;

const PLACE: Context<'static> = Context {
    environment: Environment::Test,
    workspace: Some(WorkspaceId::from_bytes([1; 16])),
    kind: "connection",
    record: [2; 16],
    field: "token",
    generation: 3,
};

fn key(seed: u64) -> VaultKey {
    VaultKey::generate(&SeededEntropy::new(seed)).unwrap()
}

fn sealed(secret: &[u8]) -> SealedRecord {
    seal(&key(1), Purpose::Token, &PLACE, secret, &SeededEntropy::new(9)).unwrap()
}

#[test]
fn secrets_of_every_length_come_back() {
    for length in (0..=130).chain([16_379, 16_380, 16_381, 32_764, 49_148, MAX_SECRET_LEN]) {
        let secret: Vec<u8> = (0..length).map(|i| (i % 251) as u8).collect();
        let record = sealed(&secret);
        assert!(record.as_bytes().len() <= SealedRecord::MAX_LEN);
        assert_eq!(SealedRecord::parse(record.as_bytes()).as_ref(), Ok(&record));
        let opened = open(&key(1), Purpose::Token, &PLACE, &record).unwrap();
        assert!(opened.expose(|opened| *opened == secret), "{length}");
    }
}

#[test]
fn the_longest_secret_fills_the_longest_record_that_padding_allows() {
    assert_eq!(MAX_SECRET_LEN, 65_340);
    let one_more = vec![0; MAX_SECRET_LEN + 1];
    let error = seal(&key(1), Purpose::Token, &PLACE, &one_more, &SeededEntropy::new(9)).unwrap_err();
    assert_eq!(error, SealError::TooLong { length: MAX_SECRET_LEN + 1, most: MAX_SECRET_LEN });
}

#[test]
fn secrets_of_similar_length_look_the_same_and_no_salt_repeats() {
    let entropy = SeededEntropy::new(9);
    let one = seal(&key(1), Purpose::Token, &PLACE, b"", &entropy).unwrap();
    let two = seal(&key(1), Purpose::Token, &PLACE, &[7; 60], &entropy).unwrap();
    assert_eq!(one.as_bytes().len(), 160);
    assert_eq!(two.as_bytes().len(), 160);
    assert_ne!(one.as_bytes()[24..48], two.as_bytes()[24..48]);
}

#[test]
fn a_record_opens_for_its_purpose_with_its_key() {
    let record = sealed(b"secret");
    let refused = |key: &VaultKey, purpose| open(key, purpose, &PLACE, &record).unwrap_err();
    assert_eq!(refused(&key(1), Purpose::Session), OpenError::WrongPurpose { found: Purpose::Token });
    assert_eq!(refused(&key(2), Purpose::Token), OpenError::UnknownKey { id: key(1).id() });
    let same_name = VaultKey::from_bytes(key(1).id(), [7; 32]);
    assert_eq!(refused(&same_name, Purpose::Token), OpenError::WrongKeyOrContext);
}

#[test]
fn every_part_of_the_context_counts() {
    let record = sealed(b"secret");
    for context in [
        Context { environment: Environment::Production, ..PLACE },
        Context { workspace: None, ..PLACE },
        Context { workspace: Some(WorkspaceId::from_bytes([9; 16])), ..PLACE },
        Context { kind: "repository", ..PLACE },
        Context { kind: "connectiontoken", field: "", ..PLACE },
        Context { record: [9; 16], ..PLACE },
        Context { field: "refresh", ..PLACE },
        Context { generation: 4, ..PLACE },
        Context { kind: &"k".repeat(70_000), ..PLACE },
    ] {
        let error = open(&key(1), Purpose::Token, &context, &record).unwrap_err();
        assert_eq!(error, OpenError::WrongKeyOrContext);
    }
}

#[test]
fn every_changed_header_byte_is_refused_even_when_the_caller_believes_it() {
    // Purpose and key id could be changed together with what the caller asks for: the context binds them.
    let record = sealed(b"secret");
    let mut bytes = record.as_bytes().to_vec();
    bytes[5] = Purpose::Session.number();
    let changed = SealedRecord::parse(&bytes).unwrap();
    assert_eq!(open(&key(1), Purpose::Session, &PLACE, &changed).unwrap_err(), OpenError::WrongKeyOrContext);
    let mut bytes = record.as_bytes().to_vec();
    bytes[8..24].copy_from_slice(&[5; 16]);
    let changed = SealedRecord::parse(&bytes).unwrap();
    let renamed = key(1).expose(|key| VaultKey::from_bytes(KeyId::from_bytes([5; 16]), *key));
    assert_eq!(open(&renamed, Purpose::Token, &PLACE, &changed).unwrap_err(), OpenError::WrongKeyOrContext);
}

#[test]
fn a_commitment_that_matches_does_not_save_a_changed_chunk() {
    let mut bytes = sealed(b"secret").as_bytes().to_vec();
    bytes[90] ^= 1;
    let changed = SealedRecord::parse(&bytes).unwrap();
    assert_eq!(open(&key(1), Purpose::Token, &PLACE, &changed).unwrap_err(), OpenError::Corrupt);
}

#[test]
fn the_tag_of_an_empty_last_chunk_counts_too() {
    // 16380 bytes and their length fill the first chunk, so the last one is a tag and nothing else.
    for length in [16_380, 32_764] {
        let record = sealed(&vec![1; length]);
        for at in record.as_bytes().len() - TAG_LEN..record.as_bytes().len() {
            let mut bytes = record.as_bytes().to_vec();
            bytes[at] ^= 1;
            let changed = SealedRecord::parse(&bytes).unwrap();
            assert_eq!(open(&key(1), Purpose::Token, &PLACE, &changed).unwrap_err(), OpenError::Corrupt);
        }
    }
}

#[test]
fn an_authentic_record_with_wrong_padding_is_refused() {
    let header = Header { purpose: Purpose::Token, key_id: key(1).id() };
    for (length, last) in [(6u32, 1u8), (61, 0), (u32::MAX, 0)] {
        let mut text = [0u8; 64 + TAG_LEN];
        text[..4].copy_from_slice(&length.to_be_bytes());
        text[63] = last;
        let context = PLACE.encode(&header.to_bytes()).unwrap();
        let message = Message::derive(key(1).prf(), &[8; SALT_LEN], &context);
        message.seal_chunk(0, &mut text).unwrap();
        let bytes =
            [header.to_bytes().as_slice(), &[8; SALT_LEN], message.commitment(), text.as_slice()].concat();
        let record = SealedRecord::parse(&bytes).unwrap();
        assert_eq!(open(&key(1), Purpose::Token, &PLACE, &record).unwrap_err(), OpenError::Corrupt);
    }
}

#[test]
fn backups_are_no_records() {
    let error = seal(&key(1), Purpose::Backup, &PLACE, b"secret", &SeededEntropy::new(9)).unwrap_err();
    assert_eq!(error, SealError::BackupIsAStream);
    let mut bytes = sealed(b"secret").as_bytes().to_vec();
    bytes[5] = Purpose::Backup.number();
    assert!(matches!(SealedRecord::parse(&bytes), Err(OpenError::Unsupported { .. })));
}

#[test]
fn what_is_no_record_is_refused_and_never_passed_through() {
    for bytes in [&b""[..], b"secret", b"PDV", &[0; 200], &b"pdv\x01\x01\x01".repeat(40)] {
        assert_eq!(SealedRecord::parse(bytes), Err(OpenError::NotARecord));
    }
    let record = sealed(b"secret");
    for length in [24, 95, 96, 111, 159, 161, 224 - 1] {
        let mut bytes = record.as_bytes().to_vec();
        bytes.resize(length, 0);
        assert_eq!(SealedRecord::parse(&bytes), Err(OpenError::Corrupt), "{length}");
    }
    let mut long = record.as_bytes().to_vec();
    long.resize(80 + 4 * 16_400 + 80, 0);
    assert_eq!(SealedRecord::parse(&long), Err(OpenError::Corrupt), "longer than 64 KiB");
}

#[test]
fn both_serialised_forms_are_read_back_and_only_records_are() {
    let record = sealed(b"secret");
    let json = serde_json::to_string(&record).unwrap();
    assert!(json.starts_with("\"50445601"), "{json}");
    assert_eq!(serde_json::from_str::<SealedRecord>(&json).unwrap(), record);
    let compact = postcard::to_stdvec(&record).unwrap();
    assert_eq!(compact.len(), record.as_bytes().len() + 2);
    assert_eq!(postcard::from_bytes::<SealedRecord>(&compact).unwrap(), record);
    for bad in ["\"\"", "\"secret\"", "[]", "[80,68,86]", "null"] {
        assert!(serde_json::from_str::<SealedRecord>(bad).is_err(), "{bad}");
    }
}

#[test]
fn it_shows_what_is_public_only() {
    let record = sealed(b"secret");
    assert_eq!(format!("{record:?}"), format!("SealedRecord(token, key {}, 160 bytes)", record.key_id()));
}
