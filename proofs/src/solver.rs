//! The solver: the program cvc5, or the Python package of that name behind a shim.

use std::path::{Path, PathBuf};

use cedar_policy_symcc::solver::LocalSolver;
use tokio::process::Command;

use crate::error::Result;

/// Milliseconds that one question may take; "unknown" is no proof.
const LIMIT: &str = "60000";
const SHIM: &str = include_str!("../solver/smtlib.py");

/// Which solver is used.
#[derive(Debug, Clone)]
pub(crate) enum Cvc5 {
    /// A program that speaks SMT-LIB.
    Program(PathBuf),
    /// A Python interpreter that can import `cvc5`.
    Python(PathBuf),
}

impl Cvc5 {
    /// Starts a process of it, which ends with this one: its standard input is closed then.
    pub(crate) fn start(&self) -> Result<LocalSolver> {
        let mut command = match self {
            Self::Program(path) => program(path),
            Self::Python(path) => python(path),
        };
        Ok(LocalSolver::from_command(command.kill_on_drop(true))?)
    }
}

fn program(path: &Path) -> Command {
    let mut command = Command::new(path);
    command.args(["--lang", "smt", &format!("--tlimit-per={LIMIT}")]);
    command
}

fn python(path: &Path) -> Command {
    let mut command = Command::new(path);
    command.args(["-c", SHIM, LIMIT]);
    command
}
