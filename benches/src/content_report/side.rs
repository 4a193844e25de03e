//! Our sides, each a process of its own like its peers: `content-report side NAME PATH ROUNDS`.

use std::path::Path;
use std::time::Duration;

use cpu_time::ThreadTime;
use prodops::classify::{Extent, Fingerprinter, WfpHash, WfpWinnower, Winnowing};
use prodops::core::index_key::IndexKey;

use super::Failure;
use super::duplicates::duplicates;
use super::lineage::{ages, counts};
use crate::reading::Reading;
use crate::source_text::{SourceFile, below, paths_below};

/// Runs a side and answers what it prints: a version, how much it took in, and the best and the median round in seconds.
///
/// # Errors
/// When the path cannot be read, or there is no such side.
pub fn side(name: &str, path: &Path, rounds: usize) -> Result<String, Failure> {
    match name {
        "pipeline" => pipeline(path, rounds),
        "lines" => lines(path, rounds),
        "wfp" => wfp(path, rounds),
        "wfp-hashes" => wfp_hashes(path),
        "duplicates" => duplicates(path),
        "history" => history(path),
        "ages" => ages(path),
        "counts" => counts(path),
        _ => Err(format!("there is no side `{name}`").into()),
    }
}

fn fingerprinter() -> Fingerprinter {
    Fingerprinter::new(&IndexKey::from_bytes([7; 32]), Winnowing::default())
}

fn pipeline(folder: &Path, rounds: usize) -> Result<String, Failure> {
    let mut fingerprinter = fingerprinter();
    timed(folder, rounds, |file| {
        let (mut lines, mut values) = (0, 0);
        fingerprinter.file(&file.path, &file.text, |line| lines ^= line, |_, gram| values ^= gram.value);
        lines ^ values
    })
}

fn lines(folder: &Path, rounds: usize) -> Result<String, Failure> {
    let fingerprinter = fingerprinter();
    timed(folder, rounds, |file| {
        let mut lines = 0;
        fingerprinter.lines(&file.text, |line| lines ^= line);
        lines
    })
}

fn wfp(folder: &Path, rounds: usize) -> Result<String, Failure> {
    let mut winnower = WfpWinnower::default();
    timed(folder, rounds, |file| {
        let mut hashes = 0;
        winnower.text(&file.text, |hash| hashes ^= u64::from(hash.value) << (hash.line % 32));
        hashes
    })
}

/// Goes over all files so many times. They are read before.
fn timed(folder: &Path, rounds: usize, mut one: impl FnMut(&SourceFile) -> u64) -> Result<String, Failure> {
    let files = below(folder)?;
    let mut times: Vec<Duration> = (0..rounds.max(1))
        .map(|_| {
            let start = ThreadTime::now();
            std::hint::black_box(files.iter().fold(0, |mixed, file| mixed ^ one(file)));
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    let bytes: usize = files.iter().map(|file| file.text.len()).sum();
    let seconds = |at: usize| times.get(at).map_or(0.0, Duration::as_secs_f64);
    Ok(format!("{} {bytes} {} {}", env!("CARGO_PKG_VERSION"), seconds(0), seconds(times.len() / 2)))
}

/// Every file and its WFP, a line each, in order.
fn wfp_hashes(folder: &Path) -> Result<String, Failure> {
    let mut winnower = WfpWinnower::default();
    let mut lines = Vec::new();
    for path in paths_below(folder)? {
        let mut line = path.strip_prefix(folder)?.to_str().ok_or("a path is not UTF-8")?.to_owned();
        let text = SourceFile::read(&path)?.text;
        winnower.text(&text, |WfpHash { value, line: at }| line += &format!(" {at}={value:08x}"));
        lines.push(line);
    }
    lines.sort_unstable();
    Ok(lines.join("\n"))
}

/// Reads a whole history into the store in memory.
fn history(folder: &Path) -> Result<String, Failure> {
    let runtime = tokio::runtime::Runtime::new()?;
    let stored = runtime.block_on(async {
        let reading = Reading::of(folder).await?;
        reading.run().await?;
        reading.stored().await
    });
    let stored = stored.map_err(|error| error.to_string())?;
    Ok(format!("{} {stored} 0 0", env!("CARGO_PKG_VERSION")))
}

/// Copies the files that are taken apart into a folder, so that every side reads the same ones; says how many and how large.
///
/// # Errors
/// When they cannot be read or written.
pub(super) fn copy_taken(from: &Path, to: &Path) -> Result<(usize, usize), Failure> {
    let mut fingerprinter = fingerprinter();
    let (mut count, mut bytes) = (0, 0);
    for file in below(from)? {
        let path = Path::new(std::str::from_utf8(&file.path)?);
        if fingerprinter.file(&file.path, &file.text, |_| {}, |_, _| {}) == Extent::Whole {
            let place = to.join(count.to_string());
            std::fs::create_dir_all(&place)?;
            std::fs::copy(path, place.join(path.file_name().ok_or("a file without a name")?))?;
            (count, bytes) = (count + 1, bytes + file.text.len());
        }
    }
    Ok((count, bytes))
}
