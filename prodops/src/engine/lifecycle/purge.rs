//! The end of a workspace: its keys are destroyed, then its rows are removed, then nothing of it is found.

use prodops_core::audit::Actor;
use prodops_core::id::WorkspaceId;
use prodops_store::contract::{ErasureSubject, PurgeState, TombstoneRecord};
use prodops_store::ledger::LedgerEvent;

use super::events::at;
use crate::engine::entry::Engine;
use crate::engine::error::EngineError;

/// How many rows a step removes: one write of the store.
const STEP: usize = 2_000;
/// How often a purge looks again when somebody wrote behind it.
const ATTEMPTS: u32 = 5;

/// What a round of purges did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PurgeReport {
    /// Workspaces of which nothing is left.
    pub workspaces: Vec<WorkspaceId>,
    /// Rows that were removed.
    pub rows: u64,
}

impl Engine {
    /// Purges every workspace whose grace is over, and goes on with those whose purge was cut off. It can be stopped anywhere,
    /// also by a kill: the next one finds what is left.
    ///
    /// # Errors
    /// When the store, the keyring or the ledger fails; what was done until then stays.
    pub async fn purge_due(&self) -> Result<PurgeReport, EngineError> {
        let now = self.parts().clock.now();
        let mut report = PurgeReport::default();
        for row in self.with_lifecycle(async |store| store.tombstones().await).await? {
            let ErasureSubject::Workspace(workspace) = row.subject else { continue };
            let due = match row.state {
                PurgeState::Pending => row.grace_ends <= now && self.begin_purge(&row).await?,
                PurgeState::Purging => true,
                PurgeState::Purged => false,
            };
            if due {
                let rows = self.purge(workspace, &row).await?;
                report.rows = report.rows.saturating_add(rows);
                report.workspaces.push(workspace);
            }
        }
        Ok(report)
    }

    /// From here on there is no way back. `false` when somebody else was faster or called it off.
    async fn begin_purge(&self, row: &TombstoneRecord) -> Result<bool, EngineError> {
        let purging = at(row, PurgeState::Purging, self.parts().clock.now());
        let event = self.erasure_event(Actor::Operator, "BeginPurge", &row.subject).await?;
        self.with_lifecycle(async |store| {
            Ok(store.advance_tombstone(Some(PurgeState::Pending), &purging, &event).await?)
        })
        .await
    }

    /// Everything after the beginning of a purge. Every step may have been done before.
    pub(super) async fn purge(
        &self,
        workspace: WorkspaceId,
        row: &TombstoneRecord,
    ) -> Result<u64, EngineError> {
        let parts = self.parts();
        let purging = at(row, PurgeState::Purging, parts.clock.now());
        // INVARIANT: the ledger knows before the first key is gone; a backup that comes back is purged again.
        self.note_begun(&purging).await?;
        // The tree must not lose a leaf. It goes on without signatures too: no damage there keeps data here.
        if let Err(error) = self.sequence_audit().await {
            tracing::warn!(%error, "the last entries of a workspace wait for their place in the tree");
        }
        parts.keyring()?.destroy_workspace(workspace).await?;
        let rows = self.remove_rows(workspace).await?;
        let purged = at(row, PurgeState::Purged, parts.clock.now());
        self.note_finished(&purged).await?;
        let event = self.erasure_event(Actor::Operator, "ConfirmDeletion", &row.subject).await?;
        self.with_lifecycle(async |store| {
            Ok::<_, EngineError>(store.advance_tombstone(Some(PurgeState::Purging), &purged, &event).await?)
        })
        .await?;
        tracing::info!(%workspace, rows, "the workspace is deleted");
        Ok(rows)
    }

    /// Removes rows until none is found.
    pub(super) async fn remove_rows(&self, workspace: WorkspaceId) -> Result<u64, EngineError> {
        let mut removed = 0u64;
        for _ in 0..ATTEMPTS {
            loop {
                let step =
                    self.with_lifecycle(async |store| store.purge_workspace(workspace, STEP).await).await?;
                removed = removed.saturating_add(step.rows);
                if step.done {
                    break;
                }
            }
            let left = self.with_lifecycle(async |store| store.rows_of(workspace).await).await?;
            if left.iter().all(|table| table.rows == 0) {
                return Ok(removed);
            }
        }
        Err(EngineError::RowsLeft)
    }

    pub(super) async fn note_begun(&self, row: &TombstoneRecord) -> Result<(), EngineError> {
        let ledger = self.parts().ledger()?;
        let standing = ledger.standing().await?;
        match standing.last().get(&row.subject) {
            Some(LedgerEvent::Begun(_) | LedgerEvent::Finished(_)) => Ok(()),
            _ => Ok(ledger.append(LedgerEvent::Begun(row.clone())).await.map(drop)?),
        }
    }

    pub(super) async fn note_finished(&self, row: &TombstoneRecord) -> Result<(), EngineError> {
        let ledger = self.parts().ledger()?;
        let standing = ledger.standing().await?;
        match standing.last().get(&row.subject) {
            Some(LedgerEvent::Finished(_)) => Ok(()),
            _ => Ok(ledger.append(LedgerEvent::Finished(row.clone())).await.map(drop)?),
        }
    }
}
