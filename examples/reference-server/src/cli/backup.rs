//! `backup` and `restore`: by hand what `serve` does by its schedule, and the way back.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use prodops::engine::{BackupInfo, BackupTarget, FolderTarget};

use super::{CliError, Order, execute};
use crate::admin;
use crate::config::Config;

pub(super) const EXAMPLE: &str = "Example:\n  reference-server backup --config prodops.toml\n\nIn prodops.toml:\n  [backup]\n  \
    folder = \"/var/backups/prodops\"\n  keys-folder = \"/mnt/elsewhere/prodops-keys\"\n  every-hours = 24\n  keep-days = 20";

pub(super) const RESTORE_EXAMPLE: &str = "Put the newest copies of the keyring and of its `.deletions` in place, and no store. Then:\n  \
    reference-server restore --config prodops.toml --from /var/backups/prodops";

#[derive(Debug, Args)]
pub(super) struct Backup {
    /// The configuration file of `serve`.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Restore {
    /// The configuration file of `serve`.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// The folder of the backups, of which the newest is taken, or one of them.
    #[arg(long, value_name = "FOLDER")]
    from: PathBuf,
}

impl Backup {
    pub(super) async fn run(self) -> Result<(), CliError> {
        let config = Config::load(&self.config)?;
        let lines = match admin::ask(&config, &Order::Backup).await? {
            Some(lines) => lines,
            // No server runs: this process does it.
            None => execute(&config.engine()?.build().await?, &config, &Order::Backup).await?,
        };
        for line in lines {
            writeln!(std::io::stdout(), "{line}")?;
        }
        Ok(())
    }
}

impl Restore {
    pub(super) async fn run(self) -> Result<(), CliError> {
        let config = Config::load(&self.config)?;
        let engine = config.engine()?.build().await?;
        let (folder, named) = place(self.from);
        let target: Arc<dyn BackupTarget> = Arc::new(FolderTarget::new(folder));
        let done = engine.restore(&target, named).await?;
        let (backup, rows, workspaces) = (&done.backup, done.rows, done.workspaces);
        writeln!(std::io::stdout(), "restored {backup}: {rows} rows of {workspaces} workspaces")?;
        if done.stay_deleted > 0 {
            let gone = done.stay_deleted;
            writeln!(std::io::stdout(), "{gone} workspaces were deleted since, and stay deleted")?;
        }
        Ok(())
    }
}

/// A folder that has the name of a backup is that backup.
fn place(from: PathBuf) -> (PathBuf, Option<BackupInfo>) {
    let name = from.file_name().map(|name| name.to_string_lossy().into_owned());
    match (name.and_then(|name| BackupInfo::parse(&name)), from.parent()) {
        (Some(backup), Some(folder)) => (folder.to_owned(), Some(backup)),
        _ => (from, None),
    }
}
