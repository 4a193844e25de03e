//! Questions that stand for all others: every kind of principal, and moments and rows that open and that refuse.

use prodops_core::id::{MembershipId, PersonId, TeamId, WorkspaceId};
use prodops_core::tenancy::{Role, SystemPrincipal};
use prodops_core::time::Timestamp;

use crate::moment::Moment;
use crate::question::{Asker, Member};
use crate::sensitivity::Sensitivity;

mod row;

pub(crate) use row::each_question;
#[cfg(test)]
pub(crate) use row::{Row, Variant};

/// The workspace of the one who asks.
pub(crate) const OWN: WorkspaceId = WorkspaceId::from_bytes([1; 16]);
const MEMBERSHIP: [u8; 16] = [3; 16];
const PERSON: [u8; 16] = [5; 16];
const TEAM: [u8; 16] = [6; 16];
const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// Every kind of principal. Those of a role come by session, for a time, when that is over, and by API token.
pub(crate) fn askers() -> Vec<Asker> {
    let member = |role, suspended, until, by_token| {
        let membership = MembershipId::from_bytes(MEMBERSHIP);
        Asker::Member(Member { membership, role, suspended, by_token, until })
    };
    let mut askers = vec![member(Role::Owner, true, None, false)];
    askers.extend(SystemPrincipal::ALL.map(Asker::System));
    for role in Role::ALL {
        askers.push(member(role, false, None, false));
        askers.push(member(role, false, Some(NOW.plus_seconds(1)), false));
        askers.push(member(role, false, Some(NOW), false));
        askers.push(member(role, false, None, true));
    }
    askers
}

/// One of which nothing is known, and one in which everything opens.
pub(crate) fn moments() -> [Moment; 2] {
    let open = Moment::at(NOW)
        .second_factor(true)
        .audited_grant(true)
        .clearance(Sensitivity::Confidential)
        .person(PersonId::from_bytes(PERSON))
        .managed_teams([TeamId::from_bytes(TEAM), TeamId::from_bytes([7; 16])]);
    [Moment::at(NOW), open]
}
