// A proof cannot be kept beside the request it was made for, and there is one authority per engine.
use prodops_core::api_token::{ApiToken, VerifiedToken};
use prodops_core::session::VerifiedSession;
use prodops_core::tenancy::{Authority, ControlCapability, JobLease, Membership, WorkspaceScope};

fn needs_clone<T: Clone>() {}

fn main() {
    needs_clone::<VerifiedSession>();
    needs_clone::<VerifiedToken>();
    needs_clone::<ApiToken>();
    needs_clone::<Membership>();
    needs_clone::<JobLease>();
    needs_clone::<WorkspaceScope>();
    needs_clone::<ControlCapability>();
    needs_clone::<Authority>();
}
