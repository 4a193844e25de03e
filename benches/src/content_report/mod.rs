//! The content pipeline and a history beside named peers, each side a process of its own in turn on the same files. The method is
//! in the README.
#![allow(clippy::disallowed_methods, reason = "a measurement reads the clock")]

mod process;
mod section;
mod side;

use std::path::{Path, PathBuf};

use process::{Cores, Took, run as process};
use section::{Rate, Section};
pub use side::side;

use crate::source_text::texts;

/// What can go wrong.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How much text is generated where no corpus is named, in bytes.
const GENERATED: usize = 8 << 20;

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
    duplicates(setting, &corpus, bytes, &mut section)?;
    history(setting, &mut section)?;
    Ok(section.finish())
}

fn generated(folder: &Path) -> Result<PathBuf, Failure> {
    std::fs::create_dir_all(folder)?;
    for (name, text) in texts(GENERATED) {
        std::fs::write(folder.join(name), text)?;
    }
    Ok(folder.to_owned())
}

/// One of our sides as a process.
fn ours(name: &str, path: &Path, rounds: usize, cores: Cores) -> Result<Took, Failure> {
    let path = path.to_str().ok_or("the path is not UTF-8")?;
    let took = process(&std::env::current_exe()?, &["side", name, path, &rounds.to_string()], cores)?;
    Ok(took.ok_or("this program is not there any more")?)
}

/// A peer of Python's.
fn python(setting: &Setting, peer: &str, path: &Path, rounds: usize) -> Result<Option<Took>, Failure> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/content.py");
    let path = path.to_str().ok_or("the path is not UTF-8")?;
    process(&setting.peers.join("bin/python"), &[script, peer, path, &rounds.to_string()], Cores::One)
}

/// Throughput of texts that are in memory.
fn rates(setting: &Setting, corpus: &Path, section: &mut Section) -> Result<(), Failure> {
    let pipeline = Rate::of(&ours("pipeline", corpus, setting.rounds, Cores::One)?)?;
    section.rate("pipeline: keyed lines, tokens of both views winnowed", &pipeline, None);
    section.rate("keyed lines alone", &Rate::of(&ours("lines", corpus, setting.rounds, Cores::One)?)?, None);
    for (peer, what, rounds) in [
        ("scanoss", "SCANOSS winnowing, C extension: 30 characters, windows of 64, CRC-32C", setting.rounds),
        ("tlsh", "TLSH, C++: one locality-sensitive digest of the file", setting.rounds),
        ("ppdeep", "ppdeep, Python: one ssdeep digest of the file", 1),
        ("pygments", "Pygments, Python: tokens only", 1),
    ] {
        match python(setting, peer, corpus, rounds)? {
            Some(took) => section.rate(what, &Rate::of(&took)?, Some(&pipeline)),
            None => section.missing(what),
        }
    }
    Ok(())
}

/// Whole processes that read the files.
fn duplicates(setting: &Setting, corpus: &Path, bytes: usize, section: &mut Section) -> Result<(), Failure> {
    let found = ours("duplicates", corpus, 1, Cores::One)?;
    section.whole("duplicates: files read, fingerprinted, shared grams found", &found, None, bytes);
    let folder = corpus.to_str().ok_or("the path is not UTF-8")?;
    let jscpd = setting.peers.join("node_modules/.bin/jscpd");
    match process(&jscpd, &[folder, "--silent"], Cores::One)? {
        Some(took) => section.whole("jscpd: the same question", &took, Some(&found), bytes),
        None => section.missing("jscpd"),
    }
    match process(&setting.peers.join("bin/tokei"), &[folder], Cores::One)? {
        Some(took) => {
            section.whole("tokei: lines of code, comments, blanks only", &took, Some(&found), bytes)
        }
        None => section.missing("tokei"),
    }
    Ok(())
}

/// A whole history.
fn history(setting: &Setting, section: &mut Section) -> Result<(), Failure> {
    let repository = &setting.repository;
    let folder = repository.to_str().ok_or("the path is not UTF-8")?;
    let engine = ours("history", repository, 1, Cores::All)?;
    section.history("engine: counts, kinds of change, ages, labels, facts stored", &engine, None);
    let log = ["-C", folder, "log", "--numstat", "--no-renames", "--format=%H"];
    let git = process(Path::new("git"), &log, Cores::All)?.ok_or("git is not installed")?;
    section.history("`git log --numstat --no-renames`", &git, Some(&engine));
    match python(setting, "pydriller", repository, 1)? {
        Some(took) => {
            section.history("PyDriller: added and deleted lines of every file", &took, Some(&engine))
        }
        None => section.missing("PyDriller"),
    }
    Ok(())
}
