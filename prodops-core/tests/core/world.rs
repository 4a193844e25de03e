//! Two workspaces, two people and a clock that stands still.

use std::sync::Arc;

use prodops_core::id::{ConnectionId, LeaseId, MembershipId, UserId, WorkspaceId};
use prodops_core::input::{WorkspaceName, WorkspaceSlug};
use prodops_core::session::{OpaqueToken, SessionExpiry, SessionRecord, VerifiedSession};
use prodops_core::tenancy::{
    Authority, AuthoritySource, LeaseRecord, MembershipEvidence, MembershipRecord, MembershipState, Role,
    SystemPrincipal, WorkspaceRecord, WorkspaceState,
};
use prodops_core::testing::{FixedClock, MemorySource, SeededEntropy, session_record};
use prodops_core::time::Timestamp;

pub(crate) const START: &str = "2026-03-02T08:00:00Z";
pub(crate) const ALICE: UserId = UserId::from_bytes([0xa1; 16]);
pub(crate) const BOB: UserId = UserId::from_bytes([0xb0; 16]);
pub(crate) const HERS: WorkspaceId = WorkspaceId::from_bytes([1; 16]);
pub(crate) const HIS: WorkspaceId = WorkspaceId::from_bytes([2; 16]);
pub(crate) const LEASE: LeaseId = LeaseId::from_bytes([9; 16]);

pub(crate) fn start() -> Timestamp {
    START.parse().unwrap()
}

pub(crate) fn slug(text: &str) -> WorkspaceSlug {
    WorkspaceSlug::new(text).unwrap()
}

pub(crate) fn workspace(id: WorkspaceId, name: &str) -> WorkspaceRecord {
    WorkspaceRecord {
        id,
        slug: slug(name),
        name: WorkspaceName::new(name).unwrap(),
        state: WorkspaceState::Active,
        created: start(),
    }
}

pub(crate) fn membership(user: UserId, workspace: WorkspaceId, state: MembershipState) -> MembershipRecord {
    let id = MembershipId::derive(&[user.as_bytes(), workspace.as_bytes()]);
    MembershipRecord { id, workspace, user, role: Role::Admin, state, until: None }
}

/// A membership row with its workspace, as a source answers.
pub(crate) fn evidence(membership: MembershipRecord, workspace: WorkspaceRecord) -> MembershipEvidence {
    MembershipEvidence { membership, workspace, revoked: 0 }
}

pub(crate) fn token(seed: u64) -> OpaqueToken {
    OpaqueToken::generate(&SeededEntropy::new(seed)).unwrap()
}

/// The token of Alice's session, made when the clock was started.
pub(crate) fn alices_token() -> OpaqueToken {
    token(1)
}

pub(crate) fn session_of(user: UserId) -> SessionRecord {
    session_record(user, start())
}

pub(crate) fn lease(expires: &str) -> LeaseRecord {
    LeaseRecord {
        id: LEASE,
        workspace: HERS,
        workspace_state: WorkspaceState::Active,
        connection: ConnectionId::from_bytes([7; 16]),
        principal: SystemPrincipal::Sync,
        epoch: 3,
        expires: expires.parse().unwrap(),
    }
}

/// Alice is a member of `hers` and Bob of `his`.
pub(crate) fn source() -> MemorySource {
    MemorySource::default()
        .with_session(alices_token().hash(), session_of(ALICE))
        .with_membership(membership(ALICE, HERS, MembershipState::Active), workspace(HERS, "hers"))
        .with_membership(membership(BOB, HIS, MembershipState::Active), workspace(HIS, "his"))
}

pub(crate) struct World {
    pub(crate) authority: Authority,
    pub(crate) clock: Arc<FixedClock>,
}

impl World {
    pub(crate) fn over(source: impl AuthoritySource + 'static) -> Self {
        Self::seeded(source, 100)
    }

    /// Another seed makes another authority.
    #[allow(clippy::disallowed_methods, reason = "these tests are about what an authority mints")]
    pub(crate) fn seeded(source: impl AuthoritySource + 'static, seed: u64) -> Self {
        let clock = Arc::new(FixedClock::at(START));
        let authority = Authority::new(
            Arc::new(source),
            Arc::<FixedClock>::clone(&clock),
            &SeededEntropy::new(seed),
            SessionExpiry::default(),
        );
        Self { authority: authority.unwrap(), clock }
    }

    pub(crate) async fn alice(&self) -> VerifiedSession {
        VerifiedSession::verify(&self.authority, &alices_token()).await.unwrap().unwrap()
    }
}
