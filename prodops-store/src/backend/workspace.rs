//! The workspace plane of a backend: every operation stays inside the workspace whose id comes first.

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

use crate::contract::{
    AiUseRecord, ConnectionRecord, IngestOutcome, LineLogPart, RowBatch, SyncRecord, Version, Versioned,
};
use crate::error::StoreError;

/// Everything that a workspace owns.
#[async_trait]
pub trait WorkspaceBackend: Send + Sync {
    /// Adds a connection together with the audit event.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] when the workspace has a connection with this id, or one in use that
    /// [duplicates](ConnectionRecord::duplicates) it; of several at once one is kept.
    async fn create_connection(
        &self,
        workspace: WorkspaceId,
        connection: &ConnectionRecord,
        audit: &AuditEvent,
    ) -> Result<Version, StoreError>;

    /// Replaces a connection that is still at `version`, together with the audit event.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it is at another version or absent; [`StoreError::AlreadyExists`] when it would be in use
    /// beside one that [duplicates](ConnectionRecord::duplicates) it.
    async fn replace_connection(
        &self,
        workspace: WorkspaceId,
        version: Version,
        connection: &ConnectionRecord,
        audit: &AuditEvent,
    ) -> Result<Version, StoreError>;

    /// Notes how a sync ended, together with the audit event.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when there is no such connection, [`StoreError::Fenced`] when the writer's hold is over.
    async fn record_sync(
        &self,
        workspace: WorkspaceId,
        connection: ConnectionId,
        epoch: u64,
        sync: SyncRecord,
        audit: &AuditEvent,
    ) -> Result<(), StoreError>;

    /// What the workspace lets an AI provider be asked; `None` when nobody ever chose anything.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn ai_use(&self, workspace: WorkspaceId) -> Result<Option<Versioned<AiUseRecord>>, StoreError>;

    /// Replaces it, or adds it where nothing is expected, together with the audit event.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it is at another version than expected.
    async fn put_ai_use(
        &self,
        workspace: WorkspaceId,
        expected: Option<Version>,
        ai_use: &AiUseRecord,
        audit: &AuditEvent,
    ) -> Result<Version, StoreError>;

    /// The connection with this id.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn connection(
        &self,
        workspace: WorkspaceId,
        connection: ConnectionId,
    ) -> Result<Option<Versioned<ConnectionRecord>>, StoreError>;

    /// The connections that the filter admits, by id.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn connections(
        &self,
        workspace: WorkspaceId,
        filter: &Filter,
    ) -> Result<Vec<Versioned<ConnectionRecord>>, StoreError>;

    /// The cursor of a stream.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn cursor(
        &self,
        workspace: WorkspaceId,
        connection: ConnectionId,
        stream: &StreamName,
    ) -> Result<Option<Vec<u8>>, StoreError>;

    /// Stores a batch: fence, compare-and-set of the cursor and rows in one transaction. Rows that are stored just so
    /// already are left alone.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when there is no such connection or a row hangs on a repository that is not there or of
    /// another connection, [`StoreError::Fenced`] when the writer's hold is over, [`StoreError::Conflict`] when the
    /// cursor is another one. In each case nothing is kept.
    async fn ingest(&self, workspace: WorkspaceId, batch: RowBatch) -> Result<IngestOutcome, StoreError>;

    /// Removes the commits of one repository of one connection that are not in `keep`, and tells how many.
    ///
    /// # Errors
    /// As for [`WorkspaceBackend::ingest`], except for the cursor.
    async fn retain_commits(
        &self,
        workspace: WorkspaceId,
        connection: ConnectionId,
        repository: RepositoryId,
        epoch: u64,
        keep: &BTreeSet<CommitId>,
    ) -> Result<u64, StoreError>;

    /// The repositories that the filter admits, by id.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn repositories(
        &self,
        workspace: WorkspaceId,
        filter: &Filter,
    ) -> Result<Vec<RepositoryFact>, StoreError>;

    /// The repository with this id.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn repository(
        &self,
        workspace: WorkspaceId,
        repository: RepositoryId,
    ) -> Result<Option<RepositoryFact>, StoreError>;

    /// The first `limit` commits of a repository whose id's bytes come after those of `after`, in that order.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn commits(
        &self,
        workspace: WorkspaceId,
        repository: RepositoryId,
        after: Option<CommitId>,
        limit: usize,
    ) -> Result<Vec<CommitFact>, StoreError>;

    /// Gives commits labels in place of earlier ones by the same assigner, together with the audit event. Of two for one commit the
    /// later in the list is kept. Whether there is such a commit is not asked: it may come back.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when a label hangs on a repository that is not there; then nothing is kept.
    async fn assign_labels(
        &self,
        workspace: WorkspaceId,
        labels: &[AssignedLabel],
        audit: &AuditEvent,
    ) -> Result<(), StoreError>;

    /// Takes a label back, together with the audit event. `false`, and nothing is kept, when there is none.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn withdraw_label(
        &self,
        workspace: WorkspaceId,
        repository: RepositoryId,
        commit: CommitId,
        by: Assigner,
        audit: &AuditEvent,
    ) -> Result<bool, StoreError>;

    /// The labels that the commits of a repository were given, by commit and assigner.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn assigned_labels(
        &self,
        workspace: WorkspaceId,
        repository: RepositoryId,
    ) -> Result<Vec<AssignedLabel>, StoreError>;

    /// Everybody whose work is seen, by id.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn people(&self, workspace: WorkspaceId) -> Result<Vec<PersonFact>, StoreError>;

    /// Somebody whose work is seen.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn person(
        &self,
        workspace: WorkspaceId,
        person: PersonId,
    ) -> Result<Option<PersonFact>, StoreError>;

    /// Erases the name of somebody whose work is seen, and lets no later batch bring it back, together with the audit event.
    /// Their commits stay, under an id that says nothing. `false`, and nothing is kept, when nobody has this id.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn erase_person(
        &self,
        workspace: WorkspaceId,
        person: PersonId,
        audit: &AuditEvent,
    ) -> Result<bool, StoreError>;

    /// What was completely read of a repository, by kind of record.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn coverage(
        &self,
        workspace: WorkspaceId,
        repository: RepositoryId,
    ) -> Result<Vec<CoverageFact>, StoreError>;

    /// Entries of the log of a repository's lines, in order: those of a part that come after this walk and place, or all.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn line_log(
        &self,
        workspace: WorkspaceId,
        repository: RepositoryId,
        part: LineLogPart,
        after: Option<(u64, u64)>,
        limit: usize,
    ) -> Result<Vec<LineLogFact>, StoreError>;

    /// Files at the head of a repository, by path key: at most `limit` of those that come after this one, or of all.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn tip_files(
        &self,
        workspace: WorkspaceId,
        repository: RepositoryId,
        after: Option<PathKey>,
        limit: usize,
    ) -> Result<Vec<TipFile>, StoreError>;

    /// Removes the files of one repository that are not in `keep`, and tells how many.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] and [`StoreError::Invalid`] as for [`ingest`](Self::ingest).
    async fn retain_tip_files(
        &self,
        workspace: WorkspaceId,
        connection: ConnectionId,
        repository: RepositoryId,
        epoch: u64,
        keep: &BTreeSet<PathKey>,
    ) -> Result<u64, StoreError>;
}
