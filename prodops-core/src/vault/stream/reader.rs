//! Opening a stream.

use std::io::{self, BufRead, Read};

use zeroize::{Zeroize, Zeroizing};

use crate::vault::cobblestone::{CHUNK_LEN, Message, SEALED_CHUNK_LEN, TAG_LEN};
use crate::vault::context::Context;
use crate::vault::error::OpenError;
use crate::vault::header::Header;
use crate::vault::key::VaultKey;
use crate::vault::key_id::KeyId;
use crate::vault::prefix::{PREFIX_LEN, Prefix};
use crate::vault::purpose::Purpose;
use crate::vault::stream::failed_before;

/// A sealed stream of which only the front has been read: it says which key opens it.
pub struct SealedStream<R: Read> {
    inner: R,
    key_id: KeyId,
    prefix: [u8; PREFIX_LEN],
}

impl<R: Read> SealedStream<R> {
    /// Reads the front of a stream.
    ///
    /// # Errors
    /// When reading fails, or with `InvalidData` around an [`OpenError`] when it is not the front of a backup.
    pub fn begin(mut inner: R) -> io::Result<Self> {
        let mut prefix = [0u8; PREFIX_LEN];
        inner.read_exact(&mut prefix).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => OpenError::NotARecord.into(),
            _ => error,
        })?;
        let header = Header::parse(prefix.first_chunk().ok_or(OpenError::NotARecord)?)?;
        if header.purpose != Purpose::Backup {
            return Err(OpenError::WrongPurpose { found: header.purpose }.into());
        }
        Ok(Self { inner, key_id: header.key_id, prefix })
    }

    /// The key that it says it was sealed with.
    #[must_use]
    pub const fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// Goes on with this key, at this place.
    ///
    /// # Errors
    /// `UnknownKey` when the stream names another key, `WrongKeyOrContext` when it does not commit to this one and the
    /// context.
    pub fn open(self, key: &VaultKey, context: &Context<'_>) -> Result<OpeningReader<R>, OpenError> {
        if self.key_id != key.id() {
            return Err(OpenError::UnknownKey { id: self.key_id });
        }
        let (prefix, _) = Prefix::split(&self.prefix).ok_or(OpenError::Corrupt)?;
        let message = prefix.message(key, context)?;
        Ok(OpeningReader::over(self.inner, message))
    }
}

impl<R: Read> std::fmt::Debug for SealedStream<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SealedStream(key {})", self.key_id)
    }
}

/// Reads what was sealed. Memory does not grow with the stream.
///
/// A stream that was changed, reordered or cut off gives an error of the kind `InvalidData` around
/// [`OpenError::Corrupt`]. After any error there is nothing more to read.
///
/// # Security
/// Every byte that comes out is authentic and in order. Only the end of the stream says that there are no more of them: what
/// was read before an error is the beginning of a backup, not a backup. Restore into a place that is thrown away unless
/// reading came to the end.
pub struct OpeningReader<R: Read> {
    inner: R,
    message: Message,
    number: u64,
    sealed: Vec<u8>,
    text: Zeroizing<Vec<u8>>,
    /// How much of the text has been taken.
    taken: usize,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// There are more chunks.
    Open,
    /// The last chunk has been opened.
    Ended,
    /// Something was wrong.
    Failed,
}

impl<R: Read> OpeningReader<R> {
    /// Reads chunks with keys that were derived already.
    pub(in crate::vault) fn over(inner: R, message: Message) -> Self {
        Self {
            inner,
            message,
            number: 0,
            sealed: Vec::with_capacity(SEALED_CHUNK_LEN),
            text: Zeroizing::new(Vec::with_capacity(CHUNK_LEN)),
            taken: 0,
            state: State::Open,
        }
    }

    /// Opens the next chunk into the text.
    fn next_chunk(&mut self) -> io::Result<()> {
        // Whatever fails below is final: the state is set right at the end.
        self.state = State::Failed;
        self.taken = 0;
        self.sealed.clear();
        let most = u64::try_from(SEALED_CHUNK_LEN).unwrap_or(u64::MAX);
        let length = self.inner.by_ref().take(most).read_to_end(&mut self.sealed)?;
        self.text.resize(length.saturating_sub(TAG_LEN), 0);
        if self.message.open_chunk(self.number, &self.sealed, &mut self.text).is_err() {
            self.text.zeroize();
            return Err(OpenError::Corrupt.into());
        }
        self.number += 1;
        // The last chunk is the only one that is not full. A stream that ends after a full one is cut off: the next
        // chunk has no tag then.
        self.state = if length == SEALED_CHUNK_LEN { State::Open } else { State::Ended };
        Ok(())
    }
}

impl<R: Read> BufRead for OpeningReader<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match self.state {
            State::Failed => return Err(failed_before()),
            State::Open if self.taken == self.text.len() => self.next_chunk()?,
            State::Open | State::Ended => {}
        }
        Ok(self.text.get(self.taken..).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.taken = self.taken.saturating_add(amount).min(self.text.len());
    }
}

impl<R: Read> Read for OpeningReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut text = self.fill_buf()?;
        let length = text.read(buffer)?;
        self.consume(length);
        Ok(length)
    }
}

impl<R: Read> std::fmt::Debug for OpeningReader<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OpeningReader(at chunk {})", self.number)
    }
}
