//! An event at its place in a log, and the bytes that the tree commits to.

use serde::{Deserialize, Serialize};

use super::event::{Actor, AuditEvent, AuditObject, Decision};
use super::hash::TreeHash;
use crate::id::{AuditEventId, RequestId, WorkspaceId};
use crate::time::Timestamp;
use crate::vault::SealedRecord;

/// The version of a leaf's form.
const LEAF_VERSION: u8 = 1;

/// An event cannot become a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LeafError {
    /// Entry bundles have two bytes for a leaf's length.
    #[error("an audit event must fit into {} bytes: shorten it", AuditEntry::MAX_LEAF)]
    TooLong,
    /// The log has as many entries as there are numbers.
    #[error("the log is full")]
    Full,
}

/// An event at its place in the log of its workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// The place: 1 for the first entry of the log, and one more for each that follows.
    pub seq: u64,
    /// The leaf hash of the entry before; zeros for the first.
    pub prev: TreeHash,
    /// What happened.
    pub event: AuditEvent,
}

impl AuditEntry {
    /// The longest leaf, in bytes.
    pub const MAX_LEAF: usize = u16::MAX as usize;

    /// The entry as canonical JSON: these keys in this order, no spaces, ids as UUIDs, hashes and sealed bytes in
    /// hexadecimal digits, the time in RFC 3339.
    ///
    /// ```json
    /// {"v":1,"seq":…,"id":…,"time":…,"workspace":…,"actor":…,"action":…,"object":…,"decision":…,"request":…,"personal":…,"prev":…}
    /// ```
    ///
    /// # Errors
    /// [`LeafError::TooLong`] above [`AuditEntry::MAX_LEAF`] bytes.
    pub fn leaf(&self) -> Result<Vec<u8>, LeafError> {
        let leaf = serde_json::to_vec(&Leaf::of(self)).map_err(|_| LeafError::TooLong)?;
        if leaf.len() <= Self::MAX_LEAF { Ok(leaf) } else { Err(LeafError::TooLong) }
    }

    /// The RFC 6962 hash of [`AuditEntry::leaf`].
    ///
    /// # Errors
    /// As [`AuditEntry::leaf`].
    pub fn hash(&self) -> Result<TreeHash, LeafError> {
        Ok(TreeHash::of_leaf(&self.leaf()?))
    }
}

/// The last entry of a log, which the next one is chained to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LogHead {
    /// Its place; 0 while the log is empty.
    pub seq: u64,
    /// Its leaf hash; zeros while the log is empty.
    pub hash: TreeHash,
}

impl LogHead {
    /// Chains an event to this head: the entry, and the head that it becomes.
    ///
    /// # Errors
    /// [`LeafError`] when the event fits no leaf.
    pub fn append(self, event: AuditEvent) -> Result<(AuditEntry, Self), LeafError> {
        let seq = self.seq.checked_add(1).ok_or(LeafError::Full)?;
        let entry = AuditEntry { seq, prev: self.hash, event };
        let hash = entry.hash()?;
        Ok((entry, Self { seq, hash }))
    }
}

/// What a log keeps of an entry: its leaf hash for good, its body until it is purged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptEntry {
    /// The leaf hash.
    pub hash: TreeHash,
    /// The entry; `None` once it is purged.
    pub body: Option<AuditEntry>,
}

/// The canonical form; the order of the fields is the order of the keys.
#[derive(Serialize)]
struct Leaf<'e> {
    v: u8,
    seq: u64,
    id: AuditEventId,
    time: Timestamp,
    workspace: Option<WorkspaceId>,
    actor: Actor,
    action: &'e str,
    object: AuditObject,
    decision: Decision,
    request: Option<RequestId>,
    personal: Option<&'e SealedRecord>,
    prev: TreeHash,
}

impl<'e> Leaf<'e> {
    fn of(entry: &'e AuditEntry) -> Self {
        let event = &entry.event;
        Self {
            v: LEAF_VERSION,
            seq: entry.seq,
            id: event.id,
            time: event.time,
            workspace: event.workspace,
            actor: event.actor,
            action: &event.action,
            object: event.object,
            decision: event.decision,
            request: event.request,
            personal: event.personal.as_ref(),
            prev: entry.prev,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Environment;
    use crate::id::{ConnectionId, MembershipId};
    use crate::tenancy::SystemPrincipal;
    use crate::testing::SeededEntropy;
    use crate::vault::{Context, KeyId, Purpose, VaultKey, seal};

    fn event() -> AuditEvent {
        AuditEvent {
            id: AuditEventId::from_bytes([1; 16]),
            time: "2026-03-01T10:00:00.25Z".parse().unwrap(),
            workspace: Some(WorkspaceId::from_bytes([2; 16])),
            actor: Actor::Member(MembershipId::from_bytes([3; 16])),
            action: "Connect".to_owned(),
            object: AuditObject::Connection(ConnectionId::from_bytes([4; 16])),
            decision: Decision::Allowed,
            request: Some(RequestId::from_bytes([5; 16])),
            personal: None,
        }
    }

    #[test]
    fn the_leaf_is_exactly_this_text() {
        let (entry, head) = LogHead::default().append(event()).unwrap();
        let expected = concat!(
            r#"{"v":1,"seq":1,"id":"01010101-0101-0101-0101-010101010101","time":"2026-03-01T10:00:00.25Z","#,
            r#""workspace":"02020202-0202-0202-0202-020202020202","#,
            r#""actor":{"member":"03030303-0303-0303-0303-030303030303"},"action":"Connect","#,
            r#""object":{"connection":"04040404-0404-0404-0404-040404040404"},"decision":"allowed","#,
            r#""request":"05050505-0505-0505-0505-050505050505","personal":null,"#,
            r#""prev":"0000000000000000000000000000000000000000000000000000000000000000"}"#,
        );
        assert_eq!(String::from_utf8(entry.leaf().unwrap()).unwrap(), expected);
        assert_eq!(head, LogHead { seq: 1, hash: TreeHash::of_leaf(expected.as_bytes()) });
    }

    #[test]
    fn the_sealed_part_is_there_in_hexadecimal_digits() {
        let (key, entropy) =
            (VaultKey::from_bytes(KeyId::from_bytes([7; 16]), [8; 32]), SeededEntropy::new(1));
        let context = Context {
            environment: Environment::Test,
            workspace: None,
            kind: "audit event",
            record: [1; 16],
            field: "personal",
            generation: 0,
        };
        let record = seal(&key, Purpose::PersonalData, &context, b"who", &entropy).unwrap();
        let personal = Some(record.clone());
        let (entry, _) = LogHead::default().append(AuditEvent { personal, ..event() }).unwrap();
        let leaf = String::from_utf8(entry.leaf().unwrap()).unwrap();
        let digits: String = record.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(leaf.contains(&format!(r#","personal":"{digits}","prev":"#)), "{leaf}");
        assert!(leaf.contains(r#""personal":"5044560101060000"#), "{leaf}");
    }

    #[test]
    fn the_next_entry_names_the_one_before_and_absent_parts_are_null() {
        let (_, head) = LogHead::default().append(event()).unwrap();
        let connection = ConnectionId::from_bytes([4; 16]);
        let next = AuditEvent {
            workspace: None,
            actor: Actor::System(SystemPrincipal::Sync),
            object: AuditObject::Sync { connection, commits: 7, pruned: 3 },
            request: None,
            personal: None,
            ..event()
        };
        let (entry, _) = head.append(next).unwrap();
        let leaf = String::from_utf8(entry.leaf().unwrap()).unwrap();
        assert!(leaf.contains(r#""seq":2,"#), "{leaf}");
        assert!(leaf.contains(r#""workspace":null,"actor":{"system":"sync"}"#), "{leaf}");
        assert!(leaf.contains(&format!(
            r#""object":{{"sync":{{"connection":"{connection}","commits":7,"pruned":3}}}}"#
        )));
        assert!(
            leaf.ends_with(&format!(r#""request":null,"personal":null,"prev":"{}"}}"#, head.hash)),
            "{leaf}"
        );
    }

    #[test]
    fn what_fits_no_entry_bundle_is_refused() {
        let long = AuditEvent { action: "x".repeat(AuditEntry::MAX_LEAF), ..event() };
        assert_eq!(LogHead::default().append(long).unwrap_err(), LeafError::TooLong);
        let full = LogHead { seq: u64::MAX, hash: TreeHash::ZERO };
        assert_eq!(full.append(event()).unwrap_err(), LeafError::Full);
    }
}
