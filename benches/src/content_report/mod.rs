//! The content pipeline and a history beside named peers, each side a process of its own in turn on the same files. The method is
//! in the README.
#![allow(clippy::disallowed_methods, reason = "a measurement reads the clock")]

mod blame;
mod duplicates;
mod lineage;
mod process;
mod section;
mod side;

use std::path::{Path, PathBuf};

use process::{Cores, Took, repeat};
use section::{Rate, Reach, Section};
pub use side::side;

use crate::source_text::texts;

/// What can go wrong.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How much text is generated where no corpus is named, in bytes.
const GENERATED: usize = 8 << 20;

/// Whole histories are read so many times at most.
const HISTORIES: usize = 5;

/// What is measured, and beside what.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The folder with the peers: `bin/python` with its packages, `bin/tokei`, `node_modules/.bin/jscpd`.
    pub peers: PathBuf,
    /// The repository whose history is read.
    pub repository: PathBuf,
    /// How often each side goes over the corpus.
    pub rounds: usize,
    /// The folder whose files are read, else generated ones.
    pub corpus: Option<PathBuf>,
}

/// Measures every side and answers the section for RESULTS.md.
///
/// # Errors
/// When one of the sides is there and fails.
pub fn run(setting: &Setting) -> Result<String, Failure> {
    let scratch = tempfile::tempdir()?;
    let corpus = scratch.path().join("corpus");
    let (files, bytes) = match &setting.corpus {
        Some(folder) => side::copy_taken(folder, &corpus)?,
        None => side::copy_taken(&generated(&scratch.path().join("generated"))?, &corpus)?,
    };
    let mut section = Section::begin(setting, files, bytes)?;
    rates(setting, &corpus, &mut section)?;
    wfp(setting, &corpus, &mut section)?;
    let notes = duplicates(setting, &corpus, &mut section)?;
    history(setting, &mut section)?;
    let sampled = ages(setting, &mut section)?;
    Ok(section.finish(&format!("{notes} {sampled}")))
}

fn generated(folder: &Path) -> Result<PathBuf, Failure> {
    std::fs::create_dir_all(folder)?;
    for (name, text) in texts(GENERATED) {
        std::fs::write(folder.join(name), text)?;
    }
    Ok(folder.to_owned())
}

/// One of our sides as a process, so many times.
fn ours(name: &str, path: &Path, cores: Cores, times: usize) -> Result<Took, Failure> {
    side_of(name, path, 1, cores, times)
}

/// One of our sides as a process that goes over its files so many times.
fn our_rate(name: &str, path: &Path, rounds: usize) -> Result<Rate, Failure> {
    Rate::of(&side_of(name, path, rounds, Cores::One, 1)?)
}

fn side_of(name: &str, path: &Path, rounds: usize, cores: Cores, times: usize) -> Result<Took, Failure> {
    let path = path.to_str().ok_or("the path is not UTF-8")?;
    let arguments = ["side", name, path, &rounds.to_string()];
    let took = repeat(&std::env::current_exe()?, &arguments, cores, times)?;
    Ok(took.ok_or("this program is not there any more")?)
}

/// A peer of Python's.
fn python(setting: &Setting, peer: &str, path: &Path, rounds: usize) -> Result<Option<Took>, Failure> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/content.py");
    let path = path.to_str().ok_or("the path is not UTF-8")?;
    let arguments = [script, peer, path, &rounds.to_string()];
    repeat(&setting.peers.join("bin/python"), &arguments, Cores::One, 1)
}

/// Throughput of texts that are in memory.
fn rates(setting: &Setting, corpus: &Path, section: &mut Section) -> Result<(), Failure> {
    let pipeline = our_rate("pipeline", corpus, setting.rounds)?;
    let what = "pipeline: keyed lines, tokens of both views winnowed and keyed";
    section.rate(what, &pipeline, Some(450.0));
    section.rate("keyed lines alone", &our_rate("lines", corpus, setting.rounds)?, None);
    for (peer, name, rounds) in [
        ("tlsh", "TLSH, C++: a locality-sensitive digest of the file,", setting.rounds),
        ("ppdeep", "ppdeep, Python: an ssdeep digest of the file,", 1),
        ("pygments", "Pygments, Python: tokens only,", 1),
    ] {
        match python(setting, peer, corpus, rounds)? {
            Some(took) => section.rates("pipeline", &pipeline, (name, &Rate::of(&took)?), Reach::Nothing),
            None => section.missing(peer),
        }
    }
    Ok(())
}

/// Winnowing with the parameters of SCANOSS, and whether it gives the same.
fn wfp(setting: &Setting, corpus: &Path, section: &mut Section) -> Result<(), Failure> {
    let rate = our_rate("wfp", corpus, setting.rounds)?;
    let (Some(took), Some(theirs)) =
        (python(setting, "scanoss", corpus, setting.rounds)?, python(setting, "scanoss-hashes", corpus, 1)?)
    else {
        section.rate("SCANOSS's parameters", &rate, None);
        section.missing("scanoss-winnowing");
        return Ok(());
    };
    let peer = ("scanoss-winnowing, C extension", &Rate::of(&took)?);
    section.rates("SCANOSS's parameters", &rate, peer, Reach::AtLeast(15.0));
    let ours = ours("wfp-hashes", corpus, Cores::One, 1)?;
    let (ours, theirs): (Vec<&str>, Vec<&str>) =
        (ours.output.lines().collect(), theirs.output.lines().collect());
    let equal = ours.iter().zip(&theirs).filter(|(ours, theirs)| ours == theirs).count();
    section.equal("files whose hashes and lines are equal to its", equal, ours.len().max(theirs.len()));
    Ok(())
}

/// Whole processes that read the files. Answers what each of them counts.
fn duplicates(setting: &Setting, corpus: &Path, section: &mut Section) -> Result<String, Failure> {
    let what = "duplicates: files read, shared runs of 50 tokens found and listed";
    let folder = corpus.to_str().ok_or("the path is not UTF-8")?;
    let times = setting.rounds;
    let (one, all) =
        (ours("duplicates", corpus, Cores::One, times)?, ours("duplicates", corpus, Cores::All, times)?);
    let platform = format!("node_modules/jscpd-linux-{}-gnu/bin/jscpd", architecture());
    let jscpd = setting.peers.join(platform);
    let limits = [
        folder,
        "--mode",
        "weak",
        "--max-size",
        "10mb",
        "--max-lines",
        "1000000",
        "--no-gitignore",
        "--silent",
    ];
    let mut theirs = "jscpd was not there".to_owned();
    match repeat(&jscpd, &limits, Cores::One, times)?.zip(repeat(&jscpd, &limits, Cores::All, times)?) {
        Some((first, second)) => {
            section.cpu(what, &one, ("jscpd", &first), Reach::AtLeast(10.0));
            section.wall(&format!("{what}, all cores"), &all, ("jscpd", &second), Reach::AtLeast(10.0));
            let version =
                repeat(&jscpd, &["--version"], Cores::One, 1)?.map(|took| took.output).unwrap_or_default();
            theirs = format!("{} says: \"{}\"", version.trim(), plain(&second.output));
        }
        None => section.missing("jscpd"),
    }
    match repeat(&setting.peers.join("bin/tokei"), &[folder], Cores::One, times)? {
        Some(took) => {
            section.cpu(what, &one, ("tokei, lines of code, comments, blanks only", &took), Reach::Nothing)
        }
        None => section.missing("tokei"),
    }
    let mut found = one.output.split_whitespace().skip(2);
    let (clones, tokens) = (found.next().unwrap_or_default(), found.next().unwrap_or_default());
    Ok(format!(
        "Duplicates: ours lists {clones} runs of {tokens} tokens, every one of 50 tokens or more and some from 35 on, comments \
         aside, of any number of lines; {theirs}, of 50 tokens and 5 lines or more, comments aside (`--mode weak`), nothing listed."
    ))
}

/// As npm calls it.
const fn architecture() -> &'static str {
    if cfg!(target_arch = "aarch64") { "arm64" } else { "x64" }
}

/// What a program wrote, without the colours of a terminal.
fn plain(output: &str) -> String {
    let mut parts = output.trim().split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or("", |(_, rest)| rest))
}

/// A whole history.
fn history(setting: &Setting, section: &mut Section) -> Result<(), Failure> {
    let (repository, times) = (&setting.repository, setting.rounds.min(HISTORIES));
    let folder = repository.to_str().ok_or("the path is not UTF-8")?;
    let engine = ours("history", repository, Cores::All, times)?;
    let log = ["-C", folder, "log", "--numstat", "--no-renames", "--format=%H"];
    let git = repeat(Path::new("git"), &log, Cores::All, times)?.ok_or("git is not installed")?;
    let what = "history into the store, all cores: counts, kinds of change, ages, labels";
    let name = "`git log --numstat --no-renames`, which uses one core";
    section.wall(what, &engine, (name, &git), Reach::AtLeast(1.0));
    section.cpu(what, &engine, (name, &git), Reach::AtLeast(0.6));
    match python(setting, "pydriller", repository, 1)? {
        Some(took) => {
            let name = "PyDriller, added and deleted lines of every file";
            section.wall(what, &engine, (name, &took), Reach::AtLeast(15.0));
        }
        None => section.missing("PyDriller"),
    }
    Ok(())
}

/// The ages of the lines of a history. Answers how blame was asked.
fn ages(setting: &Setting, section: &mut Section) -> Result<String, Failure> {
    let (repository, times) = (&setting.repository, setting.rounds.min(HISTORIES));
    let ages = ours("ages", repository, Cores::One, times)?;
    let counts = ours("counts", repository, Cores::One, times)?;
    let (blame, sampled) = blame::each_commit(repository)?;
    let what = "ages of all lines at every commit, one thread";
    section.cpu(
        what,
        &ages,
        ("`git blame -w -M` of what each commit changes", &blame),
        Reach::AtLeast(100.0),
    );
    section.longer(what, &ages, ("counts, kinds of change, patch ids", &counts), Reach::AtMost(2.0));
    Ok(format!("Blame was asked at {sampled} commits spread over the history, and is told for all of them."))
}
