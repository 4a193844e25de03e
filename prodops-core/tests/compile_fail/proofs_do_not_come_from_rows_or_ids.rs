// Knowing the id of a workspace, or holding a row, opens nothing.
use prodops_core::api_token::{ApiTokenRecord, VerifiedToken};
use prodops_core::id::{ApiTokenId, SessionId, UserId, WorkspaceId};
use prodops_core::session::{SessionEvidence, SessionRecord, VerifiedSession};
use prodops_core::tenancy::{
    JobLease, LeaseRecord, Membership, MembershipEvidence, MembershipRecord, WorkspaceRecord, WorkspaceScope,
};

trait MadeFrom<S> {}
impl<S, T: From<S>> MadeFrom<S> for T {}
fn needs_from<S, T: MadeFrom<S>>() {}

fn main() {
    needs_from::<WorkspaceId, WorkspaceScope>();
    needs_from::<WorkspaceRecord, WorkspaceScope>();
    needs_from::<MembershipRecord, WorkspaceScope>();
    needs_from::<MembershipRecord, Membership>();
    needs_from::<SessionRecord, VerifiedSession>();
    needs_from::<SessionEvidence, VerifiedSession>();
    needs_from::<UserId, VerifiedSession>();
    needs_from::<SessionId, VerifiedSession>();
    needs_from::<ApiTokenRecord, VerifiedToken>();
    needs_from::<ApiTokenId, VerifiedToken>();
    needs_from::<ApiTokenRecord, WorkspaceScope>();
    needs_from::<MembershipEvidence, Membership>();
    needs_from::<LeaseRecord, JobLease>();
}
