//! Streams come back whole, and changed ones do not come back at all.

use std::io::{self, Read, Write};

use super::*;
use crate::environment::Environment;
use crate::testing::SeededEntropy;
use crate::vault::cobblestone::{CHUNK_LEN, SEALED_CHUNK_LEN};
use crate::vault::prefix::PREFIX_LEN;
use crate::vault::{Context, OpenError, Purpose, SealError, VaultKey};

const PLACE: Context<'static> = Context {
    environment: Environment::Test,
    workspace: None,
    kind: "backup",
    record: [2; 16],
    field: "data",
    generation: 1,
};

fn key() -> VaultKey {
    VaultKey::generate(&SeededEntropy::new(1)).unwrap()
}

fn text(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i % 251) as u8).collect()
}

fn sealed(text: &[u8]) -> Vec<u8> {
    let mut writer = SealingWriter::begin(Vec::new(), &key(), &PLACE, &SeededEntropy::new(9)).unwrap();
    writer.write_all(text).unwrap();
    writer.finish().unwrap()
}

/// What comes out before the end or the error.
fn opened(sealed: &[u8]) -> (Vec<u8>, io::Result<()>) {
    let mut text = Vec::new();
    let result = SealedStream::begin(sealed)
        .and_then(|stream| Ok(stream.open(&key(), &PLACE)?))
        .and_then(|mut reader| reader.read_to_end(&mut text).map(|_| ()));
    (text, result)
}

fn reason(error: &io::Error) -> OpenError {
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    *error.get_ref().and_then(|inner| inner.downcast_ref()).unwrap()
}

#[test]
fn streams_of_every_length_come_back() {
    for length in [0, 1, 16_383, 16_384, 16_385, 32_767, 32_768, 32_769, 5 * CHUNK_LEN + 7] {
        let text = text(length);
        let sealed = sealed(&text);
        assert_eq!(sealed.len(), PREFIX_LEN + length + (length / CHUNK_LEN + 1) * 16);
        let (opened, result) = opened(&sealed);
        assert!(result.is_ok() && opened == text, "{length}");
    }
}

#[test]
fn it_does_not_matter_in_which_pieces_a_stream_is_written_and_read() {
    let text = text(3 * CHUNK_LEN + 5);
    let mut writer = SealingWriter::begin(Vec::new(), &key(), &PLACE, &SeededEntropy::new(9)).unwrap();
    for piece in text.chunks(1000) {
        writer.write_all(piece).unwrap();
        writer.flush().unwrap();
    }
    let bytes = writer.finish().unwrap();
    assert_eq!(bytes, sealed(&text));

    /// Gives one byte at a time, every other time an interruption.
    struct Trickle<'a>(&'a [u8], bool);
    impl Read for Trickle<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.1 = !self.1;
            if self.1 {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let length = buffer.len().min(1);
            self.0.read(&mut buffer[..length])
        }
    }
    let stream = SealedStream::begin(Trickle(&bytes, false)).unwrap();
    let mut reader = stream.open(&key(), &PLACE).unwrap();
    let (mut opened, mut piece) = (Vec::new(), [0u8; 777]);
    while let length @ 1.. = reader.read(&mut piece).unwrap() {
        opened.extend_from_slice(&piece[..length]);
    }
    assert_eq!(opened, text);
    assert_eq!(reader.read(&mut piece).unwrap(), 0, "the end stays the end");
}

#[test]
fn a_stream_that_is_cut_anywhere_is_refused_after_what_is_whole() {
    let text = text(2 * CHUNK_LEN + 100);
    let sealed = sealed(&text);
    let ends = [0, 1, 15, 16, 17, 5000, SEALED_CHUNK_LEN - 1];
    let whole = |length: usize| length.saturating_sub(PREFIX_LEN) / SEALED_CHUNK_LEN * CHUNK_LEN;
    let starts = [PREFIX_LEN, PREFIX_LEN + SEALED_CHUNK_LEN, PREFIX_LEN + 2 * SEALED_CHUNK_LEN];
    for length in starts.iter().flat_map(|start| ends.map(|end| start + end)).filter(|l| *l < sealed.len()) {
        let (opened, result) = opened(&sealed[..length]);
        assert_eq!(reason(&result.unwrap_err()), OpenError::Corrupt, "{length} bytes");
        assert_eq!(opened, text[..whole(length)], "{length} bytes");
    }
    for length in 0..PREFIX_LEN {
        assert_eq!(reason(&opened(&sealed[..length]).1.unwrap_err()), OpenError::NotARecord);
    }
}

#[test]
fn a_stream_whose_chunks_moved_is_refused() {
    let sealed = sealed(&text(4 * CHUNK_LEN + 100));
    let (prefix, chunks) = sealed.split_at(PREFIX_LEN);
    let chunks: Vec<&[u8]> = chunks.chunks(SEALED_CHUNK_LEN).collect();
    let arranged = |order: &[usize]| {
        let mut bytes = prefix.to_vec();
        order.iter().for_each(|at| bytes.extend_from_slice(chunks[*at]));
        bytes
    };
    assert!(opened(&arranged(&[0, 1, 2, 3, 4])).1.is_ok());
    let moved: [(&[usize], usize); 6] = [
        (&[1, 0, 2, 3, 4], 0),
        (&[0, 1, 1, 3, 4], 2),
        (&[0, 1, 3, 2, 4], 2),
        (&[0, 1, 2, 4], 3),
        (&[0, 1, 2, 3, 4, 4], 4),
        (&[0, 1, 2, 3, 4, 0], 4),
    ];
    for (order, whole) in moved {
        let (text, result) = opened(&arranged(order));
        assert_eq!(reason(&result.unwrap_err()), OpenError::Corrupt, "{order:?}");
        assert_eq!(text.len(), whole * CHUNK_LEN, "{order:?}");
    }
}

#[test]
fn a_changed_chunk_releases_nothing_of_itself_and_the_error_stays() {
    let mut bytes = sealed(&text(3 * CHUNK_LEN));
    bytes[PREFIX_LEN + SEALED_CHUNK_LEN + 5] ^= 0x80;
    let mut reader = SealedStream::begin(bytes.as_slice()).unwrap().open(&key(), &PLACE).unwrap();
    let mut text = Vec::new();
    assert_eq!(reason(&reader.read_to_end(&mut text).unwrap_err()), OpenError::Corrupt);
    assert_eq!(text.len(), CHUNK_LEN);
    for _ in 0..3 {
        assert!(reader.read(&mut [0; 8]).is_err());
    }
}

#[test]
fn another_key_or_place_is_refused_before_anything_is_opened() {
    let bytes = sealed(b"everything");
    let stream = || SealedStream::begin(bytes.as_slice()).unwrap();
    assert_eq!(stream().key_id(), key().id());
    let other = VaultKey::generate(&SeededEntropy::new(2)).unwrap();
    assert_eq!(stream().open(&other, &PLACE).unwrap_err(), OpenError::UnknownKey { id: key().id() });
    let same_name = VaultKey::from_bytes(key().id(), [7; 32]);
    let long = "k".repeat(70_000);
    for (key, place) in [
        (&same_name, PLACE),
        (&key(), Context { generation: 2, ..PLACE }),
        (&key(), Context { kind: &long, ..PLACE }),
    ] {
        assert_eq!(stream().open(key, &place).unwrap_err(), OpenError::WrongKeyOrContext);
    }
    let error =
        SealingWriter::begin(Vec::new(), &key(), &Context { kind: &long, ..PLACE }, &SeededEntropy::new(9));
    assert_eq!(error.unwrap_err(), SealError::ContextTooLong { part: "kind" });
}

#[test]
fn a_record_is_no_stream() {
    let record =
        crate::vault::seal(&key(), Purpose::Token, &PLACE, b"secret", &SeededEntropy::new(9)).unwrap();
    let error = SealedStream::begin(record.as_bytes()).unwrap_err();
    assert_eq!(reason(&error), OpenError::WrongPurpose { found: Purpose::Token });
}

/// Fails after so many bytes.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(data.len()).ok_or(io::ErrorKind::StorageFull)?;
        Ok(data.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_failed_write_is_final() {
    let mut writer = SealingWriter::begin(Full(20_000), &key(), &PLACE, &SeededEntropy::new(9)).unwrap();
    writer.write_all(&text(CHUNK_LEN)).unwrap();
    assert_eq!(writer.write_all(&text(CHUNK_LEN)).unwrap_err().kind(), io::ErrorKind::StorageFull);
    assert!(writer.write(b"more").is_err());
    assert!(writer.flush().is_err());
    assert!(writer.finish().is_err());
}

/// Gives so many bytes, then fails.
struct Broken<'a>(&'a [u8]);

impl Read for Broken<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(io::ErrorKind::ConnectionReset.into()),
            length => Ok(length),
        }
    }
}

#[test]
fn a_failed_read_is_final_and_repeats_no_text() {
    let bytes = sealed(&text(2 * CHUNK_LEN));
    let cut = &bytes[..PREFIX_LEN + SEALED_CHUNK_LEN + 100];
    let mut reader = SealedStream::begin(Broken(cut)).unwrap().open(&key(), &PLACE).unwrap();
    let mut text = Vec::new();
    assert_eq!(reader.read_to_end(&mut text).unwrap_err().kind(), io::ErrorKind::ConnectionReset);
    assert!(reader.read_to_end(&mut text).is_err());
    assert_eq!(text.len(), CHUNK_LEN);
}
