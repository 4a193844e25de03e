//! A workspace's deletion, as its owners ask for it, see it and call it off.

use prodops_core::audit::{Actor, AuditObject, Decision};
use prodops_core::time::Timestamp;
use prodops_policy::{Action, CancelDeletion, DeleteWorkspace, WorkspaceFacts};
use prodops_store::contract::{ErasureSubject, PurgeState, TombstoneRecord};
use prodops_store::ledger::LedgerEvent;

use crate::engine::entry::Engine;
use crate::engine::error::EngineError;
use crate::engine::workspace::Workspace;

/// A deletion with its dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deletion {
    /// When it was asked for.
    pub requested: Timestamp,
    /// By whom, as the workspace's audit log knows them.
    pub requested_by: Actor,
    /// Until when it can be called off.
    pub grace_ends: Timestamp,
    /// By when keys are destroyed and rows removed.
    pub purged_by: Timestamp,
    /// By when the last backup that had the workspace in it is gone.
    pub gone_by: Timestamp,
    /// How far it is.
    pub state: PurgeState,
}

impl Engine {
    pub(super) fn dated(&self, row: &TombstoneRecord) -> Deletion {
        let plan = self.parts().deletion_plan;
        let purged_by = plan.purged_by(row.grace_ends);
        let purged = if row.state == PurgeState::Purged { row.since } else { purged_by };
        Deletion {
            requested: row.requested,
            requested_by: row.requested_by,
            grace_ends: row.grace_ends,
            purged_by,
            gone_by: plan.gone_by(purged),
            state: row.state,
        }
    }
}

impl Workspace {
    /// What would happen when, if the deletion of the workspace were asked for now.
    ///
    /// # Errors
    /// [`EngineError::Denied`] when the caller may not delete it.
    pub async fn deletion_preview(&self) -> Result<Deletion, EngineError> {
        let _permit = self.permit::<DeleteWorkspace>(&WorkspaceFacts::of(&self.scope)).await?;
        Ok(self.engine.dated(&self.tombstone()))
    }

    /// The workspace's deletion with its dates; `None` while nobody asked for it.
    ///
    /// # Errors
    /// [`EngineError::Denied`] when the caller may not delete it.
    pub async fn deletion(&self) -> Result<Option<Deletion>, EngineError> {
        let permit = self.permit::<DeleteWorkspace>(&WorkspaceFacts::of(&self.scope)).await?;
        let found = self.guarded()?.deletion(&permit).await?;
        Ok(found.map(|row| self.engine.dated(&row)))
    }

    /// Asks for the deletion of the workspace. From now on it is there for its owners only and takes no changes; until the
    /// grace is over one of them may call the deletion off.
    ///
    /// # Security
    /// A person decides this, never a program: an API token does not do.
    ///
    /// # Errors
    /// [`EngineError::Denied`] when the caller may not or came with a token; [`EngineError::Store`] when its deletion is under
    /// way already.
    pub async fn request_deletion(&self) -> Result<Deletion, EngineError> {
        let permit = self.permit::<DeleteWorkspace>(&WorkspaceFacts::of(&self.scope)).await?;
        self.by_a_person(DeleteWorkspace::NAME).await?;
        let row = self.tombstone();
        let event = self.event(DeleteWorkspace::NAME, AuditObject::Workspace, Decision::Allowed).await?;
        self.guarded()?.request_deletion(&permit, &row, &event).await?;
        // The database first: a request that a kill keeps out of the ledger gets there with the next upkeep.
        self.engine.parts().ledger()?.append(LedgerEvent::Requested(row.clone())).await?;
        Ok(self.engine.dated(&row))
    }

    /// Calls the deletion of the workspace off.
    ///
    /// # Errors
    /// [`EngineError::Denied`] when the caller may not or came with a token; [`EngineError::NotFound`] when there is none, or
    /// its grace is over.
    pub async fn cancel_deletion(&self) -> Result<(), EngineError> {
        let permit = self.permit::<CancelDeletion>(&WorkspaceFacts::of(&self.scope)).await?;
        self.by_a_person(CancelDeletion::NAME).await?;
        let now = self.engine.parts().clock.now();
        let subject = ErasureSubject::Workspace(self.scope.workspace());
        let pending = |row: &TombstoneRecord| row.state == PurgeState::Pending && row.grace_ends > now;
        let found = self.guarded()?.deletion_to_cancel(&permit).await?;
        if !found.as_ref().is_some_and(pending) {
            return Err(EngineError::NotFound);
        }
        let event = self.event(CancelDeletion::NAME, AuditObject::Workspace, Decision::Allowed).await?;
        // The ledger first: a deletion that somebody called off must not come back because a kill kept that from it.
        self.engine.parts().ledger()?.append(LedgerEvent::Cancelled { subject, at: now }).await?;
        match self.guarded()?.cancel_deletion(&permit, now, &event).await? {
            true => Ok(()),
            false => Err(EngineError::NotFound),
        }
    }

    fn tombstone(&self) -> TombstoneRecord {
        let parts = self.engine.parts();
        let requested = parts.clock.now();
        TombstoneRecord {
            subject: ErasureSubject::Workspace(self.scope.workspace()),
            requested,
            requested_by: Actor::from(self.scope.principal()),
            grace_ends: parts.deletion_plan.grace_ends(requested),
            state: PurgeState::Pending,
            since: requested,
            restores: Some(self.scope.workspace_state()),
        }
    }

    /// Refuses programs, with an audit event.
    pub(super) async fn by_a_person(&self, action: &'static str) -> Result<(), EngineError> {
        if self.by_token {
            self.log(action, AuditObject::Workspace, Decision::Denied).await?;
            return Err(EngineError::Denied);
        }
        Ok(())
    }
}
