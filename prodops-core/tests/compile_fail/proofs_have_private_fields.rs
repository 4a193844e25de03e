// Knowing every part of a proof does not make one. (Nothing else in this file fails, or the compiler would stop before
// it looks at private fields.)
use prodops_core::api_token::{ApiTokenRecord, VerifiedToken};
use prodops_core::id::WorkspaceId;
use prodops_core::session::{SessionEvidence, SessionRecord, TokenHash, VerifiedSession};
use prodops_core::tenancy::{
    AuthorityId, ControlCapability, JobLease, LeaseRecord, Membership, MembershipRecord, Principal,
    Via, WorkspaceRecord, WorkspaceScope, WorkspaceState,
};

fn session(authority: AuthorityId, found: SessionEvidence, token: TokenHash) -> VerifiedSession {
    let SessionRecord { id, user, epoch, auth_time, key, .. } = found.session;
    VerifiedSession { authority, id, user, token, epoch, auth_time, key, unnoted: false, renew: false }
}

fn token(authority: AuthorityId, hash: TokenHash, record: ApiTokenRecord) -> VerifiedToken {
    VerifiedToken { authority, hash, record, unnoted: false }
}

fn membership(authority: AuthorityId, record: MembershipRecord, workspace: WorkspaceRecord) -> Membership {
    Membership { authority, record, workspace, via: Via::Session }
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
