//! The place that a record belongs to. It is bound into the record's keys and never stored.

use super::error::SealError;
use super::header::HEADER_LEN;
use crate::environment::Environment;
use crate::id::WorkspaceId;

const LABEL: &[u8; 16] = b"prodops/vault/1\0";
const NIL: [u8; 16] = [0; 16];

/// The place that a sealed record belongs to: a record opens there and nowhere else.
///
/// Every part counts. The table in the [module's documentation](super) says what each is for each purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context<'a> {
    /// The deployment's kind.
    pub environment: Environment,
    /// The tenant; `None` for what belongs to the deployment.
    pub workspace: Option<WorkspaceId>,
    /// The kind of row that holds the record, at most 65535 bytes.
    pub kind: &'a str,
    /// The id of that row; sixteen zero bytes where there is none.
    pub record: [u8; 16],
    /// The field of that row, at most 65535 bytes.
    pub field: &'a str,
    /// Which of the values that the field had over time; 0 where they are not counted.
    pub generation: u64,
}

impl Context<'_> {
    /// The bytes that the derivation binds: label, header, and every part behind its length.
    pub(super) fn encode(&self, header: &[u8; HEADER_LEN]) -> Result<Vec<u8>, SealError> {
        let environment = self.environment.as_str();
        let workspace = self.workspace.as_ref().map_or(&NIL, WorkspaceId::as_bytes);
        let parts: [(&'static str, &[u8]); 5] = [
            ("environment", environment.as_bytes()),
            ("workspace", workspace),
            ("kind", self.kind.as_bytes()),
            ("record", &self.record),
            ("field", self.field.as_bytes()),
        ];
        let length: usize = parts.iter().map(|(_, part)| 2 + part.len()).sum();
        let mut bytes = Vec::with_capacity(LABEL.len() + HEADER_LEN + length + 8);
        bytes.extend_from_slice(LABEL);
        bytes.extend_from_slice(header);
        for (name, part) in parts {
            let length = u16::try_from(part.len()).map_err(|_| SealError::ContextTooLong { part: name })?;
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(part);
        }
        bytes.extend_from_slice(&self.generation.to_be_bytes());
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_encoded_to_the_byte() {
        let context = Context {
            environment: Environment::Test,
            workspace: Some(WorkspaceId::from_bytes([0x11; 16])),
            kind: "connection",
            record: [0x22; 16],
            field: "token",
            generation: 0x0102,
        };
        let mut expected = b"prodops/vault/1\0".to_vec();
        expected.extend([0x33; 24]);
        expected.extend(b"\x00\x04test\x00\x10");
        expected.extend([0x11; 16]);
        expected.extend(b"\x00\x0aconnection\x00\x10");
        expected.extend([0x22; 16]);
        expected.extend(b"\x00\x05token\0\0\0\0\0\0\x01\x02");
        assert_eq!(context.encode(&[0x33; 24]).unwrap(), expected);
    }

    #[test]
    fn a_part_that_its_length_cannot_tell_is_refused() {
        let long = "k".repeat(65536);
        let mut context = Context {
            environment: Environment::Test,
            workspace: None,
            kind: &long,
            record: NIL,
            field: "",
            generation: 0,
        };
        assert_eq!(context.encode(&[0; 24]), Err(SealError::ContextTooLong { part: "kind" }));
        context.kind = &long[1..];
        assert!(context.encode(&[0; 24]).is_ok());
    }
}
