//! Reads a connection from where it was left, as the system principal that holds its lease.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use prodops_classify::TipKeys;
use prodops_connectors::contract::{Api, Connector, ConnectorError, Progress};
use prodops_connectors::driver::{SyncDriver, SyncError, SyncSummary};
use prodops_core::audit::{AuditEvent, AuditObject, Decision};
use prodops_core::id::{ConnectionId, LeaseId, WorkspaceId};
use prodops_core::input::ConnectorId;
use prodops_core::tenancy::{JobLease, SystemPrincipal, WorkspaceScope, WorkspaceState};
use prodops_policy::{Action, IngestFacts, IntegrationFacts, RunSync};
use prodops_store::contract::{ConnectionRecord, ConnectionState, LeaseRequest, SyncOutcome, SyncRecord};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use super::entry::Engine;
use super::error::EngineError;
use super::guarded::Guarded;
use super::workspace::Workspace;
use crate::ingest::{ClassifyingIntake, LeasedSink};

/// How long a hold lasts without a renewal, in seconds. A sync that dies frees its connection after this.
const LEASE_SECONDS: i64 = 60;
/// How often a hold is renewed.
const RENEWAL: Duration = Duration::from_secs(20);

/// What a sync did.
pub type SyncReport = SyncSummary;

impl Engine {
    pub(super) fn connector(&self, id: &ConnectorId) -> Result<Arc<dyn Connector>, EngineError> {
        let known = &self.parts().connectors;
        known.get(id).map(Arc::clone).ok_or_else(|| EngineError::UnknownConnector {
            offered: known.keys().map(ConnectorId::as_str).collect::<Vec<_>>().join(", "),
        })
    }
}

impl Workspace {
    /// Reads everything that is new behind a connection. What is stored when it ends early stays, and the next sync
    /// goes on from there.
    ///
    /// # Errors
    /// [`EngineError::Busy`] while another sync holds the connection; else as policies, provider and store demand.
    pub async fn sync(
        &self,
        connection: ConnectionId,
        progress: &dyn Progress,
        cancel: &CancellationToken,
    ) -> Result<SyncReport, EngineError> {
        self.begin_sync(connection).await?.run(progress, cancel).await
    }

    /// Asks whether the caller may sync the connection and takes hold of it. What comes back can run in the background;
    /// dropped, it frees the connection after a minute.
    ///
    /// # Errors
    /// As [`Workspace::sync`], all but what the reading itself can bring.
    pub async fn begin_sync(&self, id: ConnectionId) -> Result<SyncRun, EngineError> {
        // The permit is for asking; what is written below is written under the system principal's own.
        let _asked = self.permit::<RunSync>(&self.integration(id)).await?;
        let row = self.connection_row(id).await?.value;
        if row.state == ConnectionState::Disconnected {
            return Err(EngineError::Disconnected);
        }
        self.engine.connector(&row.connector)?;
        self.log(RunSync::NAME, AuditObject::Connection(id), Decision::Allowed).await?;
        let (workspace, state) = (self.scope.workspace(), self.scope.workspace_state());
        let lease = self.engine.hold_connection(workspace, state, id, SystemPrincipal::Sync).await?;
        // Who cut the connection before it was held is not read through any more.
        self.engine.run_under(workspace, lease).await?.ok_or(EngineError::Disconnected)
    }
}

/// What is there of a sync that is due.
pub(super) enum DueSync {
    /// It has hold of its connection.
    Ready(Box<SyncRun>),
    /// The workspace takes no changes now.
    Closed,
    /// There is nothing to read through any more.
    Gone,
}

impl Engine {
    /// Takes hold of a connection for a sync that nobody asks for but the queue: it acts as the system principal `sync`, which
    /// the policies let write facts and nothing else.
    ///
    /// # Errors
    /// As [`Workspace::sync`].
    pub(super) async fn begin_due_sync(
        &self,
        workspace: WorkspaceId,
        id: ConnectionId,
    ) -> Result<DueSync, EngineError> {
        let parts = self.parts();
        let capability = parts.authority.control();
        let Some(record) = parts.store.control(&capability)?.workspace(workspace).await? else {
            return Ok(DueSync::Gone);
        };
        if record.state != WorkspaceState::Active {
            return Ok(DueSync::Closed);
        }
        let lease = self.hold_connection(workspace, record.state, id, SystemPrincipal::Sync).await?;
        Ok(self.run_under(workspace, lease).await?.map_or(DueSync::Gone, |run| DueSync::Ready(Box::new(run))))
    }

    /// The sync of the connection that is held, as it is now; the hold ends when there is nothing to read through.
    async fn run_under(
        &self,
        workspace: WorkspaceId,
        lease: JobLease,
    ) -> Result<Option<SyncRun>, EngineError> {
        match self.readable(&lease).await {
            Ok(Some((connector, row))) => {
                Ok(Some(SyncRun { engine: self.clone(), workspace, connector, row, lease }))
            }
            other => {
                let capability = self.parts().authority.control();
                self.parts().store.control(&capability)?.release_lease(lease.id()).await?;
                other.map(|_| None)
            }
        }
    }

    /// The connection that is held, and what reads it; `None` when it was cut or never made.
    async fn readable(
        &self,
        lease: &JobLease,
    ) -> Result<Option<(Arc<dyn Connector>, ConnectionRecord)>, EngineError> {
        let scope = lease.scope();
        let guarded = Guarded::new(self.parts().store.workspace(&scope)?, &scope);
        let Some(row) = guarded.locate_connection(lease.connection()).await? else { return Ok(None) };
        if row.value.state == ConnectionState::Disconnected {
            return Ok(None);
        }
        Ok(Some((self.connector(&row.value.connector)?, row.value)))
    }

    /// Takes hold of a connection for one kind of background work.
    pub(super) async fn hold_connection(
        &self,
        workspace: WorkspaceId,
        workspace_state: WorkspaceState,
        connection: ConnectionId,
        principal: SystemPrincipal,
    ) -> Result<JobLease, EngineError> {
        let parts = self.parts();
        let now = parts.clock.now();
        let request = LeaseRequest {
            id: LeaseId::generate(parts.clock.as_ref(), parts.entropy.as_ref())?,
            workspace,
            workspace_state,
            connection,
            principal,
            now,
            expires: now.plus_seconds(LEASE_SECONDS),
        };
        let capability = parts.authority.control();
        let taken =
            parts.store.control(&capability)?.acquire_lease(&request).await?.ok_or(EngineError::Busy)?;
        JobLease::verify(&parts.authority, taken.id).await?.ok_or(EngineError::Busy)
    }
}

/// A sync that was allowed and has hold of its connection.
#[must_use = "a sync that is not run keeps others from the connection for a minute"]
pub struct SyncRun {
    engine: Engine,
    workspace: WorkspaceId,
    connector: Arc<dyn Connector>,
    row: ConnectionRecord,
    lease: JobLease,
}

impl SyncRun {
    /// The workspace that it reads for.
    #[must_use]
    pub const fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    /// The connection that it reads.
    #[must_use]
    pub const fn connection(&self) -> ConnectionId {
        self.row.id
    }

    /// The epoch of its hold: larger than that of every earlier one on this connection. The store refuses whoever has another.
    #[must_use]
    pub const fn epoch(&self) -> u64 {
        self.lease.epoch()
    }

    /// Reads to the end, notes how it ended, and lets go of the connection.
    ///
    /// # Errors
    /// As [`Workspace::sync`].
    pub async fn run(
        self,
        progress: &dyn Progress,
        cancel: &CancellationToken,
    ) -> Result<SyncReport, EngineError> {
        let result = self.read(progress, cancel).await;
        let released = self.release().await;
        // Why the reading failed matters more than that the hold must now run out by itself.
        let report = result?;
        released?;
        Ok(report)
    }

    async fn release(&self) -> Result<(), EngineError> {
        let parts = self.engine.parts();
        let capability = parts.authority.control();
        parts.store.control(&capability)?.release_lease(self.lease.id()).await?;
        Ok(())
    }

    async fn read(
        &self,
        progress: &dyn Progress,
        cancel: &CancellationToken,
    ) -> Result<SyncReport, EngineError> {
        let parts = self.engine.parts();
        let scope = self.lease.scope();
        let facts = IntegrationFacts { workspace: scope.workspace(), id: self.row.id };
        let guarded = Guarded::new(parts.store.workspace(&scope)?, &scope);
        let permit = self.engine.system_permit::<IngestFacts>(&scope, &facts)?;
        let key = guarded.index_key(&permit, parts.keyring()?).await?;
        let tip = TipKeys::of(&key);
        let sink = LeasedSink { guarded, permit, lease: &self.lease, lines: Mutex::default(), tip };
        let api = Api::new(self.row.id, self.row.target.clone(), parts.limits, cancel.child_token());
        let driver = SyncDriver {
            sink: &sink,
            intake: Arc::new(ClassifyingIntake::new(key)),
            progress,
            clock: parts.clock.as_ref(),
        };
        let result = tokio::select! {
            result = driver.run(self.connector.as_ref(), &api) => result,
            lost = self.keep_hold() => return Err(lost),
        };
        let record = SyncRecord { finished: parts.clock.now(), outcome: outcome(&result) };
        let event = self.ended(&scope, &result)?;
        let noted =
            sink.guarded.record_sync(&sink.permit, self.row.id, self.lease.epoch(), record, &event).await;
        // Likewise more than that the failure could not be noted.
        let summary = result?;
        noted?;
        Ok(summary)
    }

    /// The event that says how the reading ended, and what it brought.
    fn ended(
        &self,
        scope: &WorkspaceScope,
        result: &Result<SyncSummary, SyncError>,
    ) -> Result<AuditEvent, EngineError> {
        let summary = result.as_ref().copied().unwrap_or_default();
        let (connection, commits, pruned) = (self.row.id, summary.commits, summary.pruned);
        let object = AuditObject::Sync { connection, commits, pruned };
        let decision = if result.is_ok() { Decision::Allowed } else { Decision::Failed };
        self.engine.system_event(scope, IngestFacts::NAME, object, decision)
    }

    /// Renews the hold for as long as it is polled; returns only when the hold is lost.
    async fn keep_hold(&self) -> EngineError {
        loop {
            tokio::time::sleep(RENEWAL).await;
            match self.renew().await {
                Ok(true) => {}
                Ok(false) => return EngineError::Busy,
                Err(error) => return error,
            }
        }
    }

    async fn renew(&self) -> Result<bool, EngineError> {
        let parts = self.engine.parts();
        let capability = parts.authority.control();
        let expires = parts.clock.now().plus_seconds(LEASE_SECONDS);
        Ok(parts.store.control(&capability)?.renew_lease(self.lease.id(), expires).await?)
    }
}

impl fmt::Debug for SyncRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SyncRun").field("connection", &self.row.id).finish_non_exhaustive()
    }
}

fn outcome(result: &Result<SyncSummary, SyncError>) -> SyncOutcome {
    match result {
        Ok(_) => SyncOutcome::Complete,
        Err(SyncError::Connector(ConnectorError::Cancelled)) => SyncOutcome::Cancelled,
        Err(_) => SyncOutcome::Failed,
    }
}
