//! A generated log of many workspaces, with its tree and its checkpoints.

use std::collections::BTreeMap;

use prodops_core::audit::tree::Frontier;
use prodops_core::audit::verify::{Finding, Problem, SequencedLeaf, SequencedTree};
use prodops_core::audit::{
    Actor, AuditEvent, AuditObject, Checkpoint, Decision, KeptEntry, KeyName, LogHead, NoteSigner,
};
use prodops_core::entropy::Entropy;
use prodops_core::id::{AuditEventId, ConnectionId, MembershipId, RequestId, UserId, WorkspaceId};
use prodops_core::secret::Secret;
use prodops_core::tenancy::SystemPrincipal;
use prodops_core::testing::SeededEntropy;
use prodops_core::vault::SealedRecord;

use crate::world::start;

/// Numbers that look random and are the same for the same seed.
pub(crate) struct Dice(SeededEntropy);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(SeededEntropy::new(seed))
    }

    pub(crate) fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill(&mut bytes).unwrap();
        bytes
    }

    /// A number below `end`.
    pub(crate) fn below(&self, end: u64) -> u64 {
        u64::from_be_bytes(self.bytes()) % end
    }
}

/// One workspace's log as a store keeps it.
#[derive(Clone, Default)]
pub(crate) struct Log {
    pub(crate) rows: BTreeMap<u64, KeptEntry>,
    pub(crate) head: LogHead,
}

/// The logs, the leaves in the order of the sequencer, and the checkpoints that it made.
pub(crate) struct Logs {
    pub(crate) logs: BTreeMap<Option<WorkspaceId>, Log>,
    pub(crate) leaves: Vec<SequencedLeaf>,
    pub(crate) checkpoints: Vec<Checkpoint>,
}

pub(crate) fn origin() -> KeyName {
    KeyName::new("log.example/audit").unwrap()
}

pub(crate) fn signer(seed: u64) -> NoteSigner {
    NoteSigner::new(origin(), &Secret::new(Dice::new(seed).bytes()))
}

pub(crate) fn workspace(number: u64) -> Option<WorkspaceId> {
    (number > 0).then(|| WorkspaceId::derive(&[&number.to_be_bytes()]))
}

pub(crate) fn event(dice: &Dice, workspace: Option<WorkspaceId>) -> AuditEvent {
    let connection = ConnectionId::from_bytes(dice.bytes());
    let (actor, action, object) = match dice.below(4) {
        0 => (Actor::System(SystemPrincipal::Sync), "RunSync", AuditObject::Connection(connection)),
        1 => (
            Actor::Member(MembershipId::from_bytes(dice.bytes())),
            "Connect",
            AuditObject::Connection(connection),
        ),
        2 => (Actor::user(UserId::from_bytes(dice.bytes())), "SignIn", AuditObject::Session),
        _ => (Actor::Member(MembershipId::from_bytes(dice.bytes())), "ReadAudit", AuditObject::AuditLog),
    };
    AuditEvent {
        id: AuditEventId::from_bytes(dice.bytes()),
        time: start().plus_seconds(i64::try_from(dice.below(1_000_000)).unwrap()),
        workspace,
        actor,
        action: action.to_owned(),
        object,
        decision: if dice.below(10) == 0 { Decision::Denied } else { Decision::Allowed },
        request: Some(RequestId::from_bytes(dice.bytes())),
        personal: (dice.below(2) == 0).then(|| sealed(dice)),
    }
}

impl Logs {
    /// So many events over so many workspaces and the deployment, with a checkpoint every thousand.
    pub(crate) fn generate(seed: u64, events: u64, workspaces: u64) -> Self {
        let dice = Dice::new(seed);
        let mut all = Self { logs: BTreeMap::new(), leaves: Vec::new(), checkpoints: Vec::new() };
        let mut frontier = Frontier::default();
        for number in 1..=events {
            let leaf = all.append(event(&dice, workspace(dice.below(workspaces.saturating_add(1)))));
            frontier.append(leaf.hash);
            if number % 1_000 == 0 || number == events {
                let (size, root) = (frontier.size(), frontier.root());
                all.checkpoints.push(Checkpoint { origin: origin(), size, root });
            }
        }
        all
    }

    pub(crate) fn append(&mut self, event: AuditEvent) -> SequencedLeaf {
        let workspace = event.workspace;
        let log = self.logs.entry(workspace).or_default();
        let (entry, head) = log.head.append(event).unwrap();
        log.rows.insert(head.seq, KeptEntry { hash: head.hash, body: Some(entry) });
        log.head = head;
        let leaf = SequencedLeaf { workspace, seq: head.seq, hash: head.hash };
        self.leaves.push(leaf);
        leaf
    }

    pub(crate) fn tree(&self) -> SequencedTree {
        tree(&self.leaves, self.checkpoints.clone())
    }
}

/// The tree of these leaves, with the checkpoints of its own store.
pub(crate) fn tree(leaves: &[SequencedLeaf], own: Vec<Checkpoint>) -> SequencedTree {
    filled(SequencedTree::new(own, vec![]), leaves)
}

pub(crate) fn filled(mut tree: SequencedTree, leaves: &[SequencedLeaf]) -> SequencedTree {
    for (index, leaf) in (0..).zip(leaves) {
        assert!(tree.leaf(index, Some(*leaf)));
    }
    tree
}

/// The right edge that a sequencer keeps of these leaves.
pub(crate) fn edge(leaves: &[SequencedLeaf]) -> Frontier {
    let mut frontier = Frontier::default();
    frontier.extend(leaves.iter().map(|leaf| leaf.hash));
    frontier
}

/// A checkpoint over these leaves.
pub(crate) fn signed(leaves: &[SequencedLeaf]) -> Checkpoint {
    let edge = edge(leaves);
    Checkpoint { origin: origin(), size: edge.size(), root: edge.root() }
}

pub(crate) fn check(tree: &SequencedTree, workspace: Option<WorkspaceId>, log: &Log) -> Result<u64, Finding> {
    let mut check = tree.log(workspace);
    let _ = log.rows.iter().all(|(seq, row)| check.entry(*seq, Some(row)));
    check.finish(Some(log.head))
}

pub(crate) fn bad(workspace: Option<WorkspaceId>, seq: u64, problem: Problem) -> Finding {
    Finding::Entry { workspace, seq, problem }
}

/// Bytes in the form of a sealed record; nobody has the key.
pub(crate) fn sealed(dice: &Dice) -> SealedRecord {
    let header = [b"PDV\x01\x01\x06\0\0".as_slice(), &dice.bytes::<16>()].concat();
    SealedRecord::parse(&[header.as_slice(), &dice.bytes::<136>()].concat()).unwrap()
}
