//! The workspace plane, one transaction per operation.

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

use super::frame::Acting;
use super::log::Log;
use super::{
    Postgres, ai_use, commits, connections, ingest, labels, line_log, people, repositories, tip_files,
};
use crate::backend::WorkspaceBackend;
use crate::contract::{
    AiUseRecord, ConnectionRecord, IngestOutcome, LineLogPart, RowBatch, SyncRecord, Version, Versioned,
};
use crate::error::StoreError;

#[async_trait]
impl WorkspaceBackend for Postgres {
    async fn create_connection(
        &self,
        workspace: WorkspaceId,
        connection: &ConnectionRecord,
        audit: &AuditEvent,
    ) -> Result<Version, StoreError> {
        let mut frame = self.write(Acting::within(workspace)).await?;
        let version = connections::create(&mut frame, connection, audit).await?;
        frame.commit().await?;
        Ok(version)
    }

    async fn replace_connection(
        &self,
        workspace: WorkspaceId,
        version: Version,
        connection: &ConnectionRecord,
        audit: &AuditEvent,
    ) -> Result<Version, StoreError> {
        let mut frame = self.write(Acting::within(workspace)).await?;
        let version = connections::replace(&mut frame, version, connection, audit).await?;
        frame.commit().await?;
        Ok(version)
    }

    async fn record_sync(
        &self,
        workspace: WorkspaceId,
        connection: ConnectionId,
        epoch: u64,
        sync: SyncRecord,
        audit: &AuditEvent,
    ) -> Result<(), StoreError> {
        let mut frame = self.write(Acting::within(workspace)).await?;
        connections::record_sync(&mut frame, connection, epoch, sync, audit).await?;
        frame.commit().await
    }

    async fn ai_use(&self, workspace: WorkspaceId) -> Result<Option<Versioned<AiUseRecord>>, StoreError> {
        let mut frame = self.read(Acting::within(workspace)).await?;
        let found = ai_use::find(&mut frame).await?;
        frame.end().await?;
        Ok(found)
    }

    async fn put_ai_use(
        &self,
        workspace: WorkspaceId,
        expected: Option<Version>,
        row: &AiUseRecord,
        audit: &AuditEvent,
    ) -> Result<Version, StoreError> {
        let mut frame = self.write(Acting::within(workspace)).await?;
        let version = ai_use::put(&mut frame, expected, row, audit).await?;
        frame.commit().await?;
        Ok(version)
    }

    async fn connection(
        &self,
        workspace: WorkspaceId,
        connection: ConnectionId,
    ) -> Result<Option<Versioned<ConnectionRecord>>, StoreError> {
        let mut frame = self.read(Acting::within(workspace)).await?;
        let found = connections::find(&mut frame, connection).await?;
        frame.end().await?;
        Ok(found)
    }

    async fn connections(
        &self,
        workspace: WorkspaceId,
        filter: &Filter,
    ) -> Result<Vec<Versioned<ConnectionRecord>>, StoreError> {
        let mut frame = self.read(Acting::within(workspace)).await?;
        let found = connections::list(&mut frame, filter).await?;
        frame.end().await?;
        Ok(found)
    }

    async fn cursor(
        &self,
        workspace: WorkspaceId,
        connection: ConnectionId,
        stream: &StreamName,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let mut frame = self.read(Acting::within(workspace)).await?;
        let found = ingest::cursor(&mut frame, connection, stream).await?;
        frame.end().await?;
        Ok(found)
    }

    async fn ingest(&self, workspace: WorkspaceId, batch: RowBatch) -> Result<IngestOutcome, StoreError> {
        let mut frame = self.write(Acting::within(workspace)).await?;
        let outcome = ingest::ingest(&mut frame, batch).await?;
        frame.commit().await?;
        Ok(outcome)
    }

    async fn retain_commits(
        &self,
        workspace: WorkspaceId,
        connection: ConnectionId,
        repository: RepositoryId,
        epoch: u64,
        keep: &BTreeSet<CommitId>,
    ) -> Result<u64, StoreError> {
        let mut frame = self.write(Acting::within(workspace)).await?;
        let removed = ingest::retain_commits(&mut frame, connection, repository, epoch, keep).await?;
        frame.commit().await?;
        Ok(removed)
    }

    async fn repositories(
        &self,
        workspace: WorkspaceId,
        filter: &Filter,
    ) -> Result<Vec<RepositoryFact>, StoreError> {
        let mut frame = self.read(Acting::within(workspace)).await?;
        let found = repositories::list(&mut frame, filter).await?;
        frame.end().await?;
        Ok(found)
    }

    async fn repository(
        &self,
        workspace: WorkspaceId,
        repository: RepositoryId,
    ) -> Result<Option<RepositoryFact>, StoreError> {
        let mut frame = self.read(Acting::within(workspace)).await?;
        let found = repositories::find(&mut frame, repository).await?;
        frame.end().await?;
        Ok(found)
    }

    async fn commits(
        &self,
        workspace: WorkspaceId,
        repository: RepositoryId,
        after: Option<CommitId>,
        limit: usize,
    ) -> Result<Vec<CommitFact>, StoreError> {
        let mut frame = self.read(Acting::within(workspace)).await?;
        let found = commits::list(&mut frame, repository, after, limit).await?;
        frame.end().await?;
        Ok(found)
    }

    async fn assign_labels(
        &self,
        workspace: WorkspaceId,
        labels: &[AssignedLabel],
        audit: &AuditEvent,
    ) -> Result<(), StoreError> {
        let mut frame = self.write(Acting::within(workspace)).await?;
        labels::assign(&mut frame, labels, audit).await?;
        frame.commit().await
    }

    async fn withdraw_label(
        &self,
        workspace: WorkspaceId,
        repository: RepositoryId,
        commit: CommitId,
        by: Assigner,
        audit: &AuditEvent,
    ) -> Result<bool, StoreError> {
        let mut frame = self.write(Acting::within(workspace)).await?;
        if !labels::withdraw(&mut frame, repository, commit, by).await? {
            frame.end().await?;
            return Ok(false);
        }
        Log::of_frame(&frame)?.append(&mut frame, std::slice::from_ref(audit)).await?;
        frame.commit().await?;
        Ok(true)
    }

    async fn assigned_labels(
        &self,
        workspace: WorkspaceId,
        repository: RepositoryId,
    ) -> Result<Vec<AssignedLabel>, StoreError> {
        let mut frame = self.read(Acting::within(workspace)).await?;
        let found = labels::list(&mut frame, repository).await?;
        frame.end().await?;
        Ok(found)
    }

    async fn people(&self, workspace: WorkspaceId) -> Result<Vec<PersonFact>, StoreError> {
        let mut frame = self.read(Acting::within(workspace)).await?;
        let found = people::list(&mut frame).await?;
        frame.end().await?;
        Ok(found)
    }

    async fn person(
        &self,
        workspace: WorkspaceId,
        person: PersonId,
    ) -> Result<Option<PersonFact>, StoreError> {
        let mut frame = self.read(Acting::within(workspace)).await?;
        let found = people::find(&mut frame, person).await?;
        frame.end().await?;
        Ok(found)
    }

    async fn erase_person(
        &self,
        workspace: WorkspaceId,
        person: PersonId,
        audit: &AuditEvent,
    ) -> Result<bool, StoreError> {
        let mut frame = self.write(Acting::within(workspace)).await?;
        if !people::erase(&mut frame, person).await? {
            frame.end().await?;
            return Ok(false);
        }
        Log::of_frame(&frame)?.append(&mut frame, std::slice::from_ref(audit)).await?;
        frame.commit().await?;
        Ok(true)
    }

    async fn coverage(
        &self,
        workspace: WorkspaceId,
        repository: RepositoryId,
    ) -> Result<Vec<CoverageFact>, StoreError> {
        let mut frame = self.read(Acting::within(workspace)).await?;
        let found = repositories::coverage(&mut frame, repository).await?;
        frame.end().await?;
        Ok(found)
    }

    async fn line_log(
        &self,
        workspace: WorkspaceId,
        repository: RepositoryId,
        part: LineLogPart,
        after: Option<(u64, u64)>,
        limit: usize,
    ) -> Result<Vec<LineLogFact>, StoreError> {
        let mut frame = self.read(Acting::within(workspace)).await?;
        let found = line_log::list(&mut frame, repository, part, after, limit).await?;
        frame.end().await?;
        Ok(found)
    }

    async fn tip_files(
        &self,
        workspace: WorkspaceId,
        repository: RepositoryId,
        after: Option<PathKey>,
        limit: usize,
    ) -> Result<Vec<TipFile>, StoreError> {
        let mut frame = self.read(Acting::within(workspace)).await?;
        let found = tip_files::list(&mut frame, repository, after, limit).await?;
        frame.end().await?;
        Ok(found)
    }

    async fn retain_tip_files(
        &self,
        workspace: WorkspaceId,
        connection: ConnectionId,
        repository: RepositoryId,
        epoch: u64,
        keep: &BTreeSet<PathKey>,
    ) -> Result<u64, StoreError> {
        let mut frame = self.write(Acting::within(workspace)).await?;
        let removed = ingest::retain_tip_files(&mut frame, connection, repository, epoch, keep).await?;
        frame.commit().await?;
        Ok(removed)
    }
}
