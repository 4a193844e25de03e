//! Duplicate blocks of a folder, end to end: files read and fingerprinted on every core, runs of tokens that stand in more than
//! one place listed.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use prodops::classify::{Fingerprinter, View, Winnowing};
use prodops::core::index_key::IndexKey;
use rayon::prelude::*;

use super::Failure;
use crate::source_text::{SourceFile, paths_below};

/// Every shared run of 50 tokens has a gram of 35 in it that is kept, and whatever is found shares 35 tokens or more.
const GRAM: usize = 35;
const WINDOW: usize = 16;

/// So many files are read before their grams are looked up, so that memory does not grow with the folder.
const AT_ONCE: usize = 1_024;

/// A gram in its file.
#[derive(Debug, Clone, Copy)]
struct Gram {
    value: u64,
    token: u32,
    line: u32,
}

/// Where a gram stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    file: u32,
    token: u32,
    line: u32,
}

/// A run of tokens in two places: the first and the last gram that was found of it.
#[derive(Debug, Clone, Copy)]
struct Duplicate {
    first: [Place; 2],
    last: [Place; 2],
}

/// Looks for grams that were seen before, one file after another.
#[derive(Default)]
struct Finder {
    // The values are keyed hashes already.
    seen: HashMap<u64, Place, foldhash::fast::FixedState>,
    found: Vec<Duplicate>,
}

impl Duplicate {
    /// Whether the run goes on with a gram in both places.
    fn goes_on(&self, [there, here]: [Place; 2]) -> bool {
        let [first_there, first_here] = self.first;
        let [last_there, last_here] = self.last;
        let apart = |place: Place, from: Place| i64::from(place.token) - i64::from(from.token);
        there.file == last_there.file
            && apart(here, first_here) == apart(there, first_there)
            && apart(here, last_here) <= WINDOW as i64
    }

    fn tokens(&self) -> usize {
        let ([_, first], [_, last]) = (self.first, self.last);
        (last.token - first.token) as usize + GRAM
    }
}

impl Finder {
    fn file(&mut self, file: u32, grams: &[Gram]) {
        let mut open: Option<Duplicate> = None;
        for &Gram { value, token, line } in grams {
            let here = Place { file, token, line };
            let places = match self.seen.entry(value) {
                Entry::Occupied(there) => [*there.get(), here],
                Entry::Vacant(slot) => {
                    slot.insert(here);
                    self.found.extend(open.take());
                    continue;
                }
            };
            match open.as_mut().filter(|run| run.goes_on(places)) {
                Some(run) => run.last = places,
                None => self.found.extend(open.replace(Duplicate { first: places, last: places })),
            }
        }
        self.found.extend(open);
    }
}

/// What the side prints: version, bytes, clones, tokens in them; then the clones, a line each.
pub(super) fn duplicates(folder: &Path) -> Result<String, Failure> {
    let (paths, mut finder) = (paths_below(folder)?, Finder::default());
    let (mut bytes, mut number) = (0, 0);
    for some in paths.chunks(AT_ONCE) {
        let files = some.par_iter().with_min_len(16).map_init(fingerprinter, |one, path| grams(one, path));
        for file in files.collect::<Result<Vec<_>, _>>()? {
            bytes += file.bytes;
            finder.file(number, &file.grams);
            number += 1;
        }
    }
    let tokens: usize = finder.found.iter().map(Duplicate::tokens).sum();
    let mut out = format!("{} {bytes} {} {tokens}\n", env!("CARGO_PKG_VERSION"), finder.found.len());
    finder.found.iter().for_each(|run| list(&mut out, &paths, run));
    Ok(out)
}

/// What is left of a file when it was read.
struct FileGrams {
    bytes: usize,
    grams: Vec<Gram>,
}

fn fingerprinter() -> Option<Fingerprinter> {
    let winnowing = Winnowing::new(GRAM, WINDOW).ok()?;
    Some(Fingerprinter::new(&IndexKey::from_bytes([7; 32]), winnowing))
}

fn grams(fingerprinter: &mut Option<Fingerprinter>, path: &Path) -> std::io::Result<FileGrams> {
    let (SourceFile { path, text }, mut grams) = (SourceFile::read(path)?, Vec::new());
    if let Some(fingerprinter) = fingerprinter {
        fingerprinter.file(
            &path,
            &text,
            |_| {},
            |view, gram| {
                if view == View::Exact {
                    grams.push(Gram { value: gram.value, token: gram.token, line: gram.line });
                }
            },
        );
    }
    Ok(FileGrams { bytes: text.len(), grams })
}

fn list(out: &mut String, paths: &[PathBuf], run: &Duplicate) {
    for (first, last) in run.first.iter().zip(&run.last) {
        let path = paths.get(first.file as usize).map(|path| path.display());
        if let Some(path) = path {
            let _ = write!(out, "{path}:{}-{} ", first.line, last.line);
        }
    }
    let _ = writeln!(out, "{}", run.tokens());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_run_is_listed_once_with_both_places() {
        let folder = tempfile::tempdir().unwrap();
        let block: String = (0..30).map(|n| format!("let value{n} = total + {n};\n")).collect();
        let write = |name: &str, text: String| std::fs::write(folder.path().join(name), text).unwrap();
        write("a.rs", format!("fn a() {{\n{block}}}\n"));
        write("b.rs", format!("// another\nfn b(x: u8) {{\n{block}x\n}}\n"));
        let out = duplicates(folder.path()).unwrap();
        let lines: Vec<&str> = out.lines().collect();
        assert_eq!(lines.len(), 2, "{out}");
        let tokens: usize = lines[1].rsplit(' ').next().unwrap().parse().unwrap();
        // All of the 210 tokens of the block but what no window ends with, and the bracket before it.
        assert!((210 - 2 * WINDOW..=211).contains(&tokens), "{out}");
        assert!(lines[1].contains("a.rs:") && lines[1].contains("b.rs:"), "{out}");
    }
}
