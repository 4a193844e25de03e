//! `policy check`: whether a set is taken, and what changes with it.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::difference::Difference;
use super::files;
use crate::cli::CliError;

pub(super) const EXAMPLE: &str = "Examples:\n  reference-server policy check policies/*.cedar\n  \
    reference-server policy check new/*.cedar --against old/*.cedar\n\n\
    The files together are the whole set. It is taken when every policy is Cedar, has an `@id` of its own and a `@description`, \
    fits the policy schema and can apply to something, when lists can be filtered by it, and when it keeps workspaces apart. \
    What changes is shown field by field of the matrix of roles and actions, beside the set that ships with this program \
    unless `--against` names another one.\n\n\
    Exit codes: 0 it is taken · 1 it is not; the error names file, line, column and policy · 2 the command line is wrong";

#[derive(Debug, Args)]
pub(super) struct Check {
    /// The files of the set.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The files of the set that it would take the place of.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    against: Vec<PathBuf>,
}

impl Check {
    pub(super) fn run(self) -> Result<(), CliError> {
        let new = files::load(&self.files)?;
        let old = files::load(&self.against)?;
        let other = if self.against.is_empty() { "the set that is shipped" } else { "the other set" };
        let mut out = std::io::stdout().lock();
        writeln!(out, "{} policies, all taken", new.summaries().len())?;
        let difference = Difference::of(&old, &new);
        if difference.is_empty() {
            writeln!(out, "nobody may do more or less than with {other}")?;
        } else {
            writeln!(out, "beside {other}:\n{difference}")?;
        }
        Ok(())
    }
}
