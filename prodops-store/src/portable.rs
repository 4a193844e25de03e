//! Rows as a stream of bytes: a version, then each row behind its length.

use std::io::{self, BufRead, Write};

use crate::contract::PortableRow;

/// The version of the stream. Another number means that rows look different.
pub const VERSION: u32 = 1;

/// The longest row that is written or read, in bytes.
const LONGEST: usize = 32 * 1024 * 1024;

/// Writes rows.
#[derive(Debug)]
pub struct RowWriter<W> {
    inner: W,
    rows: u64,
}

impl<W: Write> RowWriter<W> {
    /// Begins a stream.
    ///
    /// # Errors
    /// When writing fails.
    pub fn begin(mut inner: W) -> io::Result<Self> {
        inner.write_all(&VERSION.to_be_bytes())?;
        Ok(Self { inner, rows: 0 })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// When writing fails, or the row is longer than any row can be.
    pub fn row(&mut self, row: &PortableRow) -> io::Result<()> {
        let bytes = postcard::to_stdvec(row).map_err(|_| invalid("a row cannot be written"))?;
        let length = u32::try_from(bytes.len()).ok().filter(|_| bytes.len() <= LONGEST);
        let length = length.ok_or_else(|| invalid("a row is too long"))?;
        self.inner.write_all(&length.to_be_bytes())?;
        self.inner.write_all(&bytes)?;
        self.rows = self.rows.saturating_add(1);
        Ok(())
    }

    /// The writer below, and how many rows there are.
    pub fn finish(self) -> (W, u64) {
        (self.inner, self.rows)
    }
}

/// Reads rows.
#[derive(Debug)]
pub struct RowReader<R> {
    inner: R,
}

impl<R: BufRead> RowReader<R> {
    /// Begins to read a stream.
    ///
    /// # Errors
    /// When reading fails, or with `InvalidData` when it is of another version.
    pub fn begin(mut inner: R) -> io::Result<Self> {
        let mut version = [0; 4];
        inner.read_exact(&mut version)?;
        if u32::from_be_bytes(version) != VERSION {
            return Err(invalid("the rows come from another version of prodops"));
        }
        Ok(Self { inner })
    }

    /// The next row; `None` after the last.
    ///
    /// # Errors
    /// When reading fails, or with `InvalidData` when it is no row.
    pub fn row(&mut self) -> io::Result<Option<PortableRow>> {
        if self.inner.fill_buf()?.is_empty() {
            return Ok(None);
        }
        let mut length = [0; 4];
        self.inner.read_exact(&mut length)?;
        let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        if length > LONGEST {
            return Err(invalid("a row is too long"));
        }
        let mut bytes = vec![0; length];
        self.inner.read_exact(&mut bytes)?;
        match postcard::take_from_bytes(&bytes) {
            Ok((row, [])) => Ok(Some(row)),
            _ => Err(invalid("a row cannot be read")),
        }
    }

    /// Up to `limit` rows; fewer only at the end.
    ///
    /// # Errors
    /// As [`RowReader::row`].
    pub fn batch(&mut self, limit: usize) -> io::Result<Vec<PortableRow>> {
        let mut rows = Vec::new();
        while rows.len() < limit {
            let Some(row) = self.row()? else { break };
            rows.push(row);
        }
        Ok(rows)
    }
}

fn invalid(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use prodops_core::id::PersonId;

    fn stream(rows: u8) -> Vec<u8> {
        let mut writer = RowWriter::begin(Vec::new()).unwrap();
        for row in 0..rows {
            writer.row(&PortableRow::ErasedPerson(PersonId::from_bytes([row; 16]))).unwrap();
        }
        let (bytes, count) = writer.finish();
        assert_eq!(count, u64::from(rows));
        bytes
    }

    #[test]
    fn what_was_written_is_read_in_batches() {
        let bytes = stream(5);
        let mut reader = RowReader::begin(bytes.as_slice()).unwrap();
        let lengths: Vec<usize> = (0..4).map(|_| reader.batch(2).unwrap().len()).collect();
        assert_eq!(lengths, [2, 2, 1, 0]);
    }

    #[test]
    fn what_is_no_stream_of_rows_is_refused_and_asks_for_no_memory() {
        assert!(RowReader::begin(&b"\0\0\0\x02"[..]).is_err());
        assert!(RowReader::begin(&b"\0\0"[..]).is_err());
        let whole = stream(1);
        for cut in 5..whole.len() {
            let mut reader = RowReader::begin(&whole[..cut]).unwrap();
            assert!(reader.row().is_err(), "{cut}");
        }
        let mut reader = RowReader::begin(&b"\0\0\0\x01\xff\xff\xff\xff"[..]).unwrap();
        assert_eq!(reader.row().unwrap_err().to_string(), "a row is too long");
        let mut reader = RowReader::begin(&b"\0\0\0\x01\0\0\0\x01\xff"[..]).unwrap();
        assert_eq!(reader.row().unwrap_err().to_string(), "a row cannot be read");
    }
}
