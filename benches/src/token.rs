//! The case that the measurements of records share: a token of 200 bytes, its place, and peers with the same key.

use prodops_core::entropy::{Entropy, EntropyError};
use prodops_core::environment::Environment;
use prodops_core::id::WorkspaceId;
use prodops_core::vault::{Context, Purpose, VaultKey, seal};

use crate::peer::{AwsLc, Error, Library, Peer, Ring};

/// Where the token belongs.
pub const PLACE: Context<'static> = Context {
    environment: Environment::Production,
    workspace: Some(WorkspaceId::from_bytes([1; 16])),
    kind: "connection",
    record: [2; 16],
    field: "access_token",
    generation: 1,
};

/// The token.
pub const TOKEN: [u8; 200] = [b't'; 200];

/// The same key at the same place, in the hands of another library.
///
/// # Errors
/// None in practice: the parts of the place are short.
pub fn peer<L: Library>(key: &VaultKey) -> Result<Peer<L>, Error> {
    let mut header = *b"PDV\x01\x01\x01\0\0________________";
    header.get_mut(8..).unwrap_or_default().copy_from_slice(key.id().as_bytes());
    let mut place = Vec::new();
    for part in [b"production".as_slice(), &[1; 16], b"connection", &[2; 16], b"access_token"] {
        place.extend_from_slice(&u16::try_from(part.len())?.to_be_bytes());
        place.extend_from_slice(part);
    }
    place.extend_from_slice(&1u64.to_be_bytes());
    Ok(key.expose(|bytes| Peer::new(bytes, header, place)))
}

/// Gives these bytes, for comparing.
#[derive(Debug)]
struct Fixed([u8; 24]);

impl Entropy for Fixed {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), EntropyError> {
        buffer.copy_from_slice(self.0.get(..buffer.len()).ok_or(EntropyError)?);
        Ok(())
    }
}

/// Peers that did something else would be no peers.
///
/// # Errors
/// When they do.
pub fn assert_same_bytes(key: &VaultKey) -> Result<(), Error> {
    let salt = Fixed([8; 24]);
    let ours = seal(key, Purpose::Token, &PLACE, &TOKEN, &salt)?;
    let (aws, ring) = (peer::<AwsLc>(key)?, peer::<Ring>(key)?);
    let same = aws.seal(&TOKEN, &salt)? == ours.as_bytes()
        && ring.seal(&TOKEN, &salt)? == ours.as_bytes()
        && aws.open(ours.as_bytes())?.as_slice() == TOKEN
        && ring.open(ours.as_bytes())?.as_slice() == TOKEN;
    if same { Ok(()) } else { Err("the peers do not make the same record".into()) }
}
