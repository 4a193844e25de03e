//! Sealing a stream.

use std::io::{self, Write};

use zeroize::Zeroizing;

use crate::entropy::Entropy;
use crate::vault::cobblestone::{CHUNK_LEN, Message, TAG_LEN};
use crate::vault::context::Context;
use crate::vault::error::SealError;
use crate::vault::header::Header;
use crate::vault::key::VaultKey;
use crate::vault::prefix;
use crate::vault::purpose::Purpose;
use crate::vault::stream::failed_before;

/// Seals what is written to it as a backup and passes it on, 16 KiB at a time.
///
/// Call [`finish`](Self::finish) at the end: it writes the last chunk, and a stream without one is refused as truncated.
/// Memory does not grow with the stream.
///
/// ```
/// # use std::io::{Read, Write};
/// # use prodops_core::entropy::SystemEntropy;
/// # use prodops_core::environment::Environment;
/// # use prodops_core::vault::{Context, SealedStream, SealingWriter, VaultKey};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let key = VaultKey::generate(&SystemEntropy)?;
/// # let place = Context { environment: Environment::Test, workspace: None, kind: "backup", record: [7; 16],
/// #     field: "data", generation: 0 };
/// let mut backup = SealingWriter::begin(Vec::new(), &key, &place, &SystemEntropy)?;
/// backup.write_all(b"everything")?;
/// let sealed = backup.finish()?;
///
/// let mut restored = String::new();
/// let stream = SealedStream::begin(sealed.as_slice())?;
/// assert_eq!(stream.key_id(), key.id());
/// stream.open(&key, &place)?.read_to_string(&mut restored)?;
/// assert_eq!(restored, "everything");
/// # Ok(())
/// # }
/// ```
pub struct SealingWriter<W: Write> {
    inner: W,
    message: Message,
    number: u64,
    /// What goes out with the next chunk: the prefix of the stream in front of the first one, then the chunk.
    buffer: Zeroizing<Vec<u8>>,
    /// Where in the buffer the chunk begins.
    start: usize,
    failed: bool,
}

impl<W: Write> SealingWriter<W> {
    /// Begins a backup; nothing is written yet.
    ///
    /// # Errors
    /// When a part of the context is longer than 65535 bytes or no random salt can be had.
    pub fn begin(
        inner: W,
        key: &VaultKey,
        context: &Context<'_>,
        entropy: &dyn Entropy,
    ) -> Result<Self, SealError> {
        let header = Header { purpose: Purpose::Backup, key_id: key.id() };
        let (prefix, message) = prefix::begin(key, header, context, entropy, 0)?;
        Ok(Self::over(inner, &prefix, message))
    }

    /// Seals with keys that were derived already, behind these bytes.
    pub(in crate::vault) fn over(inner: W, prefix: &[u8], message: Message) -> Self {
        let mut buffer = Zeroizing::new(Vec::with_capacity(prefix.len() + CHUNK_LEN + TAG_LEN));
        buffer.extend_from_slice(prefix);
        Self { inner, message, number: 0, buffer, start: prefix.len(), failed: false }
    }

    /// Writes the last chunk and gives the writer back. It is flushed, and not more: syncing a file is up to the caller.
    ///
    /// # Errors
    /// When writing fails, now or before.
    pub fn finish(mut self) -> io::Result<W> {
        self.emit()?;
        self.inner.flush()?;
        Ok(self.inner)
    }

    /// Seals the chunk in the buffer and writes it.
    fn emit(&mut self) -> io::Result<()> {
        self.check()?;
        // INVARIANT: no chunk number is used twice, so no nonce is. A failed write is final, there is no second try.
        self.failed = true;
        self.buffer.extend_from_slice(&[0; TAG_LEN]);
        let chunk = self.buffer.get_mut(self.start..).unwrap_or_default();
        let sealed = self.message.seal_chunk(self.number, chunk);
        sealed.map_err(|_| io::Error::new(io::ErrorKind::FileTooLarge, "the stream is longer than 4 PiB"))?;
        self.number += 1;
        self.inner.write_all(&self.buffer)?;
        self.buffer.clear();
        self.start = 0;
        self.failed = false;
        Ok(())
    }

    fn check(&self) -> io::Result<()> {
        if self.failed { Err(failed_before()) } else { Ok(()) }
    }
}

impl<W: Write> Write for SealingWriter<W> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.check()?;
        let full = self.start + CHUNK_LEN;
        let now = data.get(..full.saturating_sub(self.buffer.len())).unwrap_or(data);
        self.buffer.extend_from_slice(now);
        if self.buffer.len() == full {
            self.emit()?;
        }
        Ok(now.len())
    }

    /// Passes the request on. A part of a chunk stays until it is full or the stream is finished.
    fn flush(&mut self) -> io::Result<()> {
        self.check()?;
        self.inner.flush()
    }
}

impl<W: Write> std::fmt::Debug for SealingWriter<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SealingWriter(at chunk {})", self.number)
    }
}
