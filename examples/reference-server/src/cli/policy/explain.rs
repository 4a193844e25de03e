//! `policy explain`: one field of the matrix in words.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::files;
use crate::cli::CliError;

pub(super) const EXAMPLE: &str = "Examples:\n  reference-server policy explain --as manager --action ReadTeamMetrics\n  \
    reference-server policy explain --as viewer --action RunSync --type Integration --policies new/*.cedar\n\n\
    About somebody's own workspace, active, in a session. Besides roles there are `suspended` (an owner), `endless` (support \
    whose membership does not end), and the kinds of background work, such as `sync`.\n\n\
    Exit codes: 0 explained · 1 there is no such role, action or type, or the set is not taken · 2 the command line is wrong";

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// Who: a role, or a kind of background work.
    #[arg(long = "as", value_name = "ROLE")]
    principal: String,
    /// What, as the policy schema calls it.
    #[arg(long, value_name = "ACTION")]
    action: String,
    /// To what type of resource; each action is done to one, so it can be left away.
    #[arg(long = "type", value_name = "TYPE")]
    resource: Option<String>,
    /// The files of the set; the shipped one without them.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    policies: Vec<PathBuf>,
}

impl Explain {
    pub(super) fn run(self) -> Result<(), CliError> {
        let policy = files::load(&self.policies)?;
        let resource = self.resource.unwrap_or_else(|| {
            let cells = policy.matrix().cells;
            let own = cells.iter().find(|cell| cell.action == self.action);
            own.map(|cell| cell.resource.to_owned()).unwrap_or_default()
        });
        let explained = policy.explain_cell(&self.principal, &self.action, &resource)?;
        Ok(write!(std::io::stdout().lock(), "{explained}")?)
    }
}
