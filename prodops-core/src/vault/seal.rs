//! Sealing a secret into a record and opening it again.

use zeroize::{Zeroize, Zeroizing};

use super::cobblestone::{CHUNK_LEN, Message, SEALED_CHUNK_LEN, TAG_LEN};
use super::context::Context;
use super::error::{OpenError, SealError};
use super::header::Header;
use super::key::VaultKey;
use super::padding;
use super::prefix::{self, PREFIX_LEN, Prefix};
use super::purpose::Purpose;
use super::record::{SealedRecord, text_len};
use crate::entropy::Entropy;
use crate::secret::Secret;

/// The longest secret that fits into a record, in bytes.
pub const MAX_SECRET_LEN: usize = {
    let room = SealedRecord::MAX_LEN - PREFIX_LEN;
    let text = room - (room / SEALED_CHUNK_LEN + 1) * TAG_LEN;
    text - text % 64 - padding::LENGTH_LEN
};

/// Seals a secret for one purpose and one place.
///
/// # Errors
/// When the secret is longer than [`MAX_SECRET_LEN`], a part of the context longer than 65535 bytes, the purpose a
/// backup (that is a stream), or no random salt can be had.
///
/// # Security
/// Two records of the same secret have nothing in common but their length, which tells the secret's to within 64 bytes.
pub fn seal(
    key: &VaultKey,
    purpose: Purpose,
    context: &Context<'_>,
    secret: &[u8],
    entropy: &dyn Entropy,
) -> Result<SealedRecord, SealError> {
    if purpose == Purpose::Backup {
        return Err(SealError::BackupIsAStream);
    }
    let too_long = SealError::TooLong { length: secret.len(), most: MAX_SECRET_LEN };
    let text =
        padding::padded_len(secret.len()).filter(|_| secret.len() <= MAX_SECRET_LEN).ok_or(too_long)?;
    let length = u32::try_from(secret.len()).map_err(|_| too_long)?.to_be_bytes();

    let header = Header { purpose, key_id: key.id() };
    let chunks = text + (text / CHUNK_LEN + 1) * TAG_LEN;
    let (mut bytes, message) = prefix::begin(key, header, context, entropy, chunks)?;
    bytes.resize(PREFIX_LEN + chunks, 0);
    let slots = bytes.get_mut(PREFIX_LEN..).unwrap_or_default();
    if seal_chunks(&message, slots, &length, secret).is_err() {
        bytes.zeroize();
        return Err(too_long);
    }
    Ok(SealedRecord::from_sealed(header, bytes))
}

/// Lays length and secret into the zeros of the chunks, leaving out the tags, and encrypts each chunk in place.
fn seal_chunks(
    message: &Message,
    slots: &mut [u8],
    mut length: &[u8],
    mut secret: &[u8],
) -> Result<(), aes_gcm::Error> {
    for (number, slot) in (0u64..).zip(slots.chunks_mut(SEALED_CHUNK_LEN)) {
        let room = slot.len().saturating_sub(TAG_LEN);
        let text = slot.get_mut(..room).unwrap_or_default();
        let rest = fill(text, &mut length);
        fill(rest, &mut secret);
        message.seal_chunk(number, slot)?;
    }
    Ok(())
}

/// Moves as much of `from` to the front of `to` as fits and answers the rest of `to`.
fn fill<'a>(to: &'a mut [u8], from: &mut &[u8]) -> &'a mut [u8] {
    let length = to.len().min(from.len());
    let (now, later) = from.split_at(length);
    let (front, rest) = to.split_at_mut(length);
    front.copy_from_slice(now);
    *from = later;
    rest
}

/// Opens a record that was sealed with this key, for this purpose and this place.
///
/// # Errors
/// `WrongPurpose` and `UnknownKey` when the header says otherwise, `WrongKeyOrContext` when the record does not commit
/// to the key and the context, `Corrupt` when it does and was changed nevertheless.
///
/// # Security
/// The commitment is compared in constant time before anything is decrypted; nothing is released that is not
/// authentic. Tell outsiders [`OpenError::uniform`] only.
pub fn open(
    key: &VaultKey,
    purpose: Purpose,
    context: &Context<'_>,
    record: &SealedRecord,
) -> Result<Secret<Vec<u8>>, OpenError> {
    if record.purpose() != purpose {
        return Err(OpenError::WrongPurpose { found: record.purpose() });
    }
    if record.key_id() != key.id() {
        return Err(OpenError::UnknownKey { id: record.key_id() });
    }
    let (prefix, chunks) = Prefix::split(record.as_bytes()).ok_or(OpenError::Corrupt)?;
    let message = prefix.message(key, context)?;
    let mut text = open_chunks(&message, chunks).ok_or(OpenError::Corrupt)?;
    let secret = padding::secret_in(&text).ok_or(OpenError::Corrupt)?;
    // In place: what is left behind the secret is wiped together with it.
    let length = secret.len();
    text.copy_within(secret, 0);
    text.truncate(length);
    Ok(Secret::new(std::mem::take(&mut *text)))
}

fn open_chunks(message: &Message, chunks: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut text = Zeroizing::new(vec![0u8; text_len(chunks.len())?]);
    let mut rest = text.as_mut_slice();
    // The chunks lead: the last one may be a tag alone, which has no text and is checked like every other.
    for (number, chunk) in (0u64..).zip(chunks.chunks(SEALED_CHUNK_LEN)) {
        let (text, later) = rest.split_at_mut_checked(chunk.len().checked_sub(TAG_LEN)?)?;
        message.open_chunk(number, chunk, text).ok()?;
        rest = later;
    }
    Some(text)
}

#[cfg(test)]
mod tests;
