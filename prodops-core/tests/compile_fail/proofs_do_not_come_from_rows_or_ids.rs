// Knowing the id of a workspace, or holding a row, opens nothing.
use prodops_core::id::{UserId, WorkspaceId};
use prodops_core::session::{SessionRecord, VerifiedSession};
use prodops_core::tenancy::{
    JobLease, LeaseRecord, Membership, MembershipRecord, WorkspaceRecord, WorkspaceScope,
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
    needs_from::<UserId, VerifiedSession>();
    needs_from::<LeaseRecord, JobLease>();
}
