// Knowing every part of a proof does not make one. (Nothing else in this file fails, or the compiler would stop before
// it looks at private fields.)
use prodops_core::id::{UserId, WorkspaceId};
use prodops_core::session::{TokenHash, VerifiedSession};
use prodops_core::tenancy::{
    AuthorityId, ControlCapability, JobLease, LeaseRecord, Membership, MembershipRecord, Principal,
    WorkspaceRecord, WorkspaceScope, WorkspaceState,
};
use prodops_core::time::Timestamp;

fn session(authority: AuthorityId, token: TokenHash, user: UserId, last_seen: Timestamp) -> VerifiedSession {
    VerifiedSession { authority, token, user, last_seen }
}

fn membership(authority: AuthorityId, record: MembershipRecord, workspace: WorkspaceRecord) -> Membership {
    Membership { authority, record, workspace }
}

fn lease(authority: AuthorityId, record: LeaseRecord) -> JobLease {
    JobLease { authority, record }
}

fn scope(authority: AuthorityId, workspace: WorkspaceId, principal: Principal) -> WorkspaceScope {
    WorkspaceScope { authority, workspace, state: WorkspaceState::Active, principal }
}

fn control(authority: AuthorityId) -> ControlCapability {
    ControlCapability { authority }
}

fn main() {}
