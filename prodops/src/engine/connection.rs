//! Connections of a workspace: make, list, cut.

use prodops_connectors::contract::{Api, ConnectorError};
use prodops_core::audit::{AuditObject, Decision};
use prodops_core::id::ConnectionId;
use prodops_core::input::{ConnectionTarget, ConnectorId};
use prodops_policy::{Action, Connect, Disconnect, IntegrationFacts, ListConnections, WorkspaceFacts};
use prodops_store::contract::{ConnectionRecord, ConnectionState, JobTask, Versioned};
use tokio_util::sync::CancellationToken;

use super::error::EngineError;
use super::workspace::Workspace;

/// How long it takes at most until a connection is stored after its first sync was planned, in seconds.
const SETTLED: i64 = 60;

impl Workspace {
    /// Connects the workspace to what lies at `target`, after the connector has checked that it can be read.
    ///
    /// # Errors
    /// When the caller may not, the connector is unknown, or the target cannot be read: then nothing is stored.
    pub async fn connect(
        &self,
        connector: &ConnectorId,
        target: &ConnectionTarget,
    ) -> Result<ConnectionRecord, EngineError> {
        let permit = self.permit::<Connect>(&WorkspaceFacts::of(&self.scope)).await?;
        let parts = self.engine.parts();
        let chosen = self.engine.connector(connector)?;
        if !(parts.targets)(&self.record().slug, target) {
            self.log(Connect::NAME, AuditObject::Workspace, Decision::Failed).await?;
            // The same for what does not exist: what lies elsewhere is nobody's to find out.
            return Err(ConnectorError::unusable("this workspace has no such target to connect").into());
        }
        let id = ConnectionId::generate(parts.clock.as_ref(), parts.entropy.as_ref())?;
        let api = Api::new(id, target.clone(), parts.limits, CancellationToken::new());
        if let Err(error) = chosen.check(&api).await {
            self.log(Connect::NAME, AuditObject::Connection(id), Decision::Failed).await?;
            return Err(error.into());
        }
        let record = ConnectionRecord {
            id,
            connector: connector.clone(),
            target: target.clone(),
            state: ConnectionState::Active,
            created: parts.clock.now(),
            last_sync: None,
        };
        let event = self.event(Connect::NAME, AuditObject::Connection(id), Decision::Allowed).await?;
        // First the plan, for later: a connection that is stored is read, wherever this process is killed. A job that finds no
        // connection is over.
        let workspace = self.scope.workspace();
        self.engine.plan_sync(workspace, id, parts.clock.now().plus_seconds(SETTLED)).await?;
        self.guarded()?.add_connection(&permit, &record, &event).await?;
        self.engine.hasten(Some(workspace), JobTask::SyncConnection(id)).await?;
        Ok(record)
    }

    /// The workspace's connections, by id.
    ///
    /// # Errors
    /// When the caller may not list them, or the store cannot be read.
    pub async fn connections(&self) -> Result<Vec<ConnectionRecord>, EngineError> {
        let visible = self.visible::<ListConnections>().await?;
        let rows = self.guarded()?.connections(&visible).await?;
        Ok(rows.into_iter().map(|row| row.value).collect())
    }

    /// Cuts a connection: nothing is read through it any more, what was read stays. Cutting it again changes nothing.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when the workspace has no such connection, [`EngineError::Denied`] when the caller may
    /// not cut it, [`StoreError::Conflict`](prodops_store::StoreError::Conflict) when somebody else changed it meanwhile.
    pub async fn disconnect(&self, id: ConnectionId) -> Result<ConnectionRecord, EngineError> {
        // INVARIANT: the row is found before the decision and changed only at the version that it had then.
        let found = self.guarded()?.locate_connection(id).await?;
        let permit = self.permit::<Disconnect>(&self.integration(id)).await?;
        let Versioned { value: mut record, version } = found.ok_or(EngineError::NotFound)?;
        if record.state == ConnectionState::Disconnected {
            return Ok(record);
        }
        record.state = ConnectionState::Disconnected;
        let event = self.event(Disconnect::NAME, AuditObject::Connection(id), Decision::Allowed).await?;
        self.guarded()?.disconnect(&permit, version, &record, &event).await?;
        // Should this process be killed in between: a job that finds a cut connection is over as well.
        let parts = self.engine.parts();
        let capability = parts.authority.control();
        let workspace = Some(self.scope.workspace());
        parts.store.jobs(&capability)?.cancel(workspace, JobTask::SyncConnection(id)).await?;
        Ok(record)
    }

    /// A connection of this workspace as the policies see it. Rows are looked up in this scope only, so that an id of
    /// another workspace finds nothing after the policies have allowed it.
    pub(super) fn integration(&self, id: ConnectionId) -> IntegrationFacts {
        IntegrationFacts { workspace: self.scope.workspace(), id }
    }

    pub(super) async fn connection_row(
        &self,
        id: ConnectionId,
    ) -> Result<Versioned<ConnectionRecord>, EngineError> {
        self.guarded()?.locate_connection(id).await?.ok_or(EngineError::NotFound)
    }
}
