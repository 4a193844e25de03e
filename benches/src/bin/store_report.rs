//! The report on the store: `store-report FACTS WORKSPACES ROUNDS [FOLDER]` prints a section for RESULTS.md.
#![allow(clippy::print_stdout, reason = "it talks through its terminal")]

use std::path::PathBuf;

#[cfg(unix)]
fn main() -> Result<(), benches::store_report::Failure> {
    use benches::store_report::{Size, run};
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments.get(at).and_then(|text| text.parse::<usize>().ok());
    let (Some(facts), Some(workspaces), Some(rounds)) = (number(0), number(1), number(2)) else {
        return Err("usage: store-report FACTS WORKSPACES ROUNDS [FOLDER]".into());
    };
    let folder = arguments.get(3).map_or_else(std::env::temp_dir, PathBuf::from);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let size = Size { facts, workspaces, rounds, folder };
    print!("{}", runtime.block_on(run(&size))?);
    Ok(())
}

#[cfg(not(unix))]
fn main() {
    println!("PostgreSQL is started on a unix socket: there is no report elsewhere");
}
