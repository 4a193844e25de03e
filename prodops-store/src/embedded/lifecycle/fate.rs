//! What becomes of every table's rows when a workspace goes. A table that is not listed here fails a test.

use prodops_core::api_token::ApiTokenRecord;
use prodops_core::id::WorkspaceId;
use prodops_core::tenancy::LeaseRecord;

use crate::contract::{JobRecord, Plane};
use crate::embedded::job_line::JobOwner;
use crate::error::StoreError;
use crate::sealed::Place;

/// Whether a row belongs to a workspace, by its key and, where that does not say it, by what is sealed in it.
pub(super) type Belongs = fn(&Place<'_>, &[u8], &[u8], WorkspaceId) -> Result<bool, StoreError>;

/// What becomes of the rows of a table of the identity or control plane. Those of the workspace plane go by their keys.
#[cfg_attr(not(test), expect(dead_code, reason = "the reasons are for readers, and a test asks for them"))]
pub(super) enum Fate {
    /// Those that belong to the workspace go.
    Goes(Belongs),
    /// An entry of the list of a member's API tokens goes with its token.
    GoesWithToken,
    /// A place of a job goes with the job.
    GoesWithJob,
    /// No row says anything about a workspace, for this reason.
    Unrelated(&'static str),
    /// Rows that name the workspace by its id stay, for this reason.
    Stays(&'static str),
}

/// The tables outside the workspace plane.
pub(super) const FATES: &[(&str, Fate)] = &[
    ("users", Fate::Unrelated("people outlive the workspaces that they were in")),
    ("subjects", Fate::Unrelated("people outlive the workspaces that they were in")),
    ("memberships", Fate::Goes(|_, key, _, id| Ok(key.ends_with(id.as_bytes())))),
    ("sessions", Fate::Unrelated("a session is a user's")),
    ("session_tokens", Fate::Unrelated("a session is a user's")),
    ("tokens_of_session", Fate::Unrelated("a session is a user's")),
    ("revocations", Fate::Goes(is_mark_of)),
    ("api_tokens_of_membership", Fate::GoesWithToken),
    ("api_tokens", Fate::Goes(|place, key, sealed, id| Ok(open_token(place, key, sealed)?.workspace == id))),
    ("sign_in_links", Fate::Unrelated("a link signs a user in, wherever they are a member")),
    ("proof", Fate::Unrelated("one row for the whole file")),
    (
        "workspace_slugs",
        Fate::Goes(|place, key, sealed, id| Ok(place.open::<WorkspaceId>(key, sealed)? == id)),
    ),
    ("workspaces", Fate::Goes(|_, key, _, id| Ok(key == id.as_bytes()))),
    (
        "leases",
        Fate::Goes(|place, key, sealed, id| Ok(place.open::<LeaseRecord>(key, sealed)?.workspace == id)),
    ),
    ("holds", Fate::Goes(|_, key, _, id| Ok(key.starts_with(id.as_bytes())))),
    (
        "jobs",
        Fate::Goes(|place, key, sealed, id| Ok(place.open::<JobRecord>(key, sealed)?.workspace == Some(id))),
    ),
    ("job_subjects", Fate::Goes(|_, key, _, id| Ok(key.starts_with(id.as_bytes())))),
    ("job_order", Fate::GoesWithJob),
    ("job_turns", Fate::Goes(|_, key, _, id| Ok(key == id.as_bytes()))),
    ("job_line", Fate::Goes(|place, key, sealed, id| Ok(place.open::<JobOwner>(key, sealed)? == Some(id)))),
    ("heartbeats", Fate::Unrelated("a worker works for every workspace")),
    ("deployment_events", Fate::Stays("the log says that the workspace was made and deleted, by its id")),
    ("deployment_event_index", Fate::Stays("finds what the log says")),
    ("deployment_head", Fate::Unrelated("the hash of the log's last entry")),
    ("audit_queue", Fate::Stays("hashes on their way into the tree, which must not lose a leaf")),
    ("audit_leaves", Fate::Stays("hashes, without which the tree would not verify any more")),
    ("audit_tree", Fate::Unrelated("hashes of hashes")),
    ("audit_checkpoints", Fate::Unrelated("hashes of hashes")),
    ("remote_objects", Fate::Unrelated("says whose provider has to delete what, not whose data it was")),
    ("tombstones", Fate::Stays("says that the workspace was deleted")),
];

/// Sessions keep the mark of a revoked workspace: see `sessions::mark`.
fn is_mark_of(_: &Place<'_>, key: &[u8], _: &[u8], workspace: WorkspaceId) -> Result<bool, StoreError> {
    Ok(key.split_first() == Some((&3, workspace.as_bytes())))
}

pub(super) fn open_token(place: &Place<'_>, key: &[u8], sealed: &[u8]) -> Result<ApiTokenRecord, StoreError> {
    place.open(key, sealed)
}

/// The fate of a table outside the workspace plane; `None` for one that the workspace owns.
///
/// # Errors
/// [`StoreError::Corrupt`] for a table that nobody thought of: a purge that passed it over would leave rows.
pub(super) fn of(table: &'static str, plane: Plane) -> Result<Option<&'static Fate>, StoreError> {
    if plane == Plane::Workspace {
        return Ok(None);
    }
    let found = FATES.iter().find(|(name, _)| *name == table);
    found.map(|(_, fate)| Some(fate)).ok_or(StoreError::Corrupt { table })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedded::tables::DECLARATIONS;
    use std::collections::BTreeSet;

    #[test]
    fn every_table_outside_the_workspace_plane_has_a_fate_with_a_reason() {
        let outside = DECLARATIONS.iter().filter(|(_, plane)| *plane != Plane::Workspace);
        let declared: BTreeSet<&str> = outside.map(|(name, _)| *name).collect();
        let listed: BTreeSet<&str> = FATES.iter().map(|(name, _)| *name).collect();
        assert_eq!(declared, listed);
        assert_eq!(listed.len(), FATES.len(), "no table twice");
        for (name, fate) in FATES {
            if let Fate::Stays(reason) | Fate::Unrelated(reason) = fate {
                assert!(!reason.is_empty(), "{name}");
            }
        }
    }
}
