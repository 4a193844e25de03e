//! Backups: a stream sealed in chunks, whatever its length, in constant memory.

mod reader;
#[cfg(test)]
mod tests;
mod writer;

pub use reader::{OpeningReader, SealedStream};
pub use writer::SealingWriter;

/// After an error nothing more is sealed or opened.
fn failed_before() -> std::io::Error {
    std::io::Error::other("the stream failed before: begin anew")
}
