//! The report on the content pipeline: `content-report PEERS REPOSITORY ROUNDS [CORPUS]` prints a section for RESULTS.md. It starts
//! itself as `content-report side NAME PATH ROUNDS` for each of our sides.
#![allow(clippy::print_stdout, reason = "it talks through its terminal")]

#[cfg(unix)]
fn main() -> Result<(), benches::content_report::Failure> {
    use std::path::PathBuf;

    use benches::content_report::{Setting, run, side};
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match *words.as_slice() {
        ["side", name, path, rounds] => println!("{}", side(name, path.as_ref(), rounds.parse()?)?),
        [peers, repository, rounds, ref corpus @ ..] => {
            let corpus = corpus.first().map(PathBuf::from);
            let setting = Setting {
                peers: peers.into(),
                repository: repository.into(),
                rounds: rounds.parse()?,
                corpus,
            };
            print!("{}", run(&setting)?);
        }
        _ => return Err("usage: content-report PEERS REPOSITORY ROUNDS [CORPUS]".into()),
    }
    Ok(())
}

#[cfg(not(unix))]
fn main() {
    println!("CPU time of processes is read from Linux: there is no report elsewhere");
}
