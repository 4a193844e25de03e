//! What can be asked of a keyring, and how it is done: by the command itself, or by the server that runs.

use prodops::core::entropy::SystemEntropy;
use prodops::core::keyring::{KeyOwner, KeyState, Keyring, RootPlan, RootState};
use prodops::core::vault::KeyId;
use prodops::engine::Engine;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

use super::super::CliError;
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
    // The configuration may name other roots than when the server was started: from here on it uses these.
    keyring.use_roots(config.roots(&(Arc::new(SystemEntropy) as Arc<_>))?);
    match order {
        Order::Plan => plan(keyring).await,
        Order::Verify => verify(keyring).await,
        Order::RotateRoot => rotate_root(engine).await,
        Order::RotateDek { owner } => rotate_dek(engine, *owner).await,
        Order::Retire { root: Some(root) } => {
            engine.retire_root(*root).await?;
            Ok(vec![format!(
                "root key {root} opens nothing any more: take it out of the configuration, and destroy it"
            )])
        }
        Order::Retire { root: None } => retire(engine).await,
    }
}

async fn plan(keyring: &Keyring) -> Result<Vec<String>, CliError> {
    let plan = keyring.plan().await.map_err(prodops::engine::EngineError::from)?;
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
        (Some(RootState::Staged), true) => "on its way in or out: `rotate-root` completes it",
        (Some(RootState::Staged), false) => "on its way in or out, and not in the configuration",
        (None, _) => "in the configuration and not in use yet: `rotate-root` brings it into use",
    };
    format!("root key {id}: wraps {wrapped} of {live} data keys, {what}")
}

async fn verify(keyring: &Keyring) -> Result<Vec<String>, CliError> {
    let found = keyring.verify().await.map_err(prodops::engine::EngineError::from)?;
    if let Some((owner, key, reason)) = found.failures.first() {
        let more = found.failures.len() - 1;
        return Err(CliError::Argument(format!(
            "key {key} of {owner} cannot be opened: {reason} ({more} more like it)"
        )));
    }
    Ok(vec![format!(
        "{} wrappings and {} sealed keys opened, none failed",
        found.wrappings, found.sealed_keys
    )])
}

async fn rotate_root(engine: &Engine) -> Result<Vec<String>, CliError> {
    let promoted = engine.rotate_roots().await?;
    if promoted.is_empty() {
        return Ok(vec!["every root key of the configuration is in use already: nothing to do".to_owned()]);
    }
    Ok(promoted.iter().map(|id| format!("root key {id} is in use: it wraps every data key")).collect())
}

async fn rotate_dek(engine: &Engine, owner: Option<KeyOwner>) -> Result<Vec<String>, CliError> {
    let owners = match owner {
        Some(owner) => vec![owner],
        None => engine.keyring()?.owners().await.map_err(prodops::engine::EngineError::from)?,
    };
    let mut lines = Vec::with_capacity(owners.len());
    for owner in owners {
        match engine.rotate_data_key(owner).await {
            Ok(id) => {
                let rows = engine.sweep(owner).await?.rows;
                lines.push(format!("{owner}: {rows} rows are sealed under the new key {id}"));
            }
            // A workspace that was deleted stays deleted.
            Err(prodops::engine::EngineError::Keys(prodops::core::keyring::KeyringError::NoKeys(_))) => {
                lines.push(format!("{owner}: has no keys (any more)"));
            }
            Err(error) => return Err(error.into()),
        }
    }
    lines.push("the keys before open nothing new; `retire` destroys them ten minutes from now".to_owned());
    Ok(lines)
}

async fn retire(engine: &Engine) -> Result<Vec<String>, CliError> {
    let (mut retired, mut kept) = (0, 0);
    for owner in engine.keyring()?.owners().await.map_err(prodops::engine::EngineError::from)? {
        let done = engine.retire_data_keys(owner).await?;
        retired += done.retired;
        kept += done.kept;
    }
    let why = if kept > 0 {
        ": rows name them still, or they were in use within ten minutes; run `rotate-dek` or wait"
    } else {
        ""
    };
    Ok(vec![format!("{retired} old data keys destroyed, {kept} kept{why}")])
}
