//! The workspace plane in tables.

use std::collections::BTreeSet;

use async_trait::async_trait;
use prodops_core::audit::AuditEvent;
use prodops_core::fact::{
    AssignedLabel, Assigner, CommitFact, CommitId, CoverageFact, LineLogFact, PathKey, PersonFact,
    RepositoryFact, TipFile,
};
use prodops_core::filter::Filter;
use prodops_core::id::{ConnectionId, PersonId, RepositoryId, WorkspaceId};
use prodops_core::input::StreamName;

use super::key::Scoped;
use super::lifecycle::erase;
use super::tables::{
    AI_USE, COMMITS, CONNECTIONS, COVERAGE, CURSORS, LINE_LOG, PEOPLE, REPOSITORIES, TIP_FILES,
};
use super::{Embedded, ai_use, connections, ingest, labels};
use crate::backend::WorkspaceBackend;
use crate::contract::{
    AiUseRecord, ConnectionRecord, IngestOutcome, LineLogKey, LineLogPart, RowBatch, SyncRecord, Version,
    Versioned,
};
use crate::error::StoreError;

#[async_trait]
impl WorkspaceBackend for Embedded {
    async fn create_connection(
        &self,
        workspace: WorkspaceId,
        connection: &ConnectionRecord,
        audit: &AuditEvent,
    ) -> Result<Version, StoreError> {
        let (row, event) = (connection.clone(), audit.clone());
        self.write_in(workspace, move |tx| connections::create(tx, workspace, row, &event)).await
    }

    async fn replace_connection(
        &self,
        workspace: WorkspaceId,
        version: Version,
        connection: &ConnectionRecord,
        audit: &AuditEvent,
    ) -> Result<Version, StoreError> {
        let (row, event) = (connection.clone(), audit.clone());
        self.write_in(workspace, move |tx| connections::replace(tx, workspace, version, row, &event)).await
    }

    async fn record_sync(
        &self,
        workspace: WorkspaceId,
        connection: ConnectionId,
        epoch: u64,
        sync: SyncRecord,
        audit: &AuditEvent,
    ) -> Result<(), StoreError> {
        let event = audit.clone();
        self.write_in(workspace, move |tx| {
            connections::record_sync(tx, workspace, connection, epoch, sync, &event)
        })
        .await
    }

    async fn ai_use(&self, workspace: WorkspaceId) -> Result<Option<Versioned<AiUseRecord>>, StoreError> {
        self.peek_in(workspace, |tx| AI_USE.read(tx)?.get(&Scoped::of(workspace))).await
    }

    async fn put_ai_use(
        &self,
        workspace: WorkspaceId,
        expected: Option<Version>,
        row: &AiUseRecord,
        audit: &AuditEvent,
    ) -> Result<Version, StoreError> {
        let (row, event) = (row.clone(), audit.clone());
        self.write_in(workspace, move |tx| ai_use::put(tx, workspace, expected, row, &event)).await
    }

    async fn connection(
        &self,
        workspace: WorkspaceId,
        connection: ConnectionId,
    ) -> Result<Option<Versioned<ConnectionRecord>>, StoreError> {
        let key = Scoped::of(workspace).then(connection.as_bytes());
        self.peek_in(workspace, |tx| CONNECTIONS.read(tx)?.get(&key)).await
    }

    async fn connections(
        &self,
        workspace: WorkspaceId,
        filter: &Filter,
    ) -> Result<Vec<Versioned<ConnectionRecord>>, StoreError> {
        let filter = filter.clone();
        self.read_in(workspace, move |tx| {
            let admit = |row: &Versioned<ConnectionRecord>| filter.admits(&row.value);
            CONNECTIONS.read(tx)?.list(&Scoped::of(workspace), None, usize::MAX, admit)
        })
        .await
    }

    async fn cursor(
        &self,
        workspace: WorkspaceId,
        connection: ConnectionId,
        stream: &StreamName,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let key = ingest::cursor_key(workspace, connection, stream.as_str());
        self.peek_in(workspace, |tx| CURSORS.read(tx)?.get(&key)).await
    }

    async fn ingest(&self, workspace: WorkspaceId, batch: RowBatch) -> Result<IngestOutcome, StoreError> {
        self.write_in(workspace, move |tx| ingest::ingest(tx, workspace, &batch)).await
    }

    async fn retain_commits(
        &self,
        workspace: WorkspaceId,
        connection: ConnectionId,
        repository: RepositoryId,
        epoch: u64,
        keep: &BTreeSet<CommitId>,
    ) -> Result<u64, StoreError> {
        let keep = keep.clone();
        self.write_in(workspace, move |tx| {
            ingest::retain_commits(tx, workspace, connection, repository, epoch, &keep)
        })
        .await
    }

    async fn repositories(
        &self,
        workspace: WorkspaceId,
        filter: &Filter,
    ) -> Result<Vec<RepositoryFact>, StoreError> {
        let filter = filter.clone();
        self.read_in(workspace, move |tx| {
            let admit = |row: &RepositoryFact| filter.admits(row);
            REPOSITORIES.read(tx)?.list(&Scoped::of(workspace), None, usize::MAX, admit)
        })
        .await
    }

    async fn repository(
        &self,
        workspace: WorkspaceId,
        repository: RepositoryId,
    ) -> Result<Option<RepositoryFact>, StoreError> {
        let key = Scoped::of(workspace).then(repository.as_bytes());
        self.peek_in(workspace, |tx| REPOSITORIES.read(tx)?.get(&key)).await
    }

    async fn commits(
        &self,
        workspace: WorkspaceId,
        repository: RepositoryId,
        after: Option<CommitId>,
        limit: usize,
    ) -> Result<Vec<CommitFact>, StoreError> {
        self.read_in(workspace, move |tx| {
            let prefix = Scoped::of(workspace).then(repository.as_bytes());
            let after = after.map(|id| prefix.clone().then(id.as_bytes()));
            COMMITS.read(tx)?.list(&prefix, after.as_ref(), limit, |_| true)
        })
        .await
    }

    async fn assign_labels(
        &self,
        workspace: WorkspaceId,
        labels: &[AssignedLabel],
        audit: &AuditEvent,
    ) -> Result<(), StoreError> {
        let (rows, event) = (labels.to_vec(), audit.clone());
        self.write_in(workspace, move |tx| labels::assign(tx, workspace, &rows, &event)).await
    }

    async fn withdraw_label(
        &self,
        workspace: WorkspaceId,
        repository: RepositoryId,
        commit: CommitId,
        by: Assigner,
        audit: &AuditEvent,
    ) -> Result<bool, StoreError> {
        let event = audit.clone();
        self.write_in(workspace, move |tx| labels::withdraw(tx, workspace, repository, (commit, by), &event))
            .await
    }

    async fn assigned_labels(
        &self,
        workspace: WorkspaceId,
        repository: RepositoryId,
    ) -> Result<Vec<AssignedLabel>, StoreError> {
        self.read_in(workspace, move |tx| labels::list(tx, workspace, repository)).await
    }

    async fn people(&self, workspace: WorkspaceId) -> Result<Vec<PersonFact>, StoreError> {
        self.read_in(workspace, move |tx| PEOPLE.read(tx)?.all(&Scoped::of(workspace))).await
    }

    async fn person(
        &self,
        workspace: WorkspaceId,
        person: PersonId,
    ) -> Result<Option<PersonFact>, StoreError> {
        let key = Scoped::of(workspace).then(person.as_bytes());
        self.peek_in(workspace, |tx| PEOPLE.read(tx)?.get(&key)).await
    }

    async fn erase_person(
        &self,
        workspace: WorkspaceId,
        person: PersonId,
        audit: &AuditEvent,
    ) -> Result<bool, StoreError> {
        let event = audit.clone();
        self.write_in(workspace, move |tx| erase::person(tx, workspace, person, &event)).await
    }

    async fn coverage(
        &self,
        workspace: WorkspaceId,
        repository: RepositoryId,
    ) -> Result<Vec<CoverageFact>, StoreError> {
        let prefix = Scoped::of(workspace).then(repository.as_bytes());
        self.read_in(workspace, move |tx| COVERAGE.read(tx)?.all(&prefix)).await
    }

    async fn line_log(
        &self,
        workspace: WorkspaceId,
        repository: RepositoryId,
        part: LineLogPart,
        after: Option<(u64, u64)>,
        limit: usize,
    ) -> Result<Vec<LineLogFact>, StoreError> {
        let of_repository = Scoped::of(workspace).then(repository.as_bytes());
        let after = after.map(|place| of_repository.clone().then(LineLogKey::at(part, place).as_bytes()));
        let prefix = of_repository.then(&[part.prefix()]);
        self.read_in(workspace, move |tx| LINE_LOG.read(tx)?.list(&prefix, after.as_ref(), limit, |_| true))
            .await
    }

    async fn tip_files(
        &self,
        workspace: WorkspaceId,
        repository: RepositoryId,
        after: Option<PathKey>,
        limit: usize,
    ) -> Result<Vec<TipFile>, StoreError> {
        let prefix = Scoped::of(workspace).then(repository.as_bytes());
        let after = after.map(|path| ingest::tip_file_key(workspace, repository, path));
        self.read_in(workspace, move |tx| TIP_FILES.read(tx)?.list(&prefix, after.as_ref(), limit, |_| true))
            .await
    }

    async fn retain_tip_files(
        &self,
        workspace: WorkspaceId,
        connection: ConnectionId,
        repository: RepositoryId,
        epoch: u64,
        keep: &BTreeSet<PathKey>,
    ) -> Result<u64, StoreError> {
        let keep = keep.clone();
        self.write_in(workspace, move |tx| {
            ingest::retain_tip_files(tx, workspace, connection, repository, epoch, &keep)
        })
        .await
    }
}
