//! The 80 bytes in front of the chunks of a record or stream: header, salt, commitment.

use super::cobblestone::{COMMITMENT_LEN, Message, SALT_LEN};
use super::context::Context;
use super::error::{OpenError, SealError};
use super::header::{HEADER_LEN, Header};
use super::key::VaultKey;
use crate::entropy::Entropy;

pub(super) const PREFIX_LEN: usize = HEADER_LEN + SALT_LEN + COMMITMENT_LEN;

/// A prefix, taken apart.
#[derive(Clone, Copy)]
pub(super) struct Prefix<'a> {
    header: &'a [u8; HEADER_LEN],
    salt: &'a [u8; SALT_LEN],
    commitment: &'a [u8; COMMITMENT_LEN],
}

/// A prefix with a new salt, with room behind it, and the keys that it stands for.
pub(super) fn begin(
    key: &VaultKey,
    header: Header,
    context: &Context<'_>,
    entropy: &dyn Entropy,
    room: usize,
) -> Result<(Vec<u8>, Message), SealError> {
    let header = header.to_bytes();
    let mut salt = [0u8; SALT_LEN];
    entropy.fill(&mut salt)?;
    let message = Message::derive(key.prf(), &salt, &context.encode(&header)?);
    let mut bytes = Vec::with_capacity(PREFIX_LEN + room);
    bytes.extend_from_slice(&header);
    bytes.extend_from_slice(&salt);
    bytes.extend_from_slice(message.commitment());
    Ok((bytes, message))
}

impl<'a> Prefix<'a> {
    /// The prefix, and the chunks behind it.
    pub(super) fn split(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (header, rest) = bytes.split_first_chunk()?;
        let (salt, rest) = rest.split_first_chunk()?;
        let (commitment, chunks) = rest.split_first_chunk()?;
        Some((Self { header, salt, commitment }, chunks))
    }

    /// The keys that open the chunks, once the prefix commits to this key and context.
    pub(super) fn message(&self, key: &VaultKey, context: &Context<'_>) -> Result<Message, OpenError> {
        // Nothing can have been sealed in a place that cannot be encoded.
        let context = context.encode(self.header).map_err(|_| OpenError::WrongKeyOrContext)?;
        let message = Message::derive(key.prf(), self.salt, &context);
        if message.is_committed_by(self.commitment) { Ok(message) } else { Err(OpenError::WrongKeyOrContext) }
    }
}
