//! Generated source text: what the content benchmarks read. Nothing depends on the machine or the day.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use prodops::core::source::Transient;

/// The variable that names a folder to read instead.
pub const VARIABLE: &str = "PRODOPS_BENCH_CORPUS";

/// A file to be fingerprinted.
#[derive(Debug)]
pub struct SourceFile {
    /// Its name, for its language.
    pub path: Vec<u8>,
    /// Its text.
    pub text: Transient,
}

/// The files below the folder that [`VARIABLE`] names, or about `bytes` of generated ones.
///
/// # Errors
/// When the folder cannot be read.
pub fn chosen(bytes: usize) -> std::io::Result<Vec<SourceFile>> {
    #[allow(clippy::disallowed_methods, reason = "the one place that reads what a run is configured with")]
    let named = std::env::var_os(VARIABLE);
    named.map_or_else(|| Ok(generated(bytes)), |folder| below(Path::new(&folder)))
}

/// Every file below a folder, those of git aside.
///
/// # Errors
/// When the folder cannot be read.
pub fn below(folder: &Path) -> std::io::Result<Vec<SourceFile>> {
    paths_below(folder)?.iter().map(|path| SourceFile::read(path)).collect()
}

/// Where the files below a folder are, those of git aside, in order.
///
/// # Errors
/// When the folder cannot be read.
pub fn paths_below(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() && entry.file_name() != ".git" {
                folders.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            }
        }
    }
    files.sort_unstable();
    Ok(files)
}

impl SourceFile {
    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(path: &Path) -> std::io::Result<Self> {
        let text = Transient::new(fs::read(path)?);
        Ok(Self { path: path.as_os_str().as_encoded_bytes().to_vec(), text })
    }
}

/// Files in four languages, each of 4 to 40 KiB, with about a fifth of their lines comments.
#[must_use]
pub fn generated(bytes: usize) -> Vec<SourceFile> {
    let file = |(path, text): (String, String)| SourceFile {
        path: path.into_bytes(),
        text: Transient::new(text.into_bytes()),
    };
    texts(bytes).into_iter().map(file).collect()
}

/// The same as names and texts.
#[must_use]
pub fn texts(bytes: usize) -> Vec<(String, String)> {
    let mut numbers = Numbers::new();
    let mut files = Vec::new();
    let mut length = 0;
    while length < bytes {
        let ending = numbers.one(&["rs", "js", "py", "java"]);
        let text = text(&mut numbers, ending);
        length += text.len();
        files.push((format!("file{}.{ending}", files.len()), text));
    }
    files
}

fn text(numbers: &mut Numbers, ending: &str) -> String {
    const WORDS: [&str; 16] = [
        "value", "index", "request", "user", "buffer", "state", "handler", "config", "result", "entry",
        "node", "cache", "stream", "error", "length", "offset",
    ];
    let comment = if ending == "py" { "#" } else { "//" };
    let end = if ending == "py" { "" } else { ";" };
    let (mut out, wanted) = (String::new(), (4 << 10) + numbers.below(36 << 10));
    while out.len() < wanted {
        let indent = "    ".repeat(1 + numbers.below(3));
        let (a, b, c) = (numbers.one(&WORDS), numbers.one(&WORDS), numbers.one(&WORDS));
        let n = numbers.below(10_000);
        // A `String` takes everything.
        let _ = match numbers.below(10) {
            0 | 1 => writeln!(out, "{indent}{comment} The {a} of the {b} is checked before the {c} is used."),
            2 => writeln!(out),
            3 => writeln!(out, "{indent}{a}.{b}(\"the {c} number {n} is missing\"){end}"),
            4 => writeln!(out, "{indent}if ({a}_{b} >= {n} && {c} != null) {{ return {a}[{b} + {n}]; }}"),
            5 => writeln!(out, "{indent}{a}_{n} = {b}.{c}({a}, {n} * {b}_{c}){end}"),
            _ => writeln!(out, "{indent}{a}.{b}_{c} = {c}({a}_{b}, {n}, {b}.{a} - {c}){end}"),
        };
    }
    out
}

/// Numbers from a fixed seed.
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) const fn new() -> Self {
        Self(0x2545_f491_4f6c_dd1d)
    }

    pub(crate) fn one<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words.get(self.below(words.len())).copied().unwrap_or_default()
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}
