//! Cobblestone-256 of C2SP "chunked-encryption": the keys of one message, and its chunks.

use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::aes::Aes256Enc;
use aes_gcm::aes::cipher::consts::U12;
use aes_gcm::{AeadInOut, AesGcm, Error, KeyInit, Tag};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

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
        let info = [INFO, salt, context].concat();
        let output = Zeroizing::new(prf.expand::<76>(&info));
        let (mut key, mut base_nonce, mut commitment) = ([0u8; 32], [0u8; 12], [0u8; COMMITMENT_LEN]);
        let slots = key.iter_mut().chain(&mut base_nonce).chain(&mut commitment);
        for (to, from) in slots.zip(output.iter()) {
            *to = *from;
        }
        let message = Self { cipher: Aes256Gcm::new(&key.into()), base_nonce, commitment };
        key.zeroize();
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

impl Drop for Message {
    fn drop(&mut self) {
        self.base_nonce.zeroize();
        self.commitment.zeroize();
    }
}

#[cfg(test)]
mod tests;
