//! Proves with a solver that a folder of policies keeps workspaces apart, and refutes the same of broken sets.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool talks through its terminal"
)]

mod error;
mod isolation;
mod pack;
mod report;
mod sabotage;
mod solver;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgGroup, Parser};

use crate::error::Result;
use crate::isolation::Prover;
use crate::pack::Pack;
use crate::report::Report;
use crate::solver::Cvc5;

/// Proves that policies keep workspaces apart in every request environment of their schema, and refutes broken sets.
///
/// Exit code 0: proved, and every broken set refuted; 1: not proved, or a broken set not refuted; 2: could not be tried.
#[derive(Debug, Parser)]
#[command(group(ArgGroup::new("solver").required(true)))]
struct Arguments {
    /// A folder with one `.cedarschema` and the `.cedar` files.
    policies: PathBuf,
    /// The program cvc5.
    #[arg(long, value_name = "FILE", group = "solver")]
    cvc5: Option<PathBuf>,
    /// A Python interpreter that can import the package cvc5.
    #[arg(long, value_name = "FILE", group = "solver")]
    python: Option<PathBuf>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(report) => {
            print!("{report}");
            ExitCode::from(u8::from(!report.holds()))
        }
        Err(error) => {
            eprintln!("proofs: {error}");
            ExitCode::from(2)
        }
    }
}

async fn run(arguments: Arguments) -> Result<Report> {
    let pack = Pack::read(&arguments.policies)?;
    let program = arguments.cvc5.map(Cvc5::Program);
    let solver = program.unwrap_or_else(|| Cvc5::Python(arguments.python.unwrap_or_default()));
    let mut prover = Prover::new(&pack.schema, solver.start()?)?;
    Report::of(&pack, &mut prover).await
}
