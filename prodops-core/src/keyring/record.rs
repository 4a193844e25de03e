//! The rows of a keyring. Every key in them is wrapped: they are no secret, and worth nothing without a root key.

use serde::{Deserialize, Serialize};

use super::owner::KeyOwner;
use crate::time::Timestamp;
use crate::vault::{KeyId, SealedRecord};

/// What a root key is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RootState {
    /// On its way in: some keys may not be wrapped under it yet.
    Staged,
    /// Every key is wrapped under it, and each of those wrappings was opened once.
    Active,
    /// On its way out: some keys may not be wrapped under it any more, and no new one is.
    Retiring,
}

/// A root key that the keyring knows, without the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootRecord {
    /// Its id.
    pub id: KeyId,
    /// How far it is.
    pub state: RootState,
    /// Since when the keyring knows it.
    pub created: Timestamp,
    /// A key that is used for nothing else, wrapped under it.
    #[serde(with = "crate::hex::bytes")]
    pub check: Vec<u8>,
    /// A record under that key: whoever opens both has the right root key.
    pub proof: SealedRecord,
}

/// What a data key is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// Seals and opens. An owner has exactly one.
    Active,
    /// Opens what it once sealed.
    DecryptOnly,
    /// Gone: what it sealed cannot be read any more.
    Destroyed,
}

/// A data key as one root wrapped it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wrapping {
    /// The root.
    pub root: KeyId,
    /// What the root's provider made of the key.
    #[serde(with = "crate::hex::bytes")]
    pub bytes: Vec<u8>,
}

/// A data key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataKeyRecord {
    /// Its id, which everything that it seals names.
    pub id: KeyId,
    /// Whose it is.
    pub owner: KeyOwner,
    /// Counts the owner's keys, from 1.
    pub generation: u64,
    /// What it is good for.
    pub state: KeyState,
    /// When it was made.
    pub created: Timestamp,
    /// When it stopped to seal.
    pub superseded: Option<Timestamp>,
    /// How many rows may have been sealed with it: processes take leave for a block before they use it.
    pub seals: u64,
    /// The key, once per root; empty when it is destroyed.
    pub wrappings: Vec<Wrapping>,
}

impl DataKeyRecord {
    /// The key as this root wrapped it.
    #[must_use]
    pub fn wrapping(&self, root: KeyId) -> Option<&Wrapping> {
        self.wrappings.iter().find(|wrapping| wrapping.root == root)
    }
}

/// What a key that is sealed under a data key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SealedKeyKind {
    /// Hashes names, paths and fingerprints of a workspace. Survives every rotation of data keys.
    Index,
    /// Seals the personal data of one person in one workspace.
    Subject,
    /// Signs the checkpoints of the audit log.
    Signing,
    /// Seals the backups of its owner. Survives every rotation of data keys, or older backups could not be read.
    Backup,
}

/// A key that is sealed under its owner's data key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedKeyRecord {
    /// Whose it is.
    pub owner: KeyOwner,
    /// What for.
    pub kind: SealedKeyKind,
    /// Whom it is about; zeros where there is one per owner.
    pub subject: [u8; 16],
    /// The key.
    pub sealed: SealedRecord,
}

impl SealedKeyRecord {
    /// What a keyring finds it by.
    #[must_use]
    pub const fn place(&self) -> (KeyOwner, SealedKeyKind, [u8; 16]) {
        (self.owner, self.kind, self.subject)
    }
}
