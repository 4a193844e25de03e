//! The first 24 bytes of a record.

use super::error::OpenError;
use super::key_id::KeyId;
use super::purpose::Purpose;

pub(super) const HEADER_LEN: usize = 24;

const MAGIC: [u8; 3] = *b"PDV";
const FORMAT: u8 = 0x01;
const COBBLESTONE_256: u8 = 0x01;

/// Which key opens the record, and what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Header {
    pub(super) purpose: Purpose,
    pub(super) key_id: KeyId,
}

impl Header {
    pub(super) fn to_bytes(self) -> [u8; HEADER_LEN] {
        let [p, d, v] = MAGIC;
        let mut bytes = [0u8; HEADER_LEN];
        let fixed = [p, d, v, FORMAT, COBBLESTONE_256, self.purpose.number(), 0, 0];
        for (to, from) in bytes.iter_mut().zip(fixed.iter().chain(self.key_id.as_bytes())) {
            *to = *from;
        }
        bytes
    }

    pub(super) fn parse(bytes: &[u8; HEADER_LEN]) -> Result<Self, OpenError> {
        let Some((&[p, d, v, format, suite, purpose, r0, r1], id)) = bytes.split_first_chunk() else {
            return Err(OpenError::NotARecord);
        };
        let unsupported = |what| Err(OpenError::Unsupported { what });
        if [p, d, v] != MAGIC {
            return Err(OpenError::NotARecord);
        }
        if format != FORMAT {
            return unsupported("format");
        }
        if suite != COBBLESTONE_256 {
            return unsupported("suite");
        }
        if [r0, r1] != [0, 0] {
            return unsupported("reserved field");
        }
        let Some(purpose) = Purpose::from_number(purpose) else { return unsupported("purpose") };
        let key_id = id.try_into().map(KeyId::from_bytes).map_err(|_| OpenError::NotARecord)?;
        Ok(Self { purpose, key_id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: Header = Header { purpose: Purpose::Session, key_id: KeyId::from_bytes([0xab; 16]) };

    #[test]
    fn it_is_laid_out_to_the_byte() {
        let mut expected = b"PDV\x01\x01\x03\0\0".to_vec();
        expected.extend([0xab; 16]);
        assert_eq!(HEADER.to_bytes(), *expected);
        assert_eq!(Header::parse(&HEADER.to_bytes()), Ok(HEADER));
    }

    #[test]
    fn each_fixed_byte_has_its_refusal() {
        let refused = |at: usize, value: u8| {
            let mut bytes = HEADER.to_bytes();
            bytes[at] = value;
            Header::parse(&bytes).unwrap_err()
        };
        for at in 0..3 {
            assert_eq!(refused(at, b'x'), OpenError::NotARecord);
        }
        for (at, value, what) in [
            (3, 2, "format"),
            (4, 2, "suite"),
            (5, 0, "purpose"),
            (5, 12, "purpose"),
            (6, 1, "reserved field"),
            (7, 1, "reserved field"),
        ] {
            assert_eq!(refused(at, value), OpenError::Unsupported { what });
        }
    }
}
