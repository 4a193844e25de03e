//! What may be told of a commit to somebody outside: its message without code, secrets and people, names of files, counts.

mod block;
mod code_like;
mod commit;
mod inline;
mod redact;
mod secret;
mod word;

#[cfg(test)]
mod tests;

pub use commit::{ChangedFile, CommitMetadata, FileCounts};
pub use redact::Redacted;
