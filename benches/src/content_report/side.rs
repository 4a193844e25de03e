//! Our sides, each a process of its own like its peers: `classify-report side NAME PATH ROUNDS`.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use cpu_time::ThreadTime;
use prodops::classify::{Extent, Fingerprinter, View, Winnowing};
use prodops::core::index_key::IndexKey;

use super::Failure;
use crate::reading::Reading;
use crate::source_text::{SourceFile, below};

/// Runs a side and answers what it prints: a version, how much it took in, and the best and the median round in seconds.
///
/// # Errors
/// When the path cannot be read, or there is no such side.
pub fn side(name: &str, path: &Path, rounds: usize) -> Result<String, Failure> {
    match name {
        "pipeline" => pipeline(path, rounds, true),
        "lines" => pipeline(path, rounds, false),
        "duplicates" => duplicates(path),
        "history" => history(path),
        _ => Err(format!("there is no side `{name}`").into()),
    }
}

fn fingerprinter() -> Fingerprinter {
    Fingerprinter::new(&IndexKey::from_bytes([7; 32]), Winnowing::default())
}

fn pipeline(folder: &Path, rounds: usize, grams: bool) -> Result<String, Failure> {
    let (files, mut fingerprinter) = (below(folder)?, fingerprinter());
    let mut times: Vec<Duration> = (0..rounds.max(1))
        .map(|_| {
            let (start, mut mixed) = (ThreadTime::now(), 0);
            for file in &files {
                mixed ^= one(&mut fingerprinter, file, grams);
            }
            std::hint::black_box(mixed);
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    let bytes: usize = files.iter().map(|file| file.text.len()).sum();
    let seconds = |at: usize| times.get(at).map_or(0.0, Duration::as_secs_f64);
    Ok(format!("{} {bytes} {} {}", env!("CARGO_PKG_VERSION"), seconds(0), seconds(times.len() / 2)))
}

fn one(fingerprinter: &mut Fingerprinter, file: &SourceFile, grams: bool) -> u64 {
    let (mut lines, mut values) = (0, 0);
    if grams {
        fingerprinter.file(&file.path, &file.text, |line| lines ^= line, |_, gram| values ^= gram.value);
    } else {
        fingerprinter.lines(&file.text, |line| lines ^= line);
    }
    lines ^ values
}

/// Reads every file, fingerprints it and finds the grams that stand in more than one place.
fn duplicates(folder: &Path) -> Result<String, Failure> {
    let (files, mut fingerprinter) = (below(folder)?, fingerprinter());
    let mut first: HashMap<u64, (usize, u32)> = HashMap::new();
    let (mut shared, mut bytes, mut pairs) = (0usize, 0, HashMap::<(usize, usize), u32>::new());
    for (number, file) in files.iter().enumerate() {
        bytes += file.text.len();
        fingerprinter.file(
            &file.path,
            &file.text,
            |_| {},
            |view, gram| {
                if view == View::Exact {
                    let place = (number, gram.token);
                    let (other, token) = *first.entry(gram.value).or_insert(place);
                    if (other, token) != place {
                        shared += 1;
                        *pairs.entry((other, number)).or_default() += 1;
                    }
                }
            },
        );
    }
    Ok(format!("{} {bytes} {shared} {}", env!("CARGO_PKG_VERSION"), pairs.len()))
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
