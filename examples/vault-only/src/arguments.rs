//! The command line.

use clap::{Args, Parser, Subcommand};
use prodops_core::entropy::{Entropy, EntropyError};
use prodops_core::environment::Environment;
use prodops_core::id::WorkspaceId;
use prodops_core::vault::{Context, KeyId, Purpose, VaultKey};
use uuid::Uuid;

use crate::hex::Hex;

/// Seals and opens single records of the ProdOps vault (format PDV1).
#[derive(Parser)]
#[command(version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Seals the secret on standard input; the record comes out as hexadecimal text.
    Seal {
        #[command(flatten)]
        place: Place,
        /// Take this salt instead of a random one: 24 bytes in hexadecimal.
        #[arg(long, value_name = "HEX24", value_parser = fixed_salt, requires = "insecure_fixed_salt")]
        salt: Option<FixedSalt>,
        /// Allow a fixed salt. Two records with one salt under one key give their secrets away: for known answers only.
        #[arg(long, requires = "salt")]
        insecure_fixed_salt: bool,
    },
    /// Opens the record on standard input, hexadecimal text; the secret comes out as it is.
    Open {
        #[command(flatten)]
        place: Place,
    },
}

/// A key and what it seals: a record opens only where all of it is the same.
#[derive(Args)]
pub(crate) struct Place {
    /// The key: 32 bytes in hexadecimal.
    #[arg(long, value_name = "HEX32")]
    key: Hex<32>,
    /// Its id: 16 bytes in hexadecimal.
    #[arg(long, value_name = "HEX16")]
    key_id: KeyId,
    /// What the record is for, 1 to 10.
    #[arg(long, value_name = "N", value_parser = purpose)]
    pub(crate) purpose: Purpose,
    /// development, test, staging or production.
    #[arg(long)]
    environment: Environment,
    /// The tenant; zeros for the deployment.
    #[arg(long, value_name = "UUID", default_value_t = Uuid::nil())]
    workspace: Uuid,
    /// The kind of row.
    #[arg(long)]
    kind: String,
    /// The id of the row; zeros where there is none.
    #[arg(long, value_name = "UUID", default_value_t = Uuid::nil())]
    record: Uuid,
    /// The field of the row.
    #[arg(long, default_value = "")]
    field: String,
    /// Which of the field's values over time.
    #[arg(long, value_name = "N", default_value_t = 0)]
    generation: u64,
}

impl Place {
    pub(crate) fn key(&self) -> VaultKey {
        VaultKey::from_bytes(self.key_id, self.key.0)
    }

    pub(crate) fn context(&self) -> Context<'_> {
        Context {
            environment: self.environment,
            workspace: Some(WorkspaceId::from_bytes(self.workspace.into_bytes())),
            kind: &self.kind,
            record: self.record.into_bytes(),
            field: &self.field,
            generation: self.generation,
        }
    }
}

fn purpose(text: &str) -> Result<Purpose, &'static str> {
    text.parse().ok().and_then(Purpose::from_number).ok_or("there is no such purpose")
}

/// The salt as a source of "random" bytes: the vault asks for nothing else.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FixedSalt([u8; 24]);

impl Entropy for FixedSalt {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), EntropyError> {
        let salt = self.0.get(..buffer.len()).ok_or(EntropyError)?;
        buffer.copy_from_slice(salt);
        Ok(())
    }
}

fn fixed_salt(text: &str) -> Result<FixedSalt, &'static str> {
    text.parse().map(|Hex(salt)| FixedSalt(salt))
}
