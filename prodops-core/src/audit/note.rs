//! C2SP signed notes: text with Ed25519 signatures that name their keys.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::secret::Secret;

/// The byte that stands for Ed25519 in key ids and keys.
const ED25519: u8 = 1;
/// More signatures than a checkpoint has, fewer than an attacker would like to have checked.
const MOST_SIGNATURES: usize = 16;
/// The longest note that is looked at, in bytes.
const LONGEST: usize = 64 * 1024;

/// A text is no signed note, or not one that the key signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteError {
    /// A name of a key is empty or has a space, a control character or a plus in it.
    #[error("the name of a signing key must have no spaces and no plus, and must not be empty")]
    Name,
    /// A public key is not `name+id+base64`.
    #[error("not a public key for signed notes: expected the form name+id+key")]
    Key,
    /// The note is not in the form of a signed note.
    #[error("not a signed note")]
    Malformed,
    /// The key in question did not sign it.
    #[error("the note is not signed by this key")]
    NotSigned,
    /// It says that the key signed it, and that is not true.
    #[error("the signature is wrong: the note was changed, or the key is another one of the same name")]
    WrongSignature,
}

/// The name of a key: for a log, its origin.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KeyName(Box<str>);

impl KeyName {
    /// Checks the name and takes it in.
    ///
    /// # Errors
    /// [`NoteError::Name`] when it is empty, longer than 200 bytes or has a space, control character or plus in it.
    pub fn new(name: &str) -> Result<Self, NoteError> {
        let bad = |c: char| c.is_whitespace() || c.is_control() || c == '+';
        if name.is_empty() || name.len() > 200 || name.contains(bad) {
            return Err(NoteError::Name);
        }
        Ok(Self(name.into()))
    }

    /// The checked text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Signs notes under one name.
///
/// # Security
/// Holds a private key: neither `Clone` nor serialisable; wiped when dropped.
pub struct NoteSigner {
    name: KeyName,
    key: SigningKey,
}

impl NoteSigner {
    /// The signer with this Ed25519 seed.
    #[must_use]
    pub fn new(name: KeyName, seed: &Secret<[u8; 32]>) -> Self {
        Self { name, key: seed.expose(SigningKey::from_bytes) }
    }

    /// The name that it signs under.
    #[must_use]
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// The public half.
    #[must_use]
    pub fn verifier(&self) -> NoteVerifier {
        NoteVerifier { name: self.name.clone(), key: self.key.verifying_key() }
    }

    /// The text with one signature below it.
    ///
    /// # Errors
    /// [`NoteError::Malformed`] when the text does not end with a newline, or has other control characters in it.
    pub fn sign(&self, text: &str) -> Result<String, NoteError> {
        check_text(text)?;
        let signature = self.key.sign(text.as_bytes());
        let bytes = [&key_id(&self.name, &self.key.verifying_key())[..], &signature.to_bytes()].concat();
        Ok(format!("{text}\n\u{2014} {} {}\n", self.name, BASE64.encode(bytes)))
    }
}

impl fmt::Debug for NoteSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NoteSigner").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Checks the notes of one signer. As text it is `name+id+base64(0x01 ‖ key)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteVerifier {
    name: KeyName,
    key: VerifyingKey,
}

impl NoteVerifier {
    /// The name that the signer signs under.
    #[must_use]
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// The text of the note, when this key signed it.
    ///
    /// # Errors
    /// [`NoteError`] in every other case.
    pub fn open<'n>(&self, note: &'n [u8]) -> Result<&'n str, NoteError> {
        let (text, signatures) = split(note)?;
        let own = key_id(&self.name, &self.key);
        let mut found = None;
        for line in signatures {
            let (name, id, signature) = signature_line(line)?;
            if name == self.name.as_str() && id == own && found.replace(signature).is_some() {
                return Err(NoteError::Malformed);
            }
        }
        let signature = Signature::from_slice(&found.ok_or(NoteError::NotSigned)?)
            .map_err(|_| NoteError::WrongSignature)?;
        let valid = self.key.verify_strict(text.as_bytes(), &signature);
        valid.map(|()| text).map_err(|_| NoteError::WrongSignature)
    }
}

impl fmt::Display for NoteVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = u32::from_be_bytes(key_id(&self.name, &self.key));
        let key = [&[ED25519][..], self.key.as_bytes()].concat();
        write!(f, "{}+{id:08x}+{}", self.name, BASE64.encode(key))
    }
}

impl FromStr for NoteVerifier {
    type Err = NoteError;
    fn from_str(text: &str) -> Result<Self, NoteError> {
        let mut parts = text.splitn(3, '+');
        let mut part = || parts.next().ok_or(NoteError::Key);
        let (name, id, key) = (KeyName::new(part()?)?, part()?, part()?);
        let key = BASE64.decode(key).map_err(|_| NoteError::Key)?;
        let key = key.strip_prefix(&[ED25519]).and_then(|key| key.try_into().ok()).ok_or(NoteError::Key)?;
        let key = VerifyingKey::from_bytes(key).map_err(|_| NoteError::Key)?;
        let verifier = Self { name, key };
        let stated = format!("{:08x}", u32::from_be_bytes(key_id(&verifier.name, &key)));
        if stated == id { Ok(verifier) } else { Err(NoteError::Key) }
    }
}

fn key_id(name: &KeyName, key: &VerifyingKey) -> [u8; 4] {
    let mut hash = Sha256::new();
    hash.update(name.as_str());
    hash.update([b'\n', ED25519]);
    hash.update(key.as_bytes());
    let [a, b, c, d, ..] = <[u8; 32]>::from(hash.finalize());
    [a, b, c, d]
}

fn check_text(text: &str) -> Result<(), NoteError> {
    let control = text.bytes().any(|byte| byte < b' ' && byte != b'\n');
    if text.ends_with('\n') && !control { Ok(()) } else { Err(NoteError::Malformed) }
}

/// The text with its last newline, and the lines of signatures, of which there is at least one.
fn split(note: &[u8]) -> Result<(&str, impl Iterator<Item = &str>), NoteError> {
    let note = std::str::from_utf8(note).map_err(|_| NoteError::Malformed)?;
    check_text(note)?;
    let end = note.rfind("\n\n").filter(|_| note.len() <= LONGEST).ok_or(NoteError::Malformed)?;
    let (text, below) = note.split_at_checked(end.saturating_add(1)).ok_or(NoteError::Malformed)?;
    let below = below.strip_prefix('\n').and_then(|lines| lines.strip_suffix('\n'));
    let lines = below.ok_or(NoteError::Malformed)?.split('\n');
    if lines.clone().count() > MOST_SIGNATURES { Err(NoteError::Malformed) } else { Ok((text, lines)) }
}

fn signature_line(line: &str) -> Result<(&str, [u8; 4], Vec<u8>), NoteError> {
    let rest = line.strip_prefix("\u{2014} ").ok_or(NoteError::Malformed)?;
    let (name, signature) = rest.split_once(' ').ok_or(NoteError::Malformed)?;
    KeyName::new(name).map_err(|_| NoteError::Malformed)?;
    let bytes = BASE64.decode(signature).map_err(|_| NoteError::Malformed)?;
    match bytes.split_first_chunk() {
        Some((id, signature)) if !signature.is_empty() => Ok((name, *id, signature.to_vec())),
        _ => Err(NoteError::Malformed),
    }
}
