//! Cobblestone-256 of C2SP "chunked-encryption": the keys of one message, and its chunks.

use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::aes::Aes256Enc;
use aes_gcm::aes::cipher::consts::U12;
use aes_gcm::{AeadInOut, AesGcm, Error, KeyInit, Tag};
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use super::expand::Prf;

pub(super) const SALT_LEN: usize = 24;
pub(super) const COMMITMENT_LEN: usize = 32;
pub(super) const TAG_LEN: usize = 16;
/// Plaintext bytes of every chunk but the last, which is shorter.
pub(super) const CHUNK_LEN: usize = 16 * 1024;
/// A full chunk with its tag.
pub(super) const SEALED_CHUNK_LEN: usize = CHUNK_LEN + TAG_LEN;

const CHUNKS_MAX: u64 = 1 << 38;
const INFO: &[u8] = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0";

/// AES-256-GCM that keeps the round keys of one direction only: GCM never decrypts a block.
pub(super) type Aes256Gcm = AesGcm<Aes256Enc, U12>;

/// What HKDF-Expand gives for one message: its cipher, its nonces and the commitment to its key and context.
pub(super) struct Message {
    cipher: Aes256Gcm,
    base_nonce: [u8; 12],
    commitment: [u8; COMMITMENT_LEN],
}

impl Message {
    /// Derives them from the key, a salt that never repeats under it, and the context.
    pub(super) fn derive(prf: &Prf, salt: &[u8; SALT_LEN], context: &[u8]) -> Self {
        let mut output = prf.expand::<76>(&[INFO, salt, context]);
        let mut key = part::<0, 32>(&output);
        let message = Self {
            cipher: Aes256Gcm::new((&key).into()),
            base_nonce: part::<32, 12>(&output),
            commitment: part::<44, COMMITMENT_LEN>(&output),
        };
        key.as_mut_slice().zeroize();
        output.as_mut_slice().zeroize();
        message
    }

    pub(super) const fn commitment(&self) -> &[u8; COMMITMENT_LEN] {
        &self.commitment
    }

    /// Whether a message commits to this key and context, in time that does not depend on where it differs.
    pub(super) fn is_committed_by(&self, commitment: &[u8; COMMITMENT_LEN]) -> bool {
        self.commitment.ct_eq(commitment).into()
    }

    /// Encrypts a chunk in place; its last 16 bytes are overwritten with the tag.
    pub(super) fn seal_chunk(&self, number: u64, chunk: &mut [u8]) -> Result<(), Error> {
        let nonce = self.nonce(number)?;
        let (text, slot) = chunk.split_last_chunk_mut::<TAG_LEN>().ok_or(Error)?;
        *slot = self.cipher.encrypt_inout_detached(&nonce.into(), b"", text.into())?.into();
        Ok(())
    }

    /// Decrypts a chunk into `text`, which is 16 bytes shorter and left alone when the chunk is not authentic.
    pub(super) fn open_chunk(&self, number: u64, chunk: &[u8], text: &mut [u8]) -> Result<(), Error> {
        let nonce = self.nonce(number)?;
        let (sealed, tag) = chunk.split_last_chunk::<TAG_LEN>().ok_or(Error)?;
        let buffer = InOutBuf::new(sealed, text).map_err(|_| Error)?;
        self.cipher.decrypt_inout_detached(&nonce.into(), b"", buffer, &Tag::from(*tag))
    }

    /// The base nonce XOR the number of the chunk as a big-endian integer.
    fn nonce(&self, number: u64) -> Result<[u8; 12], Error> {
        if number >= CHUNKS_MAX {
            return Err(Error);
        }
        let mut nonce = self.base_nonce;
        for (byte, counter) in nonce.iter_mut().rev().zip(number.to_le_bytes()) {
            *byte ^= counter;
        }
        Ok(nonce)
    }
}

/// The `N` bytes from `FROM` on.
fn part<const FROM: usize, const N: usize>(output: &[u8; 76]) -> [u8; N] {
    const { assert!(FROM + N <= 76, "the parts lie inside of the output") };
    std::array::from_fn(|at| output.get(FROM + at).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests;
