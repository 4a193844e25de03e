//! `audit`: verifies the audit logs of a deployment, and hands them to others.

mod export;

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use prodops::core::audit::{Checkpoint, NoteVerifier};
use prodops::engine::{AuditVerification, Engine};

use super::CliError;
use crate::config::Config;

pub(super) const EXAMPLE: &str = "Examples, while the server is stopped:\n  \
     reference-server audit export --config prodops.toml --out /mnt/elsewhere/audit\n  \
     reference-server audit verify --config prodops.toml --checkpoint /mnt/elsewhere/audit/checkpoint\n\
     Keep `checkpoint` and `key` of an export elsewhere: what is cut off after it was made shows against it.";

#[derive(Debug, Args)]
pub(super) struct Audit {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Compare every log with the tree, and the tree with its checkpoints. Exit code 1 when anything is wrong.
    Verify {
        /// The configuration file of `serve`.
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
        /// A checkpoint that was kept elsewhere.
        #[arg(long, value_name = "FILE")]
        checkpoint: Option<PathBuf>,
        /// The key that the checkpoint was signed with, as an export wrote it; the deployment's own unless given.
        #[arg(long, value_name = "KEY", requires = "checkpoint")]
        public_key: Option<String>,
    },
    /// Write the tree as C2SP tlog-tiles with a signed checkpoint, and each log as JSON lines.
    Export {
        /// The configuration file of `serve`.
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
        /// A folder that is not there yet, or empty.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

impl Audit {
    pub(super) async fn run(self) -> Result<(), CliError> {
        match self.task {
            Task::Verify { config, checkpoint, public_key } => {
                verify(&engine(&config).await?, checkpoint.as_deref(), public_key).await
            }
            Task::Export { config, out } => export::export(&engine(&config).await?, &out).await,
        }
    }
}

async fn engine(config: &Path) -> Result<Engine, CliError> {
    let engine = Config::load(config)?.engine()?.build().await?;
    match engine.sealed() {
        Some(reason) => Err(CliError::Argument(reason.to_string())),
        None => Ok(engine),
    }
}

async fn verify(engine: &Engine, checkpoint: Option<&Path>, key: Option<String>) -> Result<(), CliError> {
    let mut kept = Vec::new();
    if let Some(path) = checkpoint {
        let key = match key {
            Some(key) => {
                key.trim().parse::<NoteVerifier>().map_err(|error| CliError::Argument(error.to_string()))?
            }
            None => engine.audit_key().await?,
        };
        let unusable = |why: &dyn std::fmt::Display| {
            CliError::Argument(format!("the checkpoint {} cannot be used: {why}", path.display()))
        };
        let note = std::fs::read(path).map_err(|error| unusable(&error))?;
        kept.push(Checkpoint::open(&note, &key).map_err(|error| unusable(&error))?);
    }
    let found = engine.audit_source("VerifyAudit").await?.verify(kept).await?;
    report(&found)
}

fn report(found: &AuditVerification) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} entries in {} logs", found.entries, found.logs)?;
    writeln!(out, "tree: {} leaves, root {}", found.size, found.root)?;
    writeln!(out, "signed: up to leaf {}; {} entries wait for a place", found.signed, found.waiting)?;
    if found.purged > 0 || found.erased > 0 {
        let (purged, erased) = (found.purged, found.erased);
        writeln!(out, "only hashes left: {purged} purged, {erased} of workspaces whose keys are destroyed")?;
    }
    for finding in &found.findings {
        writeln!(out, "WRONG: {finding}")?;
    }
    match found.findings.as_slice() {
        [] => Ok(()),
        [only] => Err(CliError::Audit { first: only.to_string(), more: String::new() }),
        [first, rest @ ..] => {
            Err(CliError::Audit { first: first.to_string(), more: format!(" (and {} more)", rest.len()) })
        }
    }
}
