//! `vault`: makes root keys, shows and rotates keys. A running server does the work itself, without a pause.

mod order;
mod put_back;

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand};
use prodops::core::entropy::SystemEntropy;
use prodops::core::id::WorkspaceId;
use prodops::core::keyring::{KeyOwner, KeyProvider, KeySource, LocalRoot};
use prodops::core::vault::KeyId;

use super::CliError;
use crate::admin;
use crate::config::Config;
pub use order::{Order, execute};

pub(super) const EXAMPLE: &str = "A root key rotation, while the server runs:\n  reference-server vault new-key /etc/prodops/next.key\n  \
     (add it to the configuration: root-keys = [\"file:/etc/prodops/next.key\", \"file:/etc/prodops/root.key\"])\n  \
     reference-server vault plan --config prodops.toml\n  reference-server vault rotate-root --config prodops.toml\n  \
     reference-server vault verify --config prodops.toml\n  \
     reference-server vault retire --root ID --config prodops.toml\n  (take the old one out of the configuration)";

#[derive(Debug, Args)]
pub(super) struct Vault {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Make a root key file that only its owner can read; never over one that is there.
    NewKey {
        /// Where to put it.
        file: PathBuf,
    },
    /// Show the roots and keys that there are, and what a rotation would do. Changes nothing.
    Plan(Where),
    /// Open every wrapped key with every root key that the configuration names, and see that none lacks one that is in use.
    /// Changes nothing.
    Verify(Where),
    /// Bring every root key of the configuration into use: stage, wrap, verify, promote. Begin again after a kill.
    RotateRoot(Where),
    /// Make new data keys and bring everything stored under them.
    RotateDek {
        #[command(flatten)]
        place: Where,
        /// Only this workspace's; all data keys unless given.
        #[arg(long, value_name = "ID")]
        workspace: Option<WorkspaceId>,
    },
    /// Put a copy of the keyring and of its ledger, as a backup made it, into a keyring's database that is empty.
    PutBack {
        #[command(flatten)]
        place: Where,
        /// The folder with `keyring` and `keyring.deletions`.
        #[arg(long, value_name = "FOLDER")]
        from: PathBuf,
    },
    /// Destroy old data keys that nothing names any more, or take a root key out of use.
    Retire {
        #[command(flatten)]
        place: Where,
        /// The root key to take out of use.
        #[arg(long, value_name = "ID")]
        root: Option<KeyId>,
    },
}

#[derive(Debug, Args)]
struct Where {
    /// The configuration file of `serve`.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

impl Vault {
    pub(super) async fn run(self) -> Result<(), CliError> {
        let (place, order) = match self.task {
            Task::NewKey { file } => return new_key(file),
            Task::PutBack { place, from } => {
                return put_back::run(&Config::load(&place.config)?, &from).await;
            }
            Task::Plan(place) => (place, Order::Plan),
            Task::Verify(place) => (place, Order::Verify),
            Task::RotateRoot(place) => (place, Order::RotateRoot),
            Task::RotateDek { place, workspace } => {
                (place, Order::RotateDek { owner: workspace.map(KeyOwner::Workspace) })
            }
            Task::Retire { place, root } => (place, Order::Retire { root }),
        };
        let config = Config::load(&place.config)?;
        let lines = match admin::ask(&config, &order).await? {
            Some(lines) => lines,
            // No server runs: this process does it.
            None => execute(&config.engine()?.build().await?, &config, &order).await?,
        };
        for line in lines {
            writeln!(std::io::stdout(), "{line}")?;
        }
        Ok(())
    }
}

fn new_key(file: PathBuf) -> Result<(), CliError> {
    KeySource::create_file(&file, &SystemEntropy).map_err(crate::config::ConfigError::Key)?;
    let root = LocalRoot::load(&KeySource::File(file.clone()), Arc::new(SystemEntropy));
    let id = root.map_err(crate::config::ConfigError::Key)?.root();
    writeln!(
        std::io::stdout(),
        "{} holds root key {id}. Keep a copy where neither the data nor its backups are: without it they are noise.",
        file.display()
    )?;
    Ok(())
}
