//! `policy`: what policies say, and decisions on the command line.

mod check;
mod difference;
mod eval;
mod explain;
mod files;

use clap::{Args, Subcommand};
use prodops::policy::PolicyError;

use super::CliError;

pub(super) const EXAMPLE: &str = "Examples:\n  reference-server policy check policies/*.cedar\n  \
    reference-server policy explain --as manager --action ReadTeamMetrics\n  \
    reference-server policy eval --schema app.cedarschema --policies app.cedar --entities entities.json < requests.jsonl";

#[derive(Debug, Args)]
pub(super) struct Policy {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check a set of policies, and show who may do more or less with it.
    #[command(after_help = check::EXAMPLE)]
    Check(check::Check),
    /// Say what a role may do, and by which policies.
    #[command(after_help = explain::EXAMPLE)]
    Explain(explain::Explain),
    /// Answer requests, one JSON object a line on the standard input, by any Cedar policies.
    #[command(after_help = eval::EXAMPLE)]
    Eval(eval::Eval),
}

impl Policy {
    pub(super) fn run(self) -> Result<(), CliError> {
        match self.command {
            Command::Check(check) => check.run(),
            Command::Explain(explain) => explain.run(),
            Command::Eval(eval) => eval.run(),
        }
    }
}

/// What to do about a set that is not taken.
pub(super) const fn next_step(error: &PolicyError) -> &'static str {
    match error {
        PolicyError::Syntax { .. } => ": mend the file there; nothing of the set is in force",
        PolicyError::Unnamed { .. } => ": give it an id of its own, by which the audit log will name it",
        PolicyError::Undescribed { .. } => ": say for whoever reads it what it allows or forbids",
        PolicyError::Duplicate { .. } => ": give one of the two another id",
        PolicyError::Template { .. } => ": write the policy without `?principal` and `?resource`",
        PolicyError::Invalid { .. } => ": compare it with the policy schema; nothing of the set is in force",
        PolicyError::Unlistable { .. } => {
            ": ask for attributes that are columns, or leave the list out of its actions"
        }
        PolicyError::Unguarded(_) => ": take `tenant-mismatch` from the shipped always.cedar as it is",
        _ => "",
    }
}
