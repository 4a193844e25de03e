//! The only thing that an AI provider is given.

use bstr::ByteSlice;
use prodops_core::source::Transient;

use super::redact::{Redacted, redact};
use super::word;

/// A changed file as it is known before anything is left out.
#[derive(Debug, Clone, Copy)]
pub struct FileCounts<'a> {
    /// Its path.
    pub path: &'a [u8],
    /// Lines that are new.
    pub added: u32,
    /// Lines that are gone.
    pub deleted: u32,
}

/// A changed file of a [`CommitMetadata`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedFile {
    path: String,
    added: u32,
    deleted: u32,
}

impl ChangedFile {
    /// Its path, its last 200 bytes at most, without what looks like a secret or an address.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Lines that are new.
    #[must_use]
    pub const fn added(&self) -> u32 {
        self.added
    }

    /// Lines that are gone.
    #[must_use]
    pub const fn deleted(&self) -> u32 {
        self.deleted
    }
}

/// What may be told of a commit to a provider outside: what its message says in words, which files, how many lines.
///
/// Left out of the message: code in fences, indented or in back-ticks, lines that look like code, diffs, stack traces,
/// keys, tokens, passwords, addresses, names in trailers, mentions of people. In their place stands what they were
/// (`[code]`), so that a reader knows that something was there. When in doubt it is left out: a label that is a little less
/// sure costs less than a line of code that has left.
///
/// ```
/// use prodops_classify::metadata::{CommitMetadata, FileCounts};
/// use prodops_core::source::Transient;
///
/// let message = b"fix: no retry after `close()`\n\n    if closed { return; }\n\nSigned-off-by: A <a@example.org>\n";
/// let files = [FileCounts { path: b"src/retry.rs", added: 3, deleted: 1 }];
/// let told = CommitMetadata::of(&Transient::new(message.to_vec()), files);
/// assert_eq!(told.subject(), "fix: no retry after [code]");
/// assert_eq!(told.body(), "[code]");
/// assert_eq!(told.files()[0].path(), "src/retry.rs");
/// ```
///
/// # Security
/// Private fields and no deserialiser: it comes from [`CommitMetadata::of`] only, and there is no other way to put text
/// into one. It names neither the commit nor its repository, its author or its time. It is not a fact and must not be
/// stored: whoever needs it again reads the commit again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitMetadata {
    subject: String,
    body: String,
    files: Vec<ChangedFile>,
    files_left_out: usize,
    redacted: Redacted,
}

impl CommitMetadata {
    /// Bytes of the subject that are told at most.
    pub const MAX_SUBJECT: usize = 400;
    /// Bytes of the body that are told at most.
    pub const MAX_BODY: usize = 4_000;
    /// Files that are named at most; the others are counted.
    pub const MAX_FILES: usize = 100;
    /// Bytes of a path that are told at most.
    pub const MAX_PATH: usize = 200;
    /// Bytes of a message that are read at most: a longer one ends at the last line that fits.
    pub const MAX_MESSAGE: usize = 64 * 1024;

    /// What may be told of a commit with this message and these files. Takes time in the length of the message.
    #[must_use]
    #[allow(clippy::disallowed_methods, reason = "the message is borrowed to be redacted")]
    pub fn of<'a>(message: &Transient, files: impl IntoIterator<Item = FileCounts<'a>>) -> Self {
        let mut redacted = Redacted::default();
        let (subject, body) = message.with_bytes(|bytes| {
            let text = whole_lines(bytes).to_str_lossy();
            redact(&text, (Self::MAX_SUBJECT, Self::MAX_BODY), &mut redacted)
        });
        let mut files = files.into_iter();
        let named = files.by_ref().take(Self::MAX_FILES).map(|file| told(file, &mut redacted)).collect();
        Self { subject, body, files: named, files_left_out: files.count(), redacted }
    }

    /// The first line.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// What follows it.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }

    /// The first [`MAX_FILES`](Self::MAX_FILES) files.
    #[must_use]
    pub fn files(&self) -> &[ChangedFile] {
        &self.files
    }

    /// How many files there are beside [`files`](Self::files).
    #[must_use]
    pub const fn files_left_out(&self) -> usize {
        self.files_left_out
    }

    /// How much was left out of message and paths.
    #[must_use]
    pub const fn redacted(&self) -> Redacted {
        self.redacted
    }
}

/// The start of the message up to the last line that ends within the limit, so that no secret is cut into a half which
/// nobody recognises.
fn whole_lines(message: &[u8]) -> &[u8] {
    let Some(head) = message.get(..CommitMetadata::MAX_MESSAGE).filter(|head| head.len() < message.len())
    else {
        return message;
    };
    let end = head.rfind_byte(b'\n').unwrap_or(0);
    head.get(..end).unwrap_or_default()
}

fn told(file: FileCounts<'_>, redacted: &mut Redacted) -> ChangedFile {
    let path = word::path(&file.path.to_str_lossy(), redacted);
    let from = path.len().saturating_sub(CommitMetadata::MAX_PATH);
    let from = (from..=path.len()).find(|&at| path.is_char_boundary(at)).unwrap_or(path.len());
    ChangedFile {
        path: path.get(from..).unwrap_or_default().to_owned(),
        added: file.added,
        deleted: file.deleted,
    }
}
