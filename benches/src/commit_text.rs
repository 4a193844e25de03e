//! Commits as the activity classifier takes them: generated, or read from a file of JSON lines.

use std::path::Path;

use prodops::classify::{CommitSummary, FileSummary};
use serde::Deserialize;

use crate::source_text::Numbers;

/// The variable that names a file of JSON lines to read instead: `{"subject","body","files":[{"path","added","deleted"}]}`.
pub const VARIABLE: &str = "PRODOPS_BENCH_COMMITS";

/// A commit that owns its text.
#[derive(Debug, Deserialize)]
pub struct CommitText {
    subject: String,
    body: String,
    files: Vec<FileText>,
}

#[derive(Debug, Deserialize)]
struct FileText {
    path: String,
    added: u32,
    deleted: u32,
}

impl CommitText {
    /// Its files, borrowed.
    #[must_use]
    pub fn files(&self) -> Vec<FileSummary<'_>> {
        let mut files = Vec::with_capacity(self.files.len());
        for FileText { path, added, deleted } in &self.files {
            files.push(FileSummary { path: path.as_bytes(), added: *added, deleted: *deleted });
        }
        files
    }

    /// The commit, borrowed.
    #[must_use]
    pub const fn summary<'a>(&'a self, files: &'a [FileSummary<'a>]) -> CommitSummary<'a> {
        CommitSummary { subject: self.subject.as_bytes(), body: self.body.as_bytes(), files }
    }
}

/// The commits of the file that [`VARIABLE`] names, or so many generated ones.
///
/// # Errors
/// When the file cannot be read.
pub fn chosen(count: usize) -> std::io::Result<Vec<CommitText>> {
    #[allow(clippy::disallowed_methods, reason = "the one place that reads what a run is configured with")]
    let named = std::env::var_os(VARIABLE);
    named.map_or_else(|| Ok(generated(count)), |file| read(Path::new(&file)))
}

/// The commits of a file of JSON lines.
///
/// # Errors
/// When the file cannot be read, or a line is no commit.
pub fn read(file: &Path) -> std::io::Result<Vec<CommitText>> {
    let text = std::fs::read_to_string(file)?;
    text.lines().map(|line| serde_json::from_str(line).map_err(std::io::Error::from)).collect()
}

/// Commits of the shape of real ones: subjects of about 45 bytes, a body in two of five, 1 to 20 files and mostly 2 or 3.
#[must_use]
pub fn generated(count: usize) -> Vec<CommitText> {
    const VERBS: [&str; 8] = ["Add", "Fix", "Remove", "Rename", "Support", "Bump", "Avoid", "Use"];
    const WORDS: [&str; 16] = [
        "the", "parser", "of", "tables", "when", "list", "is", "empty", "crash", "cache", "on", "start",
        "option", "for", "users", "error",
    ];
    const PATHS: [&str; 6] = [
        "src/table/reader",
        "src/lib",
        "tests/table_test",
        "web/components/list",
        "internal/server/http",
        "docs/usage",
    ];
    let mut numbers = Numbers::new();
    let words = |numbers: &mut Numbers, count: usize| -> String {
        (0..count).map(|_| format!(" {}", numbers.one(&WORDS))).collect()
    };
    let commit = |_| {
        let verb = numbers.one(&VERBS);
        let length = 4 + numbers.below(8);
        let subject = format!("{verb}{}", words(&mut numbers, length));
        let body_length = if numbers.below(5) < 2 { 10 + numbers.below(60) } else { 0 };
        let body = words(&mut numbers, body_length);
        let several = if numbers.below(8) == 0 { 20 } else { 4 };
        let file = |numbers: &mut Numbers| FileText {
            path: format!(
                "{}_{}.{}",
                numbers.one(&PATHS),
                numbers.below(50),
                numbers.one(&["rs", "ts", "go", "py"])
            ),
            added: numbers.below(80) as u32,
            deleted: numbers.below(20) as u32,
        };
        let files = (0..1 + numbers.below(several)).map(|_| file(&mut numbers)).collect();
        CommitText { subject, body, files }
    };
    (0..count).map(commit).collect()
}
