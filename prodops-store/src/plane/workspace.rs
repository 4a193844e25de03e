//! The workspace plane: what one workspace owns, seen through its scope.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use futures_util::Stream;
use prodops_core::audit::{Actor, AuditEntry, AuditEvent};
use prodops_core::fact::{
    AssignedLabel, Assigner, CommitFact, CommitId, CoverageFact, LineLogFact, PathKey, PersonFact,
    RepositoryFact, TipFile,
};
use prodops_core::filter::Filter;
use prodops_core::id::{ConnectionId, PersonId, RepositoryId, WorkspaceId};
use prodops_core::input::StreamName;
use prodops_core::tenancy::WorkspaceScope;
use prodops_core::time::Timestamp;

use crate::backend::Backend;
use crate::contract::{
    AiUseRecord, AuditQuery, ConnectionRecord, ErasureSubject, IngestBatch, IngestOutcome, LineLogPart, Page,
    PageToken, Paging, PermitCount, Query, RowBatch, SyncRecord, TombstoneRecord, Version, Versioned,
    row_stream,
};
use crate::error::StoreError;

/// This file, so that the conformance suite can tell when it misses a method.
#[cfg(any(test, feature = "testing"))]
pub(crate) const SOURCE: &str = include_str!("workspace.rs");

/// Everything that the scope's workspace owns, and nothing else: ids of other workspaces find nothing here.
pub struct WorkspaceStore<'s> {
    backend: Arc<dyn Backend>,
    scope: &'s WorkspaceScope,
}

impl<'s> WorkspaceStore<'s> {
    pub(crate) fn new(backend: Arc<dyn Backend>, scope: &'s WorkspaceScope) -> Self {
        Self { backend, scope }
    }

    fn id(&self) -> WorkspaceId {
        self.scope.workspace()
    }

    /// INVARIANT: the log of a workspace holds what happened in it, by those who were in it.
    fn own(&self, event: &AuditEvent) -> Result<(), StoreError> {
        let own = event.workspace == Some(self.id()) && event.actor == Actor::from(self.scope.principal());
        if own { Ok(()) } else { Err(StoreError::ScopeViolation) }
    }

    /// Adds a connection together with the audit event that says so.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] when the workspace has a connection with this id, [`StoreError::ScopeViolation`]
    /// when the event names another workspace or another actor than the scope.
    pub async fn put_connection(
        &self,
        connection: &ConnectionRecord,
        audit: &AuditEvent,
    ) -> Result<Version, StoreError> {
        self.own(audit)?;
        self.backend.create_connection(self.id(), connection, audit).await
    }

    /// Replaces a connection that is still at the version it was read at, together with the audit event that says so.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it is at another version or absent, [`StoreError::ScopeViolation`] when the event
    /// names another workspace or another actor than the scope.
    pub async fn put_connection_if(
        &self,
        version: Version,
        connection: &ConnectionRecord,
        audit: &AuditEvent,
    ) -> Result<Version, StoreError> {
        self.own(audit)?;
        self.backend.replace_connection(self.id(), version, connection, audit).await
    }

    /// Notes how a sync ended, together with the audit event that says so. For the holder of the connection's lease.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when there is no such connection, [`StoreError::Fenced`] when the hold is over,
    /// [`StoreError::ScopeViolation`] when the event names another workspace or another actor than the scope.
    pub async fn record_sync(
        &self,
        connection: ConnectionId,
        epoch: u64,
        sync: SyncRecord,
        audit: &AuditEvent,
    ) -> Result<(), StoreError> {
        self.own(audit)?;
        self.backend.record_sync(self.id(), connection, epoch, sync, audit).await
    }

    /// What the workspace lets an AI provider be asked; `None` when nobody ever chose anything.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn ai_use(&self) -> Result<Option<Versioned<AiUseRecord>>, StoreError> {
        self.backend.ai_use(self.id()).await
    }

    /// Replaces it when it is still at the version it was read at, or adds it where there was none, together with the audit
    /// event that says so.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it is at another version, [`StoreError::ScopeViolation`] when the event names another
    /// workspace or another actor than the scope.
    pub async fn put_ai_use(
        &self,
        expected: Option<Version>,
        ai_use: &AiUseRecord,
        audit: &AuditEvent,
    ) -> Result<Version, StoreError> {
        self.own(audit)?;
        self.backend.put_ai_use(self.id(), expected, ai_use, audit).await
    }

    /// The connection with this id.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn connection(
        &self,
        connection: ConnectionId,
    ) -> Result<Option<Versioned<ConnectionRecord>>, StoreError> {
        self.backend.connection(self.id(), connection).await
    }

    /// The connections that the filter admits, by id.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn connections(&self, filter: &Filter) -> Result<Vec<Versioned<ConnectionRecord>>, StoreError> {
        self.backend.connections(self.id(), filter).await
    }

    /// The cursor of a stream; `None` before the first batch.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn cursor(
        &self,
        connection: ConnectionId,
        stream: &StreamName,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        self.backend.cursor(self.id(), connection, stream).await
    }

    /// Stores facts and moves the cursor, both or neither: exactly once, however often it is tried.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] with the stored cursor when the batch was stored already or somebody else moved it,
    /// [`StoreError::Fenced`] when the writer's lease was followed by another or the connection was disconnected,
    /// [`StoreError::Invalid`] when there is no such connection or a fact does not belong to it.
    pub async fn ingest(&self, batch: IngestBatch) -> Result<IngestOutcome, StoreError> {
        self.backend.ingest(self.id(), RowBatch::new(batch)?).await
    }

    /// Removes the commits of one repository that are no longer in its history, and tells how many.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] and [`StoreError::Invalid`] as for [`WorkspaceStore::ingest`].
    pub async fn retain_commits(
        &self,
        connection: ConnectionId,
        repository: RepositoryId,
        epoch: u64,
        keep: &BTreeSet<CommitId>,
    ) -> Result<u64, StoreError> {
        self.backend.retain_commits(self.id(), connection, repository, epoch, keep).await
    }

    /// The repositories that the filter admits, by id.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn repositories(&self, filter: &Filter) -> Result<Vec<RepositoryFact>, StoreError> {
        self.backend.repositories(self.id(), filter).await
    }

    /// The repository with this id.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn repository(&self, repository: RepositoryId) -> Result<Option<RepositoryFact>, StoreError> {
        self.backend.repository(self.id(), repository).await
    }

    /// A page of the commits of a repository, ordered by the bytes of their ids. Commits that come or go between two
    /// pages neither repeat nor hide others. `limit` is held between 1 and [`PageToken::MAX_LIMIT`].
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for a token of another list or workspace.
    pub async fn commits(
        &self,
        repository: RepositoryId,
        after: Option<&PageToken>,
        limit: usize,
    ) -> Result<Page<CommitFact>, StoreError> {
        let paging = Paging::new(self.id(), Query::Commits(repository), limit);
        let rows = self.backend.commits(self.id(), repository, paging.after(after)?, paging.fetch()).await?;
        Ok(paging.page(rows, |row| row.id))
    }

    /// Every commit of a repository in the order of [`WorkspaceStore::commits`], read in pages of `limit` as the stream is
    /// consumed. Between two pages nothing is held open: commits that come or go meanwhile neither repeat nor hide others.
    pub fn commit_stream(
        &self,
        repository: RepositoryId,
        limit: usize,
    ) -> impl Stream<Item = Result<CommitFact, StoreError>> {
        row_stream(move |after| async move { self.commits(repository, after.as_ref(), limit).await })
    }

    /// Gives commits labels in place of earlier ones by the same assigner, together with the audit event that says so. Of two for
    /// one commit the later in the list is kept. Whether there is such a commit is not asked: it may come back.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when a label hangs on a repository that is not there, [`StoreError::ScopeViolation`] when the
    /// event names another workspace or another actor than the scope.
    pub async fn assign_labels(
        &self,
        labels: &[AssignedLabel],
        audit: &AuditEvent,
    ) -> Result<(), StoreError> {
        self.own(audit)?;
        self.backend.assign_labels(self.id(), labels, audit).await
    }

    /// Takes a label back, together with the audit event that says so. `false` when there is none.
    ///
    /// # Errors
    /// [`StoreError::ScopeViolation`] when the event names another workspace or another actor than the scope.
    pub async fn withdraw_label(
        &self,
        repository: RepositoryId,
        commit: CommitId,
        by: Assigner,
        audit: &AuditEvent,
    ) -> Result<bool, StoreError> {
        self.own(audit)?;
        self.backend.withdraw_label(self.id(), repository, commit, by, audit).await
    }

    /// The labels that the commits of a repository were given, by commit and assigner.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn assigned_labels(&self, repository: RepositoryId) -> Result<Vec<AssignedLabel>, StoreError> {
        self.backend.assigned_labels(self.id(), repository).await
    }

    /// Everybody whose work is seen, by id.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn people(&self) -> Result<Vec<PersonFact>, StoreError> {
        self.backend.people(self.id()).await
    }

    /// Somebody whose work is seen.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn person(&self, person: PersonId) -> Result<Option<PersonFact>, StoreError> {
        self.backend.person(self.id(), person).await
    }

    /// Erases the name of somebody whose work is seen, and lets no later batch bring it back, together with the audit event
    /// that says so. Their commits stay, under an id that says nothing. `false` when nobody has this id.
    ///
    /// # Errors
    /// [`StoreError::ScopeViolation`] when the event names another workspace or another actor than the scope.
    pub async fn erase_person(&self, person: PersonId, audit: &AuditEvent) -> Result<bool, StoreError> {
        self.own(audit)?;
        self.backend.erase_person(self.id(), person, audit).await
    }

    /// Closes the workspace and adds its tombstone, together with the audit event that says so.
    ///
    /// # Errors
    /// [`StoreError::ScopeViolation`] when event or tombstone name another workspace, or the event another actor than the
    /// scope; [`StoreError::AlreadyExists`] when its deletion is under way.
    pub async fn request_deletion(
        &self,
        tombstone: &TombstoneRecord,
        audit: &AuditEvent,
    ) -> Result<(), StoreError> {
        self.own(audit)?;
        if tombstone.subject != ErasureSubject::Workspace(self.id()) {
            return Err(StoreError::ScopeViolation);
        }
        self.backend.request_deletion(tombstone, audit).await
    }

    /// Opens the workspace again while its deletion is pending at `now`, together with the audit event that says so. `false`
    /// when there is none to call off, or not any more.
    ///
    /// # Errors
    /// [`StoreError::ScopeViolation`] when the event names another workspace or another actor than the scope.
    pub async fn cancel_deletion(&self, now: Timestamp, audit: &AuditEvent) -> Result<bool, StoreError> {
        self.own(audit)?;
        self.backend.cancel_deletion(self.id(), now, audit).await
    }

    /// The tombstone of the workspace; `None` while nobody asked for its deletion.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn deletion(&self) -> Result<Option<TombstoneRecord>, StoreError> {
        self.backend.tombstone(ErasureSubject::Workspace(self.id())).await
    }

    /// What was completely read of a repository, by kind of record.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn coverage(&self, repository: RepositoryId) -> Result<Vec<CoverageFact>, StoreError> {
        self.backend.coverage(self.id(), repository).await
    }

    /// Entries of the log of a repository's lines, in order: what its commits do, at most `limit` of those that come after
    /// this walk and place, or of all.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn line_edits(
        &self,
        repository: RepositoryId,
        after: Option<(u64, u64)>,
        limit: usize,
    ) -> Result<Vec<LineLogFact>, StoreError> {
        self.backend.line_log(self.id(), repository, LineLogPart::Edits, after, limit).await
    }

    /// What is known of all lines of a repository at its last commit, in parts; none before it was completely read.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn line_snapshot(&self, repository: RepositoryId) -> Result<Vec<LineLogFact>, StoreError> {
        self.backend.line_log(self.id(), repository, LineLogPart::Snapshot, None, usize::MAX).await
    }

    /// Files at the head of a repository, by path key: at most `limit` of those that come after this one, or of all.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn tip_files(
        &self,
        repository: RepositoryId,
        after: Option<PathKey>,
        limit: usize,
    ) -> Result<Vec<TipFile>, StoreError> {
        self.backend.tip_files(self.id(), repository, after, limit).await
    }

    /// Removes the files of one repository that are no longer at its head, and tells how many.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] and [`StoreError::Invalid`] as for [`WorkspaceStore::ingest`].
    pub async fn retain_tip_files(
        &self,
        connection: ConnectionId,
        repository: RepositoryId,
        epoch: u64,
        keep: &BTreeSet<PathKey>,
    ) -> Result<u64, StoreError> {
        self.backend.retain_tip_files(self.id(), connection, repository, epoch, keep).await
    }

    /// Adds an entry to the audit log, for what changes no row: reads worth noting and refusals.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when the event fits no leaf, [`StoreError::ScopeViolation`] when it names another workspace
    /// or another actor than the scope.
    pub async fn append_audit(&self, event: &AuditEvent) -> Result<(), StoreError> {
        self.own(event)?;
        self.backend.append_audit(Some(self.id()), std::slice::from_ref(event)).await
    }

    /// A page of the audit log. What comes or goes between two pages neither repeats nor hides others. `limit` is held
    /// between 1 and [`PageToken::MAX_LIMIT`].
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for a token of another question, list or workspace.
    pub async fn audit_events(
        &self,
        query: &AuditQuery,
        after: Option<&PageToken>,
        limit: usize,
    ) -> Result<Page<AuditEntry>, StoreError> {
        let paging = Paging::new(self.id(), Query::audit(query)?, limit);
        let workspace = Some(self.id());
        let rows = self.backend.audit_events(workspace, query, paging.after(after)?, paging.fetch()).await?;
        Ok(paging.page(rows, |row| row.seq))
    }

    /// How often what was permitted to whom, for the hours that begin in `from..until`, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn permit_counts(
        &self,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<PermitCount>, StoreError> {
        self.backend.permit_counts(self.id(), from, until).await
    }
}

impl fmt::Debug for WorkspaceStore<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkspaceStore").field("workspace", &self.id()).finish_non_exhaustive()
    }
}
