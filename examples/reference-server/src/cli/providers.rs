//! `providers`: the AI providers of a deployment, and what lies at them.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use prodops::engine::Engine;
use prodops::store::contract::RemoteObjectRecord;

use super::CliError;
use crate::config::Config;

pub(super) const EXAMPLE: &str = "Examples, the last two while the server is stopped:\n  \
    reference-server providers list --config prodops.toml\n  \
    reference-server providers pending --config prodops.toml\n  \
    reference-server providers sweep --config prodops.toml";

#[derive(Debug, Args)]
pub(super) struct Providers {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Say who the configured AI providers are: purpose, region, terms, what they keep, whether they train, hosts.
    List(Configuration),
    /// List what lies at AI providers, or may, and since when. Exit code 0 also when there is something.
    Pending(Configuration),
    /// Delete what lies at AI providers after runs that died, and list what is left.
    Sweep(Configuration),
}

#[derive(Debug, Args)]
struct Configuration {
    /// The configuration file of `serve`.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

impl Providers {
    pub(super) async fn run(self) -> Result<(), CliError> {
        let mut out = std::io::stdout();
        match self.task {
            Task::List(Configuration { config }) => list(&mut out, &Config::load(&config)?).await?,
            Task::Pending(Configuration { config }) => {
                print(&mut out, &engine(&config, false).await?.remote_objects().await?)?;
            }
            Task::Sweep(Configuration { config }) => {
                print(&mut out, &engine(&config, true).await?.sweep_ai_providers().await?)?;
            }
        }
        Ok(())
    }
}

async fn engine(config: &Path, with_ai: bool) -> Result<Engine, CliError> {
    let config = Config::load(config)?;
    let builder = config.engine()?;
    let builder = if with_ai { config.with_ai(builder)? } else { builder };
    let engine = builder.build().await?;
    match engine.sealed() {
        Some(reason) => Err(CliError::Argument(reason.to_string())),
        None => Ok(engine),
    }
}

/// The register. It needs no store: an engine in memory offers the same providers.
async fn list(out: &mut impl Write, config: &Config) -> Result<(), CliError> {
    let engine = config.with_ai(Engine::builder(config.environment))?.build().await?;
    let mut entries = engine.ai_providers().peekable();
    if entries.peek().is_none() {
        writeln!(out, "no AI provider is configured")?;
    }
    for entry in entries {
        for (place, line) in entry.describe().into_iter().enumerate() {
            writeln!(out, "{}{line}", if place == 0 { "" } else { "  " })?;
        }
    }
    Ok(())
}

/// One line each: provider, what it is, since when, how far its deletion is, its id and the tag of its batch.
fn print(out: &mut impl Write, objects: &[RemoteObjectRecord]) -> std::io::Result<()> {
    if objects.is_empty() {
        return writeln!(out, "nothing lies at an AI provider");
    }
    for object in objects {
        let id = object.id.as_ref().map_or("unknown", |id| id.as_str());
        let (kind, state) = (object.kind.as_str(), object.state.as_str());
        writeln!(out, "{}\t{kind}\tsince {}\t{state}\t{id}\t{}", object.provider, object.since, object.tag)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use prodops::store::contract::{BatchTag, RemoteObjectKind, RemoteObjectState};

    use super::*;

    #[test]
    fn each_object_is_a_line() {
        let mut out = Vec::new();
        print(&mut out, &[]).unwrap();
        assert_eq!(out, b"nothing lies at an AI provider\n");
        let object = RemoteObjectRecord {
            tag: BatchTag::try_from(format!("prodops-{:032x}", 7)).unwrap(),
            kind: RemoteObjectKind::Input,
            provider: "openai".to_owned(),
            id: None,
            state: RemoteObjectState::Intended,
            since: "2026-01-05T09:00:00Z".parse().unwrap(),
            alive: None,
        };
        out.clear();
        print(&mut out, &[object]).unwrap();
        let expected = "openai\tinput\tsince 2026-01-05T09:00:00Z\tintended\tunknown\t\
            prodops-00000000000000000000000000000007\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
