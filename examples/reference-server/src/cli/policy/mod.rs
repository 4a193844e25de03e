//! `policy`: decisions on the command line.

mod eval;

use clap::{Args, Subcommand};

use super::CliError;

pub(super) const EXAMPLE: &str = "Example:\n  reference-server policy eval --schema app.cedarschema --policies app.cedar \\\n    \
    --entities entities.json < requests.jsonl";

#[derive(Debug, Args)]
pub(super) struct Policy {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer requests, one JSON object a line on the standard input, by any Cedar policies.
    #[command(after_help = eval::EXAMPLE)]
    Eval(eval::Eval),
}

impl Policy {
    pub(super) fn run(self) -> Result<(), CliError> {
        match self.command {
            Command::Eval(eval) => eval.run(),
        }
    }
}
