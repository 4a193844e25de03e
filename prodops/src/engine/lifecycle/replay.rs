//! The ledger against the database: what was deleted stays deleted, whatever backup came back.

use prodops_core::audit::{Actor, AuditObject};
use prodops_core::id::WorkspaceId;
use prodops_policy::{Action, CancelDeletion, DeleteWorkspace};
use prodops_store::contract::{ErasureSubject, PurgeState, TombstoneRecord};
use prodops_store::ledger::LedgerEvent;

use super::events::at;
use crate::engine::entry::Engine;
use crate::engine::error::EngineError;

impl Engine {
    /// Brings the database to where the ledger is, and the ledger to what only the database knows yet.
    ///
    /// The engine does it when it is built, and before a restore is finished.
    ///
    /// # Errors
    /// When the store, the keyring or the ledger fails.
    pub(in crate::engine) async fn replay_ledger(&self) -> Result<(), EngineError> {
        let standing = self.parts().ledger()?.standing().await?;
        for (subject, event) in standing.last() {
            match (subject, event) {
                (ErasureSubject::Workspace(id), LedgerEvent::Begun(row) | LedgerEvent::Finished(row)) => {
                    self.keep_deleted(id, row).await?;
                }
                (ErasureSubject::Workspace(id), LedgerEvent::Requested(row)) => {
                    self.keep_pending(id, row).await?;
                }
                (ErasureSubject::Workspace(id), LedgerEvent::Cancelled { at, .. }) => {
                    self.keep_cancelled(id, *at).await?;
                }
                (_, LedgerEvent::Begun(row) | LedgerEvent::Finished(row)) => self.keep_erased(row).await?,
                _ => {}
            }
        }
        self.tell_ledger().await
    }

    async fn tombstone(&self, subject: ErasureSubject) -> Result<Option<TombstoneRecord>, EngineError> {
        Ok(self.with_lifecycle(async |store| store.tombstone(subject).await).await?)
    }

    async fn is_registered(&self, workspace: WorkspaceId) -> Result<bool, EngineError> {
        Ok(self.with_lifecycle(async |store| store.workspace(workspace).await).await?.is_some())
    }

    /// A purge that the database does not know of, or not all of it, is done again.
    async fn keep_deleted(&self, workspace: WorkspaceId, row: &TombstoneRecord) -> Result<(), EngineError> {
        let known = self.tombstone(row.subject).await?;
        let purged = known.as_ref().is_some_and(|known| known.state == PurgeState::Purged);
        if purged || (known.is_none() && !self.is_registered(workspace).await?) {
            return Ok(());
        }
        let from = known.map(|known| known.state);
        if from != Some(PurgeState::Purging) {
            let purging = at(row, PurgeState::Purging, self.parts().clock.now());
            let event = self.erasure_event(Actor::Operator, "BeginPurge", &row.subject).await?;
            self.with_lifecycle(async |store| store.advance_tombstone(from, &purging, &event).await).await?;
        }
        self.purge(workspace, row).await.map(drop)
    }

    async fn keep_pending(&self, workspace: WorkspaceId, row: &TombstoneRecord) -> Result<(), EngineError> {
        if self.tombstone(row.subject).await?.is_some() || !self.is_registered(workspace).await? {
            return Ok(());
        }
        let event = self.operator_event_in(workspace, DeleteWorkspace::NAME, AuditObject::Workspace)?;
        Ok(self.with_lifecycle(async |store| store.request_deletion(row, &event).await).await?)
    }

    async fn keep_cancelled(
        &self,
        workspace: WorkspaceId,
        at: prodops_core::time::Timestamp,
    ) -> Result<(), EngineError> {
        let known = self.tombstone(ErasureSubject::Workspace(workspace)).await?;
        let Some(known) = known.filter(|known| known.state == PurgeState::Pending && known.requested <= at)
        else {
            return Ok(());
        };
        let event = self.operator_event_in(workspace, CancelDeletion::NAME, AuditObject::Workspace)?;
        // It was called off in time then, however late it is now.
        let then = known.requested;
        self.with_lifecycle(async |store| store.cancel_deletion(workspace, then, &event).await).await?;
        Ok(())
    }

    async fn keep_erased(&self, row: &TombstoneRecord) -> Result<(), EngineError> {
        if self.tombstone(row.subject).await?.is_some() || !self.has_somebody(&row.subject).await? {
            return Ok(());
        }
        self.erase(row).await
    }

    /// Whether there may be anything of somebody: an empty database stays one.
    async fn has_somebody(&self, subject: &ErasureSubject) -> Result<bool, EngineError> {
        match subject.workspace() {
            Some(workspace) => self.is_registered(workspace).await,
            None => {
                let mut all = self.with_lifecycle(async |store| store.snapshot().await).await?;
                Ok(!all.workspaces().await?.is_empty())
            }
        }
    }

    /// Requests that a kill kept out of the ledger.
    async fn tell_ledger(&self) -> Result<(), EngineError> {
        let ledger = self.parts().ledger()?;
        let standing = ledger.standing().await?;
        let last = standing.last();
        for row in self.with_lifecycle(async |store| store.tombstones().await).await? {
            let untold = match last.get(&row.subject) {
                None => true,
                Some(LedgerEvent::Cancelled { at, .. }) => row.requested > *at,
                Some(LedgerEvent::Requested(told)) => told.requested != row.requested,
                Some(_) => false,
            };
            if untold && row.state == PurgeState::Pending {
                ledger.append(LedgerEvent::Requested(row)).await?;
            }
        }
        Ok(())
    }
}
