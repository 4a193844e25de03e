//! Every table, with its plane, its keys and its rows.

use prodops_core::api_token::ApiTokenRecord;
use prodops_core::audit::tree::Frontier;
use prodops_core::audit::verify::SequencedLeaf;
use prodops_core::audit::{KeptEntry, LogHead};
use prodops_core::fact::{
    AssignedLabel, CommitFact, CoverageFact, LineLogFact, PersonFact, RepositoryFact, TipFile,
};
use prodops_core::id::{JobId, LeaseId, PersonId, UserId, WorkspaceId};
use prodops_core::session::{SessionTokenRecord, SignInLinkRecord, TokenHash, UserRecord};
use prodops_core::tenancy::{LeaseRecord, MembershipRecord, WorkspaceRecord};
use redb::WriteTransaction;
use serde::{Deserialize, Serialize};

use super::job_line::{JobOwner, Turn};
use super::key::{Exact, Scoped};
use super::table::Table;
use super::transaction::Writing;
use crate::contract::{
    AiUseRecord, ConnectionRecord, Heartbeat, JobRecord, PermitCount, Plane, RemoteObjectRecord,
    SignedCheckpoint, TombstoneRecord, Versioned,
};
use crate::error::StoreError;
use crate::sealed::SessionRow;

/// Who holds a connection. The epoch outlives the lease, so that it never repeats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Hold {
    pub(super) epoch: u64,
    pub(super) lease: Option<LeaseId>,
}

macro_rules! tables {
    ($($(#[$doc:meta])* $plane:ident $name:ident = $text:literal: $key:ty => $row:ty;)*) => {
        $($(#[$doc])* pub(super) const $name: Table<$key, $row> = Table::$plane($text);)*

        /// Makes every table, so that later readers need not ask whether one is there.
        pub(super) fn make_all(transaction: &WriteTransaction) -> Result<(), StoreError> {
            $($name.make(transaction)?;)*
            Ok(())
        }

        /// Every table's name and plane.
        pub(super) const DECLARATIONS: &[(&str, Plane)] = &[$($name.declaration()),*];
    };
}

tables! {
    /// User.
    identity USERS = "users": Exact => UserRecord;
    /// Keyed hash of the subject key.
    identity SUBJECTS = "subjects": Exact => UserId;
    /// User ‖ workspace.
    identity MEMBERSHIPS = "memberships": Exact => MembershipRecord;
    /// User ‖ session.
    identity SESSIONS = "sessions": Exact => SessionRow;
    /// Token hash.
    identity SESSION_TOKENS = "session_tokens": Exact => SessionTokenRecord;
    /// Session ‖ token hash.
    identity TOKENS_OF_SESSION = "tokens_of_session": Exact => TokenHash;
    /// What is counted or marked: see `sessions`.
    identity REVOCATIONS = "revocations": Exact => u64;
    /// Token hash.
    identity API_TOKENS = "api_tokens": Exact => ApiTokenRecord;
    /// Membership ‖ API token.
    identity API_TOKENS_OF_MEMBERSHIP = "api_tokens_of_membership": Exact => TokenHash;
    /// Token hash.
    identity SIGN_IN_LINKS = "sign_in_links": Exact => SignInLinkRecord;

    /// One row without a key: it opens with the deployment's keys.
    control PROOF = "proof": Exact => ();
    /// Workspace.
    control WORKSPACES = "workspaces": Exact => WorkspaceRecord;
    /// Keyed hash of the slug.
    control WORKSPACE_SLUGS = "workspace_slugs": Exact => WorkspaceId;
    /// Lease.
    control LEASES = "leases": Exact => LeaseRecord;
    /// Workspace ‖ connection.
    control HOLDS = "holds": Exact => Hold;
    /// Job.
    control JOBS = "jobs": Exact => JobRecord;
    /// Workspace, or zeros ‖ kind of work ‖ subject.
    control JOB_SUBJECTS = "job_subjects": Exact => JobId;
    /// Where the job is, and what orders it there: see `jobs`.
    control JOB_ORDER = "job_order": Exact => ();
    /// Workspace, or zeros: its place in the line.
    control JOB_TURNS = "job_turns": Exact => Turn;
    /// Place in the line.
    control JOB_LINE = "job_line": Exact => JobOwner;
    /// Worker.
    control HEARTBEATS = "heartbeats": Exact => Heartbeat;
    /// Sequence number: the deployment's own log.
    control DEPLOYMENT_EVENTS = "deployment_events": Exact => KeptEntry;
    /// Attribute ‖ sequence number.
    control DEPLOYMENT_EVENT_INDEX = "deployment_event_index": Exact => ();
    /// Nothing: one row.
    control DEPLOYMENT_HEAD = "deployment_head": Exact => LogHead;
    /// Workspace, or zeros ‖ sequence number: what waits for its place in the tree.
    control AUDIT_QUEUE = "audit_queue": Exact => SequencedLeaf;
    /// Index of the leaf.
    control AUDIT_LEAVES = "audit_leaves": Exact => SequencedLeaf;
    /// Nothing: one row, the right edge of the tree.
    control AUDIT_TREE = "audit_tree": Exact => Frontier;
    /// Size of the tree.
    control AUDIT_CHECKPOINTS = "audit_checkpoints": Exact => SignedCheckpoint;

    /// Kind ‖ ids of the subject.
    control TOMBSTONES = "tombstones": Exact => TombstoneRecord;

    /// Tag ‖ kind.
    control REMOTE_OBJECTS = "remote_objects": Exact => RemoteObjectRecord;

    /// Workspace ‖ connection.
    workspace CONNECTIONS = "connections": Scoped => Versioned<ConnectionRecord>;
    /// Workspace ‖ connection ‖ stream.
    workspace CURSORS = "cursors": Scoped => Vec<u8>;
    /// Workspace ‖ repository.
    workspace REPOSITORIES = "repositories": Scoped => RepositoryFact;
    /// Workspace ‖ person.
    workspace PEOPLE = "people": Scoped => PersonFact;
    /// Workspace ‖ person: whose name no batch may bring back.
    workspace ERASED_PEOPLE = "erased_people": Scoped => PersonId;
    /// Workspace ‖ repository ‖ commit.
    workspace COMMITS = "commits": Scoped => CommitFact;
    /// Workspace ‖ repository ‖ commit ‖ assigner.
    workspace ASSIGNED_LABELS = "assigned_labels": Scoped => AssignedLabel;
    /// Workspace ‖ repository ‖ kind of record.
    workspace COVERAGE = "coverage": Scoped => CoverageFact;
    /// Workspace ‖ repository ‖ part, walk and place.
    workspace LINE_LOG = "line_log": Scoped => LineLogFact;
    /// Workspace ‖ repository ‖ path key.
    workspace TIP_FILES = "tip_files": Scoped => TipFile;
    /// Workspace ‖ sequence number.
    workspace AUDIT_EVENTS = "audit_events": Scoped => KeptEntry;
    /// Workspace ‖ attribute ‖ sequence number.
    workspace AUDIT_EVENT_INDEX = "audit_event_index": Scoped => ();
    /// Workspace.
    workspace AUDIT_HEADS = "audit_heads": Scoped => LogHead;
    /// Workspace: what it lets AI providers be asked.
    workspace AI_USE = "ai_use": Scoped => Versioned<AiUseRecord>;
    /// Workspace ‖ hour ‖ actor ‖ action ‖ type of object.
    workspace PERMIT_COUNTS = "permit_counts": Scoped => PermitCount;
}

/// Proves that the deployment's keys are those of this file, before a row of it is changed. A new file gets its proof.
pub(super) fn prove_keys(writing: &Writing) -> Result<(), StoreError> {
    let (mut proof, place) = (PROOF.write(writing)?, Exact::new(b"proof"));
    if proof.get(&place)?.is_some() { Ok(()) } else { proof.put(&place, &()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_distinct_and_facts_lie_in_the_workspace_plane_only() {
        let names: BTreeSet<_> = DECLARATIONS.iter().map(|(name, _)| *name).collect();
        assert_eq!(names.len(), DECLARATIONS.len());
        let of = |plane: Plane| DECLARATIONS.iter().filter(move |(_, own)| *own == plane).count();
        assert_eq!((of(Plane::Identity), of(Plane::Control), of(Plane::Workspace)), (10, 20, 15));
    }
}
