//! Real scopes, minted along the chain of an authority.

use std::sync::Arc;

use prodops_core::id::{ConnectionId, LeaseId, MembershipId, UserId, WorkspaceId};
use prodops_core::input::{WorkspaceName, WorkspaceSlug};
use prodops_core::session::{OpaqueToken, SessionExpiry, VerifiedSession};
use prodops_core::tenancy::{
    Authority, JobLease, LeaseRecord, Membership, MembershipRecord, MembershipState, Role, SystemPrincipal,
    WorkspaceRecord, WorkspaceScope, WorkspaceState,
};
use prodops_core::testing::{FixedClock, MemorySource, SeededEntropy, session_record};
use prodops_core::time::Timestamp;
use prodops_policy::Moment;

pub(crate) const OWN: WorkspaceId = WorkspaceId::from_bytes([1; 16]);
pub(crate) const FOREIGN: WorkspaceId = WorkspaceId::from_bytes([2; 16]);
pub(crate) const CONNECTION: ConnectionId = ConnectionId::from_bytes([7; 16]);

const START: &str = "2026-03-02T08:00:00Z";

/// One authority over two workspaces, in each of which the same person has the same role.
pub(crate) struct World {
    authority: Authority,
    session: VerifiedSession,
}

impl World {
    pub(crate) async fn new(role: Role, state: WorkspaceState) -> Self {
        Self::seeded(role, state, 5).await
    }

    /// Another seed makes another authority.
    #[allow(clippy::disallowed_methods, reason = "scopes can be had from an authority only")]
    pub(crate) async fn seeded(role: Role, state: WorkspaceState, seed: u64) -> Self {
        let token = OpaqueToken::generate(&SeededEntropy::new(1)).unwrap();
        let created: Timestamp = START.parse().unwrap();
        let user = UserId::from_bytes([4; 16]);
        let session = session_record(user, created);
        let mut source = MemorySource::default().with_session(token.hash(), session);
        for principal in SystemPrincipal::ALL {
            source = source.with_lease(lease(principal, state));
        }
        for (id, slug) in [(OWN, "own"), (FOREIGN, "foreign")] {
            source = source.with_membership(membership(user, id, role), workspace(id, slug, state));
        }
        let clock = Arc::new(FixedClock::at(START));
        let entropy = SeededEntropy::new(seed);
        let authority = Authority::new(Arc::new(source), clock, &entropy, SessionExpiry::default()).unwrap();
        let session = VerifiedSession::verify(&authority, &token).await.unwrap().unwrap();
        Self { authority, session }
    }

    pub(crate) async fn member(&self, slug: &str) -> WorkspaceScope {
        let slug = WorkspaceSlug::new(slug).unwrap();
        Membership::resolve(&self.authority, &self.session, &slug).await.unwrap().unwrap().scope()
    }

    pub(crate) async fn sync(&self) -> WorkspaceScope {
        self.system(SystemPrincipal::Sync).await
    }

    pub(crate) async fn system(&self, principal: SystemPrincipal) -> WorkspaceScope {
        JobLease::verify(&self.authority, lease_of(principal)).await.unwrap().unwrap().scope()
    }
}

/// The scope of a member of [`OWN`].
pub(crate) async fn member(role: Role) -> WorkspaceScope {
    World::new(role, WorkspaceState::Active).await.member("own").await
}

fn membership(user: UserId, workspace: WorkspaceId, role: Role) -> MembershipRecord {
    let id = MembershipId::derive(&[user.as_bytes(), workspace.as_bytes()]);
    let until = role.needs_end().then(|| START.parse::<Timestamp>().unwrap().plus_seconds(3_600));
    MembershipRecord { id, workspace, user, role, state: MembershipState::Active, until }
}

fn workspace(id: WorkspaceId, slug: &str, state: WorkspaceState) -> WorkspaceRecord {
    let name = WorkspaceName::new(slug).unwrap();
    WorkspaceRecord {
        id,
        slug: WorkspaceSlug::new(slug).unwrap(),
        name,
        state,
        created: START.parse().unwrap(),
    }
}

fn lease_of(principal: SystemPrincipal) -> LeaseId {
    LeaseId::derive(&[principal.as_str().as_bytes()])
}

fn lease(principal: SystemPrincipal, state: WorkspaceState) -> LeaseRecord {
    LeaseRecord {
        id: lease_of(principal),
        workspace: OWN,
        workspace_state: state,
        connection: CONNECTION,
        principal,
        epoch: 1,
        expires: "2026-03-02T09:00:00Z".parse().unwrap(),
    }
}

/// The time of every question, of which nothing else is known.
pub(crate) fn moment() -> Moment {
    Moment::at(START.parse().unwrap())
}
