//! What can be asked of a keyring, and how it is done: by the command itself, or by the server that runs.

use prodops::core::entropy::SystemEntropy;
use prodops::core::keyring::{KeyOwner, KeyState, Keyring, KeyringError, RootPlan, RootState, Roots};
use prodops::core::vault::KeyId;
use prodops::engine::{Engine, EngineError};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

use super::super::{CliError, with_causes};
use crate::config::Config;

/// A task for whoever holds the keyring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Show what there is.
    Plan,
    /// Open everything once.
    Verify,
    /// Bring the configured roots into use.
    RotateRoot,
    /// New data keys.
    RotateDek {
        /// Whose; everybody's unless given.
        owner: Option<KeyOwner>,
    },
    /// A backup now.
    Backup,
    /// Old keys out.
    Retire {
        /// A root key; old data keys unless given.
        root: Option<KeyId>,
    },
}

/// Does it, and tells what was done in lines for people.
///
/// # Errors
/// When it cannot be done or must not be done yet; what was done before stays.
pub async fn execute(engine: &Engine, config: &Config, order: &Order) -> Result<Vec<String>, CliError> {
    let keyring = engine.keyring()?;
    // The configuration may name other roots than when the server was started.
    let roots = || config.roots(&(Arc::new(SystemEntropy) as Arc<_>));
    match order {
        Order::Plan => plan(keyring, &roots()?).await,
        Order::Verify => verify(keyring, &roots()?).await,
        Order::RotateRoot => {
            keyring.use_roots(roots()?).await.map_err(EngineError::from)?;
            rotate_root(engine).await
        }
        Order::RotateDek { owner } => rotate_dek(engine, *owner).await,
        Order::Retire { root: Some(root) } => {
            keyring.use_roots(roots()?).await.map_err(EngineError::from)?;
            engine.retire_root(*root).await?;
            Ok(vec![format!(
                "root key {root} opens nothing any more: take it out of the configuration, and destroy it"
            )])
        }
        Order::Backup => match engine.backup_now().await? {
            Some(backup) => Ok(vec![format!("made {backup}")]),
            None => Err(CliError::Argument(
                "no place for backups: set `[backup]` with a `folder` in the configuration".to_owned(),
            )),
        },
        Order::Retire { root: None } => retire(engine).await,
    }
}

async fn plan(keyring: &Keyring, roots: &Roots) -> Result<Vec<String>, CliError> {
    let plan = keyring.plan(roots).await.map_err(EngineError::from)?;
    let keys = |state| plan.keys.get(&state).copied().unwrap_or(0);
    let (active, older) = (keys(KeyState::Active), keys(KeyState::DecryptOnly));
    let mut lines = vec![format!(
        "{} owners, {active} active data keys, {older} that only open, {} destroyed, {} keys sealed under them",
        plan.owners,
        keys(KeyState::Destroyed),
        plan.sealed_keys
    )];
    lines.extend(plan.roots.iter().map(|root| root_line(root, active + older)));
    Ok(lines)
}

fn root_line(root: &RootPlan, live: u64) -> String {
    let RootPlan { id, state, given, wrapped } = root;
    let what = match (state, given) {
        (Some(RootState::Active), true) => "in use",
        (Some(RootState::Active), false) => {
            "in use, but not in the configuration: `retire --root` takes it out of use"
        }
        (Some(RootState::Staged), true) => "on its way in: `rotate-root` completes it",
        (Some(RootState::Staged), false) => "on its way in, and not in the configuration",
        (Some(RootState::Retiring), _) => "on its way out: `retire --root` completes it",
        (None, _) => "in the configuration and not in use yet: `rotate-root` brings it into use",
    };
    format!("root key {id}: wraps {wrapped} of {live} data keys, {what}")
}

async fn verify(keyring: &Keyring, roots: &Roots) -> Result<Vec<String>, CliError> {
    let found = keyring.verify(roots).await.map_err(EngineError::from)?;
    if let Some((owner, key, reason)) = found.failures.first() {
        let more = found.failures.len() - 1;
        return Err(CliError::Argument(format!("key {key} of {owner}: {reason} ({more} more like it)")));
    }
    Ok(vec![format!(
        "{} wrappings and {} sealed keys opened, none failed",
        found.wrappings, found.sealed_keys
    )])
}

async fn rotate_root(engine: &Engine) -> Result<Vec<String>, CliError> {
    let promoted = engine.rotate_roots().await?;
    if promoted.is_empty() {
        let line = "every root key of the configuration was in use already, and wraps every data key";
        return Ok(vec![line.to_owned()]);
    }
    Ok(promoted.iter().map(|id| format!("root key {id} is in use: it wraps every data key")).collect())
}

async fn rotate_dek(engine: &Engine, owner: Option<KeyOwner>) -> Result<Vec<String>, CliError> {
    let owners = match owner {
        Some(owner) => vec![owner],
        None => engine.keyring()?.owners().await.map_err(EngineError::from)?,
    };
    let (mut lines, mut failures) = (Vec::with_capacity(owners.len()), Failures::default());
    for owner in owners {
        match rotate_one(engine, owner).await {
            Ok(line) => lines.push(line),
            Err(error) => failures.add(owner, &error),
        }
    }
    failures.told_after(lines.len())?;
    lines.push("the keys before open nothing new; `retire` destroys them ten minutes from now".to_owned());
    Ok(lines)
}

async fn rotate_one(engine: &Engine, owner: KeyOwner) -> Result<String, EngineError> {
    match engine.rotate_data_key(owner).await {
        Ok(id) => {
            let rows = engine.sweep(owner).await?.rows;
            Ok(format!("{owner}: {rows} rows are sealed under the new key {id}"))
        }
        // A workspace that was deleted stays deleted.
        Err(EngineError::Keys(KeyringError::NoKeys(_))) => Ok(format!("{owner}: has no keys (any more)")),
        Err(error) => Err(error),
    }
}

async fn retire(engine: &Engine) -> Result<Vec<String>, CliError> {
    let (mut done, mut retired, mut kept, mut failures) = (0, 0, 0, Failures::default());
    for owner in engine.keyring()?.owners().await.map_err(EngineError::from)? {
        match engine.retire_data_keys(owner).await {
            Ok(sweep) => (done, retired, kept) = (done + 1, retired + sweep.retired, kept + sweep.kept),
            Err(error) => failures.add(owner, &error),
        }
    }
    failures.told_after(done)?;
    let why = if kept > 0 {
        ": rows name them still, or they were in use within ten minutes; run `rotate-dek` or wait"
    } else {
        ""
    };
    Ok(vec![format!("{retired} old data keys destroyed, {kept} kept{why}")])
}

/// Whose keys could not be changed. One of them does not hold the others up.
#[derive(Default)]
struct Failures(Vec<String>);

impl Failures {
    fn add(&mut self, owner: KeyOwner, error: &EngineError) {
        let reason = with_causes(error);
        tracing::warn!(%owner, reason, "the keys of an owner");
        self.0.push(format!("{owner}: {reason}"));
    }

    fn told_after(self, done: usize) -> Result<(), CliError> {
        let Self(failed) = self;
        if failed.is_empty() {
            return Ok(());
        }
        Err(CliError::Argument(format!(
            "{} owners failed, {done} are done; run it again for the rest: {}",
            failed.len(),
            failed.join("; ")
        )))
    }
}
