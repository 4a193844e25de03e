//! Removes what a workspace owns and what names it, a step at a time, and counts what is left. No row is opened: by then the
//! keys are destroyed.

use prodops_core::id::WorkspaceId;

use super::frame::Frame;
use super::value::{column, id, limit as most, unsigned};
use crate::contract::{Purged, TableRows};
use crate::error::StoreError;

/// What of a table goes with a workspace.
struct Goes {
    /// The name of the table in the contract.
    table: &'static str,
    #[cfg(test)]
    name: &'static str,
    remove: &'static str,
    count: &'static str,
}

macro_rules! goes {
    ($($table:literal: $name:literal where $own:literal;)*) => {
        [$(Goes {
            table: $table,
            #[cfg(test)]
            name: $name,
            remove: concat!(
                "DELETE FROM ", $name, " WHERE ctid IN (SELECT ctid FROM ", $name, " WHERE ", $own, " LIMIT $2)"
            ),
            count: concat!("SELECT count(*) FROM ", $name, " WHERE ", $own),
        }),*]
    };
}

/// Jobs go first, so that a worker that has one learns it; what others refer to goes last.
static GOES: [Goes; 22] = goes! {
    "jobs": "prodops_control.job" where "owner = $1";
    "job_turns": "prodops_control.job_turn" where "owner = $1";
    "leases": "prodops_control.lease" where "workspace_id = $1";
    "holds": "prodops_control.hold" where "workspace_id = $1";
    "cursors": "prodops.cursor" where "workspace_id = $1";
    "commits": "prodops.commit_fact" where "workspace_id = $1";
    "coverage": "prodops.coverage" where "workspace_id = $1";
    "assigned_labels": "prodops.assigned_label" where "workspace_id = $1";
    "line_log": "prodops.line_log" where "workspace_id = $1";
    "tip_files": "prodops.tip_file" where "workspace_id = $1";
    "repositories": "prodops.repository" where "workspace_id = $1";
    "connections": "prodops.connection" where "workspace_id = $1";
    "people": "prodops.person" where "workspace_id = $1";
    "erased_people": "prodops.erased_person" where "workspace_id = $1";
    "ai_use": "prodops.ai_use" where "workspace_id = $1";
    "permit_counts": "prodops.permit_count" where "workspace_id = $1";
    "audit_events": "prodops.audit_event" where "workspace_id = $1";
    "audit_heads": "prodops.audit_head" where "workspace_id = $1";
    "revocations": "prodops_identity.revocation" where "subject = '\\x03'::bytea || uuid_send($1)";
    "api_tokens": "prodops_identity.api_token" where "workspace_id = $1";
    "memberships": "prodops_identity.membership" where "workspace_id = $1";
    "workspaces": "prodops_control.workspace" where "id = $1";
};

#[cfg(any(test, feature = "testing"))]
pub(super) fn statements() -> impl Iterator<Item = &'static str> {
    GOES.iter().flat_map(|goes| [goes.remove, goes.count])
}

/// Removes up to `limit` rows.
pub(super) async fn step(
    frame: &mut Frame,
    workspace: WorkspaceId,
    limit: usize,
) -> Result<Purged, StoreError> {
    let (most_rows, mut rows) = (u64::try_from(limit).unwrap_or(u64::MAX), 0_u64);
    for goes in &GOES {
        let left = usize::try_from(most_rows.saturating_sub(rows)).unwrap_or(usize::MAX);
        if left == 0 {
            return Ok(Purged { rows, done: false });
        }
        let query = sqlx::query(goes.remove).bind(id(workspace.as_bytes())).bind(most(left));
        rows = rows.saturating_add(frame.run(query).await?);
    }
    Ok(Purged { rows, done: rows < most_rows })
}

/// How many rows each table has that [`step`] would remove.
pub(super) async fn rows_of(frame: &mut Frame, workspace: WorkspaceId) -> Result<Vec<TableRows>, StoreError> {
    let mut counts = Vec::with_capacity(GOES.len());
    for goes in &GOES {
        let row = frame.one(sqlx::query(goes.count).bind(id(workspace.as_bytes()))).await?;
        let rows = row.map(|row| unsigned(column(&row, 0)?, goes.table)).transpose()?.unwrap_or(0);
        counts.push(TableRows { table: goes.table, rows });
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Tables outside the workspace plane whose rows outlive every workspace.
    const STAYS: &[(&str, &str)] = &[
        ("prodops_control.proof", "one row for the whole database"),
        ("prodops_control.restore", "one row for the whole database"),
        (
            "prodops_control.audit_event",
            "the deployment's log says that the workspace was made and deleted, by its id",
        ),
        ("prodops_control.audit_head", "the hash of the log's last entry"),
        ("prodops_control.audit_queue", "hashes on their way into the tree, which must not lose a leaf"),
        ("prodops_control.audit_leaf", "hashes, without which the tree would not verify any more"),
        ("prodops_control.audit_tree", "hashes of hashes"),
        ("prodops_control.audit_checkpoint", "hashes of hashes"),
        ("prodops_control.heartbeat", "a worker works for every workspace"),
        ("prodops_control.remote_object", "says whose provider has to delete what, not whose data it was"),
        ("prodops_control.tombstone", "says that the workspace was deleted"),
        ("prodops_identity.account", "people outlive the workspaces that they were in"),
        ("prodops_identity.subject", "people outlive the workspaces that they were in"),
        ("prodops_identity.session", "a session is a user's"),
        ("prodops_identity.session_token", "a session is a user's"),
        ("prodops_identity.sign_in_link", "a link signs a user in, wherever they are a member"),
        ("prodops.stamp", "says what the database is"),
    ];

    #[test]
    fn every_table_of_the_migrations_goes_or_stays_for_a_reason() {
        let sql = [
            include_str!("../../migrations/0001_roles.sql"),
            include_str!("../../migrations/0002_planes.sql"),
        ];
        let lines = sql.iter().flat_map(|sql| sql.lines());
        let made = lines.filter_map(|line| line.strip_prefix("CREATE TABLE ")?.split(' ').next());
        let made: BTreeSet<&str> = made.collect();
        let goes: BTreeSet<&str> = GOES.iter().map(|goes| goes.name).collect();
        let stays: BTreeSet<&str> = STAYS.iter().map(|(name, _)| *name).collect();
        assert!(goes.is_disjoint(&stays) && goes.len() == GOES.len());
        assert_eq!(made, goes.union(&stays).copied().collect());
        assert!(
            made.iter()
                .filter(|name| name.starts_with("prodops."))
                .all(|name| *name == "prodops.stamp" || goes.contains(name))
        );
    }
}
