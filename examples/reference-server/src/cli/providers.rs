//! `providers`: what lies at AI providers.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use prodops::store::contract::RemoteObjectRecord;

use super::CliError;
use crate::config::Config;

pub(super) const EXAMPLE: &str =
    "Example, while the server is stopped:\n  reference-server providers pending --config prodops.toml";

#[derive(Debug, Args)]
pub(super) struct Providers {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// List what lies at AI providers, or may, and since when. Exit code 0 also when there is something.
    Pending {
        /// The configuration file of `serve`.
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
}

impl Providers {
    pub(super) async fn run(self) -> Result<(), CliError> {
        let Task::Pending { config } = self.task;
        let engine = Config::load(&config)?.engine()?.build().await?;
        if let Some(reason) = engine.sealed() {
            return Err(CliError::Argument(reason.to_string()));
        }
        print(&mut std::io::stdout(), &engine.remote_objects().await?)?;
        Ok(())
    }
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
