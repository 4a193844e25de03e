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
use rayon::prelude::*;
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
    let paths = files(folder)?;
    // Every core reads files of its own, one at a time; what is left of them comes in the order of the paths.
    let read = paths.par_iter().with_min_len(16).map_init(
        || Reader::new(&key),
        |reader, path| {
            let name = path.strip_prefix(folder).unwrap_or(path);
            Ok(reader.read(name, Transient::new(std::fs::read(path)?)))
        },
    );
    let read: Vec<FileFacts> = read.collect::<std::io::Result<_>>()?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    read.iter().try_for_each(|file| writeln!(out, "{}", file.line))?;
    let alike = read.par_iter().enumerate().map(|(place, file)| {
        let others = read.iter().skip(place + 1);
        others.filter_map(|other| file.alike(other)).collect::<String>()
    });
    alike.collect::<Vec<_>>().iter().try_for_each(|lines| out.write_all(lines.as_bytes()))?;
    Ok(out.flush()?)
}

/// What reads files; each core has its own.
struct Reader {
    classifier: Classifier,
    fingerprinter: Fingerprinter,
}

/// What is left of a file.
struct FileFacts {
    name: PathBuf,
    line: String,
    sketch: Sketch,
}

impl Reader {
    fn new(key: &IndexKey) -> Self {
        let fingerprinter = Fingerprinter::new(key, Winnowing::default());
        Self { classifier: Classifier::new(key), fingerprinter }
    }

    fn read(&mut self, name: &Path, text: Transient) -> FileFacts {
        let mut grams = Vec::new();
        let take = |view, gram: prodops_classify::Fingerprint| {
            if view == View::Abstracted {
                grams.push(gram.value);
            }
        };
        self.fingerprinter.file(name.as_os_str().as_encoded_bytes(), &text, |_| {}, take);
        let line = line(&mut self.classifier, name, text, grams.len());
        FileFacts { name: name.to_owned(), line, sketch: Sketch::of(grams) }
    }
}

impl FileFacts {
    /// The line that says that two files have much in common, if they have.
    fn alike(&self, other: &Self) -> Option<String> {
        let shared = self.sketch.containment(&other.sketch).max(other.sketch.containment(&self.sketch));
        let names = format!("{}\t{}", self.name.display(), other.name.display());
        (shared >= ALIKE).then(|| format!("alike\t{shared:.2}\t{names}\n"))
    }
}

/// The class, language and lines of a file, as if a commit had added it.
fn line(classifier: &mut Classifier, name: &Path, text: Transient, grams: usize) -> String {
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
    let Some(file) = commit.changes.first() else { return String::new() };
    let language = file.language.map_or("-", language_name);
    let (class, lines) = (file.artefact.as_str(), file.added);
    format!("{class}\t{language}\t{lines}\t{grams}\t{}", name.display())
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
