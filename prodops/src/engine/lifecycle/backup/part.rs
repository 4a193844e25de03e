//! One owner's stream: rows, sealed, with a digest over what is written.

use std::io::{self, BufWriter, Read, Write};

use prodops_core::entropy::Entropy;
use prodops_core::environment::Environment;
use prodops_core::id::BackupId;
use prodops_core::keyring::KeyOwner;
use prodops_core::vault::{Context, OpeningReader, SealError, SealedStream, SealingWriter, VaultKey};
use prodops_store::contract::PortableRow;
use prodops_store::portable::{RowReader, RowWriter};
use sha2::{Digest, Sha256};

use super::manifest::{PartEntry, hex};
use super::target::BackupPart;

/// The place that a stream opens at: this backup, this owner, this environment.
#[derive(Debug, Clone, Copy)]
pub(super) struct PartPlace {
    pub(super) environment: Environment,
    pub(super) backup: BackupId,
    pub(super) owner: KeyOwner,
}

impl PartPlace {
    fn context(&self) -> Context<'static> {
        Context {
            environment: self.environment,
            workspace: self.owner.workspace(),
            kind: "backup",
            record: *self.backup.as_bytes(),
            field: "rows",
            generation: 0,
        }
    }
}

/// Counts and hashes the bytes that pass.
struct Hashing<T> {
    inner: T,
    hash: Sha256,
    bytes: u64,
}

impl<T> Hashing<T> {
    fn new(inner: T) -> Self {
        Self { inner, hash: Sha256::new(), bytes: 0 }
    }

    fn note(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.bytes = self.bytes.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(data)?;
        self.note(data.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.note(buffer.get(..length).unwrap_or_default());
        Ok(length)
    }
}

type Sealing = SealingWriter<Hashing<BufWriter<Box<dyn BackupPart>>>>;

/// A stream that is being written.
pub(super) struct PartWriter {
    place: PartPlace,
    rows: RowWriter<Sealing>,
}

impl PartWriter {
    pub(super) fn begin(
        file: Box<dyn BackupPart>,
        key: &VaultKey,
        place: PartPlace,
        entropy: &dyn Entropy,
    ) -> io::Result<Self> {
        let file = Hashing::new(BufWriter::new(file));
        let sealing = SealingWriter::begin(file, key, &place.context(), entropy);
        let sealing = sealing.map_err(|error: SealError| io::Error::other(error))?;
        Ok(Self { place, rows: RowWriter::begin(sealing)? })
    }

    pub(super) fn rows(&mut self, rows: &[PortableRow]) -> io::Result<()> {
        rows.iter().try_for_each(|row| self.rows.row(row))
    }

    /// Ends the stream; it is on the disk when this returns.
    pub(super) fn finish(self) -> io::Result<PartEntry> {
        let (sealing, rows) = self.rows.finish();
        let Hashing { inner, hash, bytes } = sealing.finish()?;
        let mut file = inner.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync()?;
        Ok(PartEntry { owner: self.place.owner, rows, bytes, sha256: hex(&hash.finalize()) })
    }
}

type File = Box<dyn Read + Send>;

/// A stream that is being read.
pub(super) struct PartReader {
    entry: PartEntry,
    rows: RowReader<OpeningReader<Hashing<File>>>,
    read: u64,
}

impl PartReader {
    pub(super) fn begin(file: File, key: &VaultKey, place: PartPlace, entry: PartEntry) -> io::Result<Self> {
        let opened = SealedStream::begin(Hashing::new(file))?.open(key, &place.context())?;
        Ok(Self { entry, rows: RowReader::begin(opened)?, read: 0 })
    }

    /// Up to `limit` rows, each of which belongs to the owner; none at the end, after it is sure that it was all.
    pub(super) fn batch(&mut self, limit: usize) -> io::Result<Vec<PortableRow>> {
        let rows = self.rows.batch(limit)?;
        let foreign = |row: &PortableRow| !row.belongs_to(self.entry.owner);
        if let Some(at) = rows.iter().position(foreign) {
            let at = self.read.saturating_add(u64::try_from(at).unwrap_or(u64::MAX));
            return Err(invalid(format!("row {at} belongs to somebody else")));
        }
        self.read = self.read.saturating_add(u64::try_from(rows.len()).unwrap_or(u64::MAX));
        if rows.len() < limit && self.read != self.entry.rows {
            return Err(invalid(format!("{} rows instead of {}", self.read, self.entry.rows)));
        }
        Ok(rows)
    }

    pub(super) const fn read(&self) -> u64 {
        self.read
    }
}

/// Whether a file is the one of the manifest.
pub(super) fn check_digest(file: File, entry: &PartEntry) -> io::Result<()> {
    let mut file = Hashing::new(file);
    let most = entry.bytes.saturating_add(1);
    io::copy(&mut file.by_ref().take(most), &mut io::sink())?;
    if file.bytes != entry.bytes {
        return Err(invalid("it has another length".to_owned()));
    }
    if hex(&file.hash.finalize()) != entry.sha256 {
        return Err(invalid("it has another digest".to_owned()));
    }
    Ok(())
}

fn invalid(problem: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem)
}
