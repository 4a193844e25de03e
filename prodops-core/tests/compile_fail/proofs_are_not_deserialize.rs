// No body, cookie or message becomes a proof.
use prodops_core::api_token::VerifiedToken;
use prodops_core::session::VerifiedSession;
use prodops_core::tenancy::{ControlCapability, JobLease, Membership, WorkspaceScope};

trait FromInput {}
impl<T: serde::de::DeserializeOwned> FromInput for T {}
fn needs_deserialize<T: FromInput>() {}

fn main() {
    needs_deserialize::<VerifiedSession>();
    needs_deserialize::<VerifiedToken>();
    needs_deserialize::<Membership>();
    needs_deserialize::<JobLease>();
    needs_deserialize::<WorkspaceScope>();
    needs_deserialize::<ControlCapability>();
}
