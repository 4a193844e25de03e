//! The commands. Each prints results to stdout, progress and errors to stderr; an error is one line and an exit code.

mod ages;
mod analyze;
mod audit;
mod backup;
mod classify;
mod commits;
mod demo;
mod doctor;
mod fingerprint;
mod lineage;
mod local;
mod migrate;
mod policy;
mod prepare;
mod progress;
mod providers;
mod serve;
mod table;
mod vault;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use prodops::core::process::forbid_core_dumps;
use prodops::engine::BuildError;
use prodops::store::StoreError;

use crate::api;
use crate::config::ConfigError;
use crate::login::LoginSetupError;
use crate::server::ServerError;
pub use vault::{Order, execute};

/// Performance metrics of software delivery from what your tools record. Source code is read in memory only.
#[derive(Debug, Parser)]
#[command(
    name = "reference-server",
    version,
    after_help = "Exit codes: 0 done · 1 it failed · 2 the command line is wrong"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show a dashboard of local git repositories in the browser; nothing is kept.
    #[command(
        after_help = "Examples:\n  reference-server demo .\n  reference-server demo --port 8420 ~/src/one ~/src/two"
    )]
    Demo(demo::Demo),
    /// Print the metrics of local git repositories once.
    #[command(
        after_help = "Examples:\n  reference-server analyze .\n  reference-server analyze --format json . | jq .labels\n  \
                            reference-server analyze --since 2026-01-01 ."
    )]
    Analyze(analyze::Analyze),
    /// Print one JSON object per commit: counts, label, probability.
    #[command(after_help = "Example:\n  reference-server commits . | jq -c 'select(.label == \"bugfix\")'")]
    Commits(commits::Commits),
    /// Label commits by the kind of work: one JSON object per line in, one per line out.
    #[command(after_help = classify::EXAMPLE)]
    Classify(classify::Classify),
    /// Print which commit each line of a file comes from, as `git blame -w -M` has it: one JSON object per run of lines.
    #[command(
        after_help = "Example:\n  reference-server ages . src/lib.rs | jq -c '[.first_line, .lines, .commit]'"
    )]
    Ages(ages::Ages),
    /// Print the keyed fingerprints of files with their places: one JSON object per fingerprint.
    #[command(
        after_help = "Example:\n  reference-server fingerprint --k 16 --w 16 src/*.rs | jq -r .value | sort | uniq -d"
    )]
    Fingerprint(fingerprint::Fingerprint),
    /// Serve the dashboard and the API over a store that is kept.
    #[command(after_help = serve::EXAMPLE)]
    Serve(serve::Serve),
    /// Make, show, verify, rotate and retire the keys that everything stored is sealed under.
    #[command(after_help = vault::EXAMPLE)]
    Vault(vault::Vault),
    /// Verify the audit logs, or export them for others to verify.
    #[command(after_help = audit::EXAMPLE)]
    Audit(audit::Audit),
    /// Make a backup now; a running server makes it.
    #[command(after_help = backup::EXAMPLE)]
    Backup(backup::Backup),
    /// Restore a backup into an empty deployment: all of it or nothing.
    #[command(after_help = backup::RESTORE_EXAMPLE)]
    Restore(backup::Restore),
    /// Look at everything that the deployment stands on, and say what is wrong and what to do.
    #[command(after_help = doctor::EXAMPLE)]
    Doctor(doctor::Doctor),
    /// Bring the schemas of the databases up to date.
    #[command(after_help = migrate::EXAMPLE)]
    Migrate(migrate::Migrate),
    /// Say what lies at AI providers and has to be deleted there.
    #[command(after_help = providers::EXAMPLE)]
    Providers(providers::Providers),
    /// Check, explain and evaluate policies.
    #[command(after_help = policy::EXAMPLE)]
    Policy(policy::Policy),
    /// Print the API's description, OpenAPI 3.1.
    Openapi,
}

/// Why a command failed. Shown as one line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CliError {
    /// The engine refused or failed.
    #[error(transparent)]
    Engine(#[from] prodops::engine::EngineError),
    /// The engine could not be put together.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// A connector could not be made.
    #[error(transparent)]
    Connector(#[from] prodops::connectors::contract::ConnectorError),
    /// An argument breaks a rule.
    #[error(transparent)]
    Input(#[from] prodops::core::input::InputError),
    /// A window of time cannot be made.
    #[error(transparent)]
    Window(#[from] prodops::metrics::WindowError),
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The schema of a database is not up to date.
    #[error(transparent)]
    Migrate(#[from] crate::config::MigrateError),
    /// The server could not be started or failed.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// Signing in cannot be set up.
    #[error(transparent)]
    Login(#[from] LoginSetupError),
    /// No certificate authorities are there to tell an identity provider by.
    #[error(transparent)]
    Roots(#[from] prodops::connectors::http::egress::RootsError),
    /// No random bytes could be had.
    #[error(transparent)]
    Entropy(#[from] prodops::core::entropy::EntropyError),
    /// Fingerprints of impossible size.
    #[error(transparent)]
    Winnowing(#[from] prodops::classify::WinnowingError),
    /// A path is not UTF-8.
    #[error("the path {0:?} is not UTF-8: rename or link the folder")]
    Path(PathBuf),
    /// Policies, entities or a schema cannot be used.
    #[error(transparent)]
    DecisionPoint(#[from] prodops::policy::decision_point::DecisionPointError),
    /// A set of policies is not taken.
    #[error(transparent)]
    Policies(#[from] prodops::policy::PolicyError),
    /// The matrix of roles and actions has no such field.
    #[error(transparent)]
    Cell(#[from] prodops::policy::matrix::UnknownCell),
    /// An argument cannot be understood.
    #[error("{0}")]
    Argument(String),
    /// The audit log is not what it was.
    #[error(
        "the audit log was tampered with: {first}{more}: keep the store as it is, and compare it with a backup"
    )]
    Audit {
        /// What was found first.
        first: String,
        /// How much more there is.
        more: String,
    },
    /// Some lines of the input could not be read.
    #[error("{0} lines were no commits: each is named above and was passed over")]
    BadLines(usize),
    /// Something that the deployment stands on is not as it must be.
    #[error("{0} faults: each says above what to do")]
    Faults(usize),
    /// Output could not be written.
    #[error("cannot write the output: {0}")]
    Output(#[from] std::io::Error),
    /// What keeps memory out of files was refused.
    #[error("core dumps cannot be forbidden: {0}")]
    CoreDumps(#[source] std::io::Error),
    /// No run time could be started.
    #[error("cannot start the run time: {0}")]
    Runtime(#[source] std::io::Error),
}

/// Parses the command line and runs the command.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match forbid_core_dumps().map_err(CliError::CoreDumps).and_then(|()| run(cli.command)) {
        Ok(()) => ExitCode::SUCCESS,
        // A reader that has seen enough is no failure.
        Err(CliError::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            let line = with_causes(&error).replace('\n', " ");
            let _ = writeln!(std::io::stderr(), "error: {line}{}", next_step(&error));
            ExitCode::FAILURE
        }
    }
}

/// The command that helps, where one does.
const fn next_step(error: &CliError) -> &'static str {
    match error {
        CliError::Build(BuildError::Store(StoreError::NotMigrated)) => {
            ": run `reference-server migrate --config FILE` with `owner-url` in `[store]`"
        }
        CliError::Build(BuildError::Store(StoreError::Posture(_))) => {
            ": `reference-server doctor --config FILE` shows every rule"
        }
        CliError::Policies(error) => policy::next_step(error),
        _ => "",
    }
}

/// The error and what caused it, as long as that says something new.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let text = next.to_string();
        if !line.contains(&text) {
            line.push_str(": ");
            line.push_str(&text);
        }
        cause = next.source();
    }
    line
}

fn run(command: Command) -> Result<(), CliError> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(CliError::Runtime)?;
    let done = runtime.block_on(async {
        match command {
            Command::Demo(demo) => demo.run().await,
            Command::Analyze(analyze) => analyze.run().await,
            Command::Commits(commits) => commits.run().await,
            Command::Classify(classify) => classify.run(),
            Command::Ages(ages) => ages.run().await,
            Command::Fingerprint(fingerprint) => fingerprint.run(),
            Command::Serve(serve) => serve.run().await,
            Command::Vault(vault) => vault.run().await,
            Command::Backup(backup) => backup.run().await,
            Command::Restore(restore) => restore.run().await,
            Command::Audit(audit) => audit.run().await,
            Command::Doctor(doctor) => doctor.run().await,
            Command::Migrate(migrate) => migrate.run().await,
            Command::Providers(providers) => providers.run().await,
            Command::Policy(policy) => policy.run(),
            Command::Openapi => Ok(std::io::stdout().write_all(api::document().as_bytes())?),
        }
    });
    // Reading threads of a sync that was stopped end by themselves; nobody waits for them.
    runtime.shutdown_background();
    done
}
