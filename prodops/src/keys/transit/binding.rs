//! A wrapped key belongs to one place, whatever the engine makes of that.
//!
//! ```text
//! place     = "prodops/transit/1\0" ‖ lp(environment) ‖ lp(workspace, 16 B, nil where there is none) ‖ lp(kind)
//!           ‖ lp(record, 16 B) ‖ lp(field) ‖ u64be generation ‖ key id (16 B)           lp(x) = u32be length ‖ x
//! plaintext = 0x01 ‖ key (32 B) ‖ HMAC-SHA-256(key, place)
//! ```

use hmac::{Hmac, KeyInit as _, Mac as _};
use prodops_core::id::WorkspaceId;
use prodops_core::secret::Secret;
use prodops_core::vault::{Context, KeyId, VaultKey};
use sha2::Sha256;

const LABEL: &[u8] = b"prodops/transit/1\0";
const VERSION: u8 = 1;
const TAG_LEN: usize = 32;
const NIL: [u8; 16] = [0; 16];

/// The bytes that stand for a place: equal for the same key and context, and for nothing else.
pub(super) fn place(id: KeyId, context: &Context<'_>) -> Vec<u8> {
    let workspace = context.workspace.as_ref().map_or(&NIL, WorkspaceId::as_bytes);
    let parts: [&[u8]; 5] = [
        context.environment.as_str().as_bytes(),
        workspace,
        context.kind.as_bytes(),
        &context.record,
        context.field.as_bytes(),
    ];
    let mut bytes = LABEL.to_vec();
    for part in parts {
        // A part of more than 4 GiB would not be in memory.
        bytes.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes.extend_from_slice(&context.generation.to_be_bytes());
    bytes.extend_from_slice(id.as_bytes());
    bytes
}

/// What is given to the engine: the key, and the proof that it belongs to the place.
pub(super) fn bind(key: &VaultKey, place: &[u8]) -> Secret<Vec<u8>> {
    key.expose(|key| {
        let mut bytes = Vec::with_capacity(1 + key.len() + TAG_LEN);
        bytes.push(VERSION);
        bytes.extend_from_slice(key);
        bytes.extend_from_slice(&tag(key, place));
        Secret::new(bytes)
    })
}

/// The key, if it is one and belongs to the place.
pub(super) fn open(plaintext: &Secret<Vec<u8>>, id: KeyId, place: &[u8]) -> Option<VaultKey> {
    plaintext.expose(|bytes| {
        let ([VERSION], rest) = bytes.split_first_chunk()? else { return None };
        let (key, stated) = rest.split_first_chunk::<32>()?;
        let stated = Secret::new(<[u8; TAG_LEN]>::try_from(stated).ok()?);
        stated.ct_eq(&Secret::new(tag(key, place))).then(|| VaultKey::from_bytes(id, *key))
    })
}

fn tag(key: &[u8; 32], place: &[u8]) -> [u8; TAG_LEN] {
    // HMAC takes keys of any length, so this is never `Err`.
    let mac =
        Hmac::<Sha256>::new_from_slice(key).map(|mac| mac.chain_update(place).finalize().into_bytes().into());
    mac.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use prodops_core::environment::Environment;

    use super::*;

    fn context(kind: &'static str, field: &'static str) -> Context<'static> {
        Context {
            environment: Environment::Test,
            workspace: None,
            kind,
            record: [3; 16],
            field,
            generation: 7,
        }
    }

    #[test]
    fn a_place_is_written_to_the_byte() {
        let mut expected = b"prodops/transit/1\0\0\0\0\x04test\0\0\0\x10".to_vec();
        expected.extend([0; 16]);
        expected.extend(b"\0\0\0\x08data-key\0\0\0\x10");
        expected.extend([3; 16]);
        expected.extend(b"\0\0\0\0\0\0\0\0\0\0\0\x07");
        expected.extend([9; 16]);
        assert_eq!(place(KeyId::from_bytes([9; 16]), &context("data-key", "")), expected);
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let id = KeyId::from_bytes([9; 16]);
        assert_ne!(place(id, &context("ab", "c")), place(id, &context("a", "bc")));
    }

    #[test]
    fn a_key_opens_at_its_place_only() {
        let key = VaultKey::from_bytes(KeyId::from_bytes([9; 16]), [5; 32]);
        let bound = bind(&key, b"here");
        assert!(open(&bound, key.id(), b"here").unwrap().ct_eq(&key));
        assert!(open(&bound, key.id(), b"there").is_none());
        for offset in 0..65 {
            let mut changed = bound.expose(Vec::clone);
            changed[offset] ^= 1;
            assert!(open(&Secret::new(changed), key.id(), b"here").is_none(), "{offset}");
        }
        for length in 0..65 {
            let cut = bound.expose(|bytes| bytes[..length].to_vec());
            assert!(open(&Secret::new(cut), key.id(), b"here").is_none(), "{length}");
        }
    }
}
