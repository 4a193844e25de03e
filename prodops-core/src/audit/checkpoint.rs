//! C2SP checkpoints: what a log signs of its tree.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::TreeHash;
use super::note::{KeyName, NoteError, NoteSigner, NoteVerifier};

/// A note is no checkpoint of this log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// It is no note that the log signed.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// What the log signed is not in the form of a checkpoint.
    #[error("the signed note is not a checkpoint")]
    Malformed,
    /// It is the checkpoint of another log.
    #[error("the checkpoint belongs to another log: compare its first line with the name of the key")]
    Origin,
}

/// The size and the root of a log's tree at some moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: KeyName,
    /// How many leaves the tree had.
    pub size: u64,
    /// The tree's root.
    pub root: TreeHash,
}

impl Checkpoint {
    /// The checkpoint as the signed note that others keep.
    ///
    /// # Errors
    /// [`CheckpointError::Origin`] when the signer has another name than the log.
    pub fn sign(&self, signer: &NoteSigner) -> Result<String, CheckpointError> {
        if *signer.name() != self.origin {
            return Err(CheckpointError::Origin);
        }
        let root = BASE64.encode(self.root.as_bytes());
        Ok(signer.sign(&format!("{}\n{}\n{root}\n", self.origin, self.size))?)
    }

    /// The checkpoint in a signed note, after its signature and form are checked. Lines below the root are passed over.
    ///
    /// # Errors
    /// [`CheckpointError`] when the log did not sign it, or it is not exactly a checkpoint.
    pub fn open(note: &[u8], verifier: &NoteVerifier) -> Result<Self, CheckpointError> {
        let text = verifier.open(note)?;
        let mut lines = text.strip_suffix('\n').unwrap_or(text).split('\n');
        let mut line = || lines.next().filter(|line| !line.is_empty()).ok_or(CheckpointError::Malformed);
        let (origin, size, root) = (line()?, line()?, line()?);
        if lines.any(str::is_empty) {
            return Err(CheckpointError::Malformed);
        }
        if origin != verifier.name().as_str() {
            return Err(CheckpointError::Origin);
        }
        let root = BASE64.decode(root).ok().and_then(|root| root.try_into().ok());
        Ok(Self {
            origin: verifier.name().clone(),
            size: decimal(size).ok_or(CheckpointError::Malformed)?,
            root: TreeHash::from_bytes(root.ok_or(CheckpointError::Malformed)?),
        })
    }
}

/// A number as the form asks for it: digits only, no leading zero.
fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}
