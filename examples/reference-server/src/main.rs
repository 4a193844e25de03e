//! The command line of the reference server.

use std::process::ExitCode;

fn main() -> ExitCode {
    reference_server::cli::main()
}
