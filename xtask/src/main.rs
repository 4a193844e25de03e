//! Checks, tests and reports of the ProdOps workspace.
//!
//! `cargo xtask tidy` proves the house rules, `cargo xtask test` runs every test, `cargo xtask soak` the long ones,
//! `cargo xtask fuzz` looks for bytes that break what reads source text,
//! `cargo xtask prove` has a solver prove what tests can only try, `cargo xtask bench-report` measures,
//! `cargo xtask linguist` makes the table of languages,
//! `cargo xtask train` makes the activity model, `cargo xtask ci` is the lint gate.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool talks through its terminal"
)]

mod bench_report;
mod ci;
mod cli;
mod conformance;
mod error;
mod fuzz;
mod linguist;
mod process;
mod prove;
mod provision;
mod soak;
mod source;
mod test_run;
mod tidy;
mod train;
mod workspace;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run() {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}
