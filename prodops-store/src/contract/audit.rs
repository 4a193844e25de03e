//! Questions to an audit log, the state of the deployment's tree, and what the sequencer adds to it.

use prodops_core::audit::tree::Frontier;
use prodops_core::audit::verify::SequencedLeaf;
use prodops_core::audit::{Actor, AuditEvent, Decision, TreeHash};
use prodops_core::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Which events are asked for; what is `None` is not asked about.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AuditFilter {
    /// By whom.
    pub actor: Option<Actor>,
    /// Which action.
    pub action: Option<String>,
    /// With which outcome.
    pub decision: Option<Decision>,
    /// On the thing with this id.
    pub object: Option<[u8; 16]>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
}

impl AuditFilter {
    /// Whether the event is one of those asked for.
    #[must_use]
    pub fn admits(&self, event: &AuditEvent) -> bool {
        self.actor.is_none_or(|actor| actor == event.actor)
            && self.action.as_ref().is_none_or(|action| *action == event.action)
            && self.decision.is_none_or(|decision| decision == event.decision)
            && self.object.is_none_or(|object| event.object.id() == Some(object))
            && self.from.is_none_or(|from| event.time >= from)
            && self.until.is_none_or(|until| event.time < until)
    }
}

/// Which events, and from which end.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AuditQuery {
    /// Which.
    pub filter: AuditFilter,
    /// Whether the newest come first.
    pub newest_first: bool,
}

/// A checkpoint of the deployment's tree, as it was signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedCheckpoint {
    /// How many leaves it is about.
    pub size: u64,
    /// The root over them.
    pub root: TreeHash,
    /// When it was signed.
    pub time: Timestamp,
    /// The signed note.
    pub note: String,
}

/// What the sequencer goes on from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditTree {
    /// The right edge of the tree.
    pub frontier: Frontier,
    /// The newest checkpoint; `None` before the first.
    pub checkpoint: Option<SignedCheckpoint>,
}

/// Leaves that get their place in the tree, and the checkpoint over all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SequencedBatch {
    /// How many leaves the tree must still have: somebody else who was faster makes it a conflict.
    pub expected: u64,
    /// The new leaves, in order. They leave the queue.
    pub leaves: Vec<SequencedLeaf>,
    /// The right edge after them.
    pub frontier: Frontier,
    /// The checkpoint over the tree with them.
    pub checkpoint: SignedCheckpoint,
}

/// How often an action on a kind of thing was permitted to somebody within an hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermitCount {
    /// The hour, by its first instant.
    pub hour: Timestamp,
    /// To whom.
    pub actor: Actor,
    /// The action's name in the policy schema.
    pub action: String,
    /// The type's name in the policy schema.
    pub object: String,
    /// How often.
    pub count: u64,
}
