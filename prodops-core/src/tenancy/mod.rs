//! Who may stand in which workspace, and the only way to get there.
//!
//! ```text
//! OpaqueToken ──► VerifiedSession ─► Membership ─► WorkspaceScope   a person, through a session
//! ApiToken ─────► VerifiedToken ───► Membership ─► WorkspaceScope   a program, through a person's token
//! LeaseId ──────────────────────────► JobLease ──► WorkspaceScope   background work, through a lease
//! ```
//! Every arrow asks the [`Authority`]. No id, slug, header or body becomes a scope: a slug only selects among the
//! caller's own memberships, and the workspace's id comes from the membership row.

mod authority;
mod claim;
mod grant;
mod kept;
mod lease;
mod membership;
mod role;
mod scope;
mod workspace;

pub use authority::{Authority, AuthorityError, AuthorityId, AuthoritySource, ControlCapability};
pub use claim::Claim;
pub use grant::Grant;
pub use lease::{JobLease, LeaseRecord, SystemPrincipal};
pub use membership::{Membership, MembershipEvidence, MembershipRecord, MembershipState};
pub use role::{ParseRoleError, Role};
pub use scope::{Principal, Via, WorkspaceScope};
pub use workspace::{WorkspaceRecord, WorkspaceState};
