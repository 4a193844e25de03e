//! How a membership is kept: the form of its row in stores and backups.

use serde::{Deserialize, Serialize};

use super::membership::{MembershipRecord, MembershipState};
use super::role::Role;
use crate::id::{MembershipId, UserId, WorkspaceId};
use crate::time::Timestamp;

/// A membership as rows and backups hold it.
// INVARIANT: compact formats tell no fields apart, so what came later is a variant at the end of `Force`. Rows of before read
// as they were.
#[derive(Serialize, Deserialize)]
pub(super) struct KeptMembership {
    id: MembershipId,
    workspace: WorkspaceId,
    user: UserId,
    role: Role,
    state: Force,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Force {
    Active,
    Suspended,
    ActiveUntil(Timestamp),
    SuspendedUntil(Timestamp),
}

impl From<MembershipRecord> for KeptMembership {
    fn from(record: MembershipRecord) -> Self {
        let MembershipRecord { id, workspace, user, role, state, until } = record;
        let state = match (state, until) {
            (MembershipState::Active, None) => Force::Active,
            (MembershipState::Suspended, None) => Force::Suspended,
            (MembershipState::Active, Some(end)) => Force::ActiveUntil(end),
            (MembershipState::Suspended, Some(end)) => Force::SuspendedUntil(end),
        };
        Self { id, workspace, user, role, state }
    }
}

impl From<KeptMembership> for MembershipRecord {
    fn from(kept: KeptMembership) -> Self {
        let KeptMembership { id, workspace, user, role, state } = kept;
        let (state, until) = match state {
            Force::Active => (MembershipState::Active, None),
            Force::Suspended => (MembershipState::Suspended, None),
            Force::ActiveUntil(end) => (MembershipState::Active, Some(end)),
            Force::SuspendedUntil(end) => (MembershipState::Suspended, Some(end)),
        };
        Self { id, workspace, user, role, state, until }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The form before memberships could end.
    #[derive(Serialize)]
    struct Before(MembershipId, WorkspaceId, UserId, Role, MembershipState);

    #[test]
    fn a_row_of_before_reads_as_it_was_and_every_row_as_it_is() {
        let (id, workspace, user) = (
            MembershipId::from_bytes([1; 16]),
            WorkspaceId::from_bytes([2; 16]),
            UserId::from_bytes([3; 16]),
        );
        for state in [MembershipState::Active, MembershipState::Suspended] {
            for until in [None, Some(Timestamp::UNIX_EPOCH)] {
                let row = MembershipRecord { id, workspace, user, role: Role::Admin, state, until };
                let bytes = postcard::to_stdvec(&row).unwrap();
                assert_eq!(postcard::from_bytes::<MembershipRecord>(&bytes).unwrap(), row);
                let before = postcard::to_stdvec(&Before(id, workspace, user, Role::Admin, state)).unwrap();
                assert_eq!(bytes == before, until.is_none());
            }
        }
    }
}
