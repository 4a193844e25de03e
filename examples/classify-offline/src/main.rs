//! A folder in, classes and fingerprints out, with the classification crate alone.

use std::alloc::System;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use prodops_classify::{Classifier, CommitInput, Fingerprinter, Sketch, View, Winnowing, language_name};
use prodops_core::entropy::SystemEntropy;
use prodops_core::index_key::IndexKey;
use prodops_core::process::forbid_core_dumps;
use prodops_core::source::{Change, ChangeKind, Content, Transient};
use zeroizing_alloc::ZeroAlloc;

/// Memory that is freed is wiped, whoever used it.
#[global_allocator]
static WIPING: ZeroAlloc<System> = ZeroAlloc(System);

/// Pairs that share less of the smaller file are not listed.
const ALIKE: f64 = 0.5;

/// Files over this size are left out.
const LARGEST: u64 = 10 << 20;

fn main() -> ExitCode {
    if let Err(error) = forbid_core_dumps() {
        let _ = writeln!(std::io::stderr(), "error: core dumps cannot be forbidden: {error}");
        return ExitCode::FAILURE;
    }
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        let _ = writeln!(std::io::stderr(), "usage: classify-offline FOLDER");
        return ExitCode::from(2);
    };
    match run(&folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let key = IndexKey::generate(&SystemEntropy)?;
    let mut classifier = Classifier::new(&key);
    let mut fingerprinter = Fingerprinter::new(&key, Winnowing::default());
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut sketches: Vec<(PathBuf, Sketch)> = Vec::new();
    for path in files(folder)? {
        let name = path.strip_prefix(folder).unwrap_or(&path).to_owned();
        let text = Transient::new(std::fs::read(&path)?);
        let mut grams = Vec::new();
        let take = |view, gram: prodops_classify::Fingerprint| {
            if view == View::Abstracted {
                grams.push(gram.value);
            }
        };
        fingerprinter.file(name.as_os_str().as_encoded_bytes(), &text, |_| {}, take);
        line(&mut out, &mut classifier, &name, text, grams.len())?;
        sketches.push((name, Sketch::of(grams)));
    }
    for (place, (name, sketch)) in sketches.iter().enumerate() {
        for (other_name, other) in sketches.iter().skip(place + 1) {
            let shared = sketch.containment(other).max(other.containment(sketch));
            if shared >= ALIKE {
                writeln!(out, "alike\t{shared:.2}\t{}\t{}", name.display(), other_name.display())?;
            }
        }
    }
    Ok(out.flush()?)
}

/// The class, language and lines of a file, as if a commit had added it.
fn line(
    out: &mut impl Write,
    classifier: &mut Classifier,
    name: &Path,
    text: Transient,
    grams: usize,
) -> std::io::Result<()> {
    let change = Change {
        path: name.as_os_str().as_encoded_bytes().to_vec(),
        kind: ChangeKind::Added,
        modes: None,
        old: Content::Absent,
        new: Content::Bytes(text),
    };
    let commit = classifier.classify(CommitInput {
        message: &Transient::new(Vec::new()),
        merge: false,
        author_name: b"",
        author_email: b"",
        changes: &[change],
    });
    let Some(file) = commit.changes.first() else { return Ok(()) };
    let language = file.language.map_or("-", language_name);
    let (class, lines) = (file.artefact.as_str(), file.added);
    writeln!(out, "{class}\t{language}\t{lines}\t{grams}\t{}", name.display())
}

/// Every file below a folder, in order; links are not followed.
fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let meta = entry.metadata()?;
            if meta.is_dir() && entry.file_name() != ".git" {
                folders.push(entry.path());
            } else if meta.is_file() && meta.len() <= LARGEST {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}
