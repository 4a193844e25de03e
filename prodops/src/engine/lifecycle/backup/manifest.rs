//! What a backup consists of, and the signature over it.

use prodops_core::audit::{KeyName, NoteError, NoteSigner, NoteVerifier};
use prodops_core::environment::Environment;
use prodops_core::id::BackupId;
use prodops_core::keyring::KeyOwner;
use prodops_core::time::Timestamp;
use prodops_store::ledger::LedgerHead;
use prodops_store::portable;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::BackupError;

/// The file of the manifest.
pub(super) const MANIFEST: &str = "manifest.json";
/// The file of the signed note about it.
pub(super) const NOTE: &str = "manifest.note";
/// The first line of the note.
const TITLE: &str = "prodops backup 1";

/// One stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PartEntry {
    pub(super) owner: KeyOwner,
    pub(super) rows: u64,
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

/// All of them, with what must fit before one is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    pub(super) id: BackupId,
    pub(super) environment: String,
    pub(super) made: Timestamp,
    /// The version of the rows.
    pub(super) rows: u32,
    /// How far the ledger of deletions was.
    pub(super) ledger: LedgerHead,
    pub(super) parts: Vec<PartEntry>,
}

/// The name of an owner's stream. It is made from the owner: no name in a manifest is believed.
pub(super) fn part_name(owner: KeyOwner) -> String {
    match owner {
        KeyOwner::Deployment => "deployment.pdv".to_owned(),
        KeyOwner::Workspace(id) => format!("workspace-{id}.pdv"),
    }
}

/// The name that backups are signed under: not the audit log's own, so that neither signature is good for the other.
pub(super) fn signer_name(origin: &KeyName) -> Result<KeyName, NoteError> {
    KeyName::new(&format!("{origin}/backup"))
}

impl Manifest {
    pub(super) fn to_json(&self) -> Vec<u8> {
        // Ids, times, numbers, hexadecimal text: it always becomes JSON.
        serde_json::to_vec_pretty(self).unwrap_or_default()
    }

    pub(super) fn sign(&self, json: &[u8], signer: &NoteSigner) -> Result<String, NoteError> {
        signer.sign(&self.text(json))
    }

    fn text(&self, json: &[u8]) -> String {
        format!("{TITLE}\n{}\n{}\n{}\nsha256 {}\n", self.environment, self.id, self.made, digest(json))
    }

    /// The manifest, after signature, environment and version are checked.
    pub(super) fn open(
        json: &[u8],
        note: &[u8],
        verifier: &NoteVerifier,
        environment: Environment,
    ) -> Result<Self, BackupError> {
        let signed = verifier.open(note).map_err(|_| BackupError::NotSigned)?;
        let manifest: Self =
            serde_json::from_slice(json).map_err(|_| BackupError::damaged(MANIFEST, "no manifest"))?;
        if manifest.text(json) != signed {
            return Err(BackupError::damaged(MANIFEST, "not the one that was signed"));
        }
        if manifest.environment != environment.as_str() {
            let (found, expected) = (manifest.environment, environment.as_str().to_owned());
            return Err(BackupError::Environment { found, expected });
        }
        if manifest.rows != portable::VERSION {
            return Err(BackupError::Version { found: manifest.rows, expected: portable::VERSION });
        }
        Ok(manifest)
    }
}

pub(super) fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}
