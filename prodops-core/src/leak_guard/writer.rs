//! A writer whose output is redacted.

use std::fmt;
use std::io::{self, Write};

use super::redactor::Redactor;
use super::sink::Reveal;

/// Redacts what is written before it reaches the inner writer. Made by [`Sink::writer`](super::Sink::writer).
///
/// Up to fifteen bytes wait for what follows them. Flushing or dropping the writer passes them on, so that a log event
/// or a frame that is flushed arrives whole.
pub struct GuardedWriter<W: Write> {
    redactor: Redactor,
    clean: Vec<u8>,
    written: usize,
    inner: W,
}

impl<W: Write> GuardedWriter<W> {
    pub(super) const fn new(redactor: Redactor, inner: W) -> Self {
        Self { redactor, clean: Vec::new(), written: 0, inner }
    }

    /// Lets one secret through once.
    #[must_use]
    pub fn allow(mut self, reveal: Reveal) -> Self {
        self.redactor.allow(reveal);
        self
    }

    /// The inner writer.
    pub const fn get_ref(&self) -> &W {
        &self.inner
    }

    /// Hands on what is ready. What the inner writer did not take stays for the next time.
    fn drain(&mut self) -> io::Result<()> {
        while let Some(rest) = self.clean.get(self.written..).filter(|rest| !rest.is_empty()) {
            match self.inner.write(rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => self.written += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.clean.clear();
        self.written = 0;
        Ok(())
    }
}

impl<W: Write> Write for GuardedWriter<W> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.drain()?;
        self.redactor.pass(piece, &mut self.clean);
        // The piece is taken; an inner writer that fails now fails again at the next call.
        let _ = self.drain();
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.redactor.flush(&mut self.clean);
        self.drain()?;
        self.inner.flush()
    }
}

impl<W: Write> Drop for GuardedWriter<W> {
    fn drop(&mut self) {
        let _ = self.flush();
    }
}

impl<W: Write> fmt::Debug for GuardedWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardedWriter").field("redactor", &self.redactor).finish_non_exhaustive()
    }
}
