//! The store behind permits: a method cannot be called without the proof that the policies allow it.

use std::collections::BTreeSet;

use futures_util::Stream;
use prodops_core::audit::{AuditEntry, AuditEvent};
use prodops_core::fact::{
    AssignedLabel, Assigner, CommitFact, CommitId, CoverageFact, LineLogFact, PathKey, PersonFact,
    RepositoryFact, TipFile,
};
use prodops_core::id::{ConnectionId, PersonId, RepositoryId};
use prodops_core::index_key::{IndexKey, IndexLabel, IndexSubkey};
use prodops_core::input::StreamName;
use prodops_core::keyring::Keyring;
use prodops_core::tenancy::WorkspaceScope;
use prodops_core::time::Timestamp;
use prodops_policy::{
    Action, CancelDeletion, Connect, CorrectActivity, DeleteWorkspace, Disconnect, ErasePerson, IngestFacts,
    IntegrationFacts, ListAction, ListConnections, ListRepositories, Permit, ReadAudit, ReadReport, Visible,
};
use prodops_store::StoreError;
use prodops_store::contract::{
    AuditQuery, ConnectionRecord, IngestBatch, IngestOutcome, Page, PageToken, PermitCount, SyncRecord,
    TombstoneRecord, Version, Versioned,
};
use prodops_store::plane::WorkspaceStore;

/// A workspace's store that answers to permits only.
///
/// The `locate` methods are the exception that makes decisions possible: they find the rows that decisions are
/// about. What they return must not leave the engine before a permit for it is there.
pub(crate) struct Guarded<'s> {
    pub(super) store: WorkspaceStore<'s>,
    pub(super) scope: &'s WorkspaceScope,
}

impl<'s> Guarded<'s> {
    pub(crate) const fn new(store: WorkspaceStore<'s>, scope: &'s WorkspaceScope) -> Self {
        Self { store, scope }
    }

    // INVARIANT: a permit opens the workspace that it was given for; the type alone cannot say that.
    pub(super) fn check<A: Action>(&self, permit: &Permit<A>) -> Result<(), StoreError> {
        if permit.covers(self.scope) { Ok(()) } else { Err(StoreError::ScopeViolation) }
    }

    // INVARIANT: what is done to a connection is done under a permit for that connection.
    fn check_integration<A>(&self, permit: &Permit<A>, id: ConnectionId) -> Result<(), StoreError>
    where
        A: Action<Resource = IntegrationFacts>,
    {
        self.check(permit)?;
        let facts = IntegrationFacts { workspace: self.scope.workspace(), id };
        if permit.is_for(&facts) { Ok(()) } else { Err(StoreError::ScopeViolation) }
    }

    fn check_list<A: ListAction>(&self, visible: &Visible<A>) -> Result<(), StoreError> {
        if visible.covers(self.scope) { Ok(()) } else { Err(StoreError::ScopeViolation) }
    }

    pub(crate) async fn locate_connection(
        &self,
        id: ConnectionId,
    ) -> Result<Option<Versioned<ConnectionRecord>>, StoreError> {
        self.store.connection(id).await
    }

    pub(crate) async fn locate_repository(
        &self,
        id: RepositoryId,
    ) -> Result<Option<RepositoryFact>, StoreError> {
        self.store.repository(id).await
    }

    pub(crate) async fn append_audit(&self, event: &AuditEvent) -> Result<(), StoreError> {
        self.store.append_audit(event).await
    }

    pub(crate) async fn connections(
        &self,
        visible: &Visible<ListConnections>,
    ) -> Result<Vec<Versioned<ConnectionRecord>>, StoreError> {
        self.check_list(visible)?;
        self.store.connections(visible.filter()).await
    }

    pub(crate) async fn repositories(
        &self,
        visible: &Visible<ListRepositories>,
    ) -> Result<Vec<RepositoryFact>, StoreError> {
        self.check_list(visible)?;
        self.store.repositories(visible.filter()).await
    }

    pub(crate) async fn commits(
        &self,
        permit: &Permit<ReadReport>,
        repository: RepositoryId,
        after: Option<&PageToken>,
        limit: usize,
    ) -> Result<Page<CommitFact>, StoreError> {
        self.check(permit)?;
        self.store.commits(repository, after, limit).await
    }

    pub(crate) fn commit_stream(
        &self,
        permit: &Permit<ReadReport>,
        repository: RepositoryId,
    ) -> Result<impl Stream<Item = Result<CommitFact, StoreError>>, StoreError> {
        self.check(permit)?;
        Ok(self.store.commit_stream(repository, PageToken::MAX_LIMIT))
    }

    pub(crate) async fn assigned_labels(
        &self,
        permit: &Permit<ReadReport>,
        repository: RepositoryId,
    ) -> Result<Vec<AssignedLabel>, StoreError> {
        self.check(permit)?;
        self.store.assigned_labels(repository).await
    }

    pub(crate) async fn correct_label(
        &self,
        permit: &Permit<CorrectActivity>,
        label: AssignedLabel,
        audit: &AuditEvent,
    ) -> Result<(), StoreError> {
        self.check(permit)?;
        self.store.assign_labels(&[label], audit).await
    }

    pub(crate) async fn withdraw_correction(
        &self,
        permit: &Permit<CorrectActivity>,
        repository: RepositoryId,
        commit: CommitId,
        audit: &AuditEvent,
    ) -> Result<bool, StoreError> {
        self.check(permit)?;
        self.store.withdraw_label(repository, commit, Assigner::Person, audit).await
    }

    pub(crate) async fn people(&self, permit: &Permit<ReadReport>) -> Result<Vec<PersonFact>, StoreError> {
        self.check(permit)?;
        self.store.people().await
    }

    pub(crate) async fn coverage(
        &self,
        permit: &Permit<ReadReport>,
        repository: RepositoryId,
    ) -> Result<Vec<CoverageFact>, StoreError> {
        self.check(permit)?;
        self.store.coverage(repository).await
    }

    pub(crate) async fn add_connection(
        &self,
        permit: &Permit<Connect>,
        connection: &ConnectionRecord,
        audit: &AuditEvent,
    ) -> Result<Version, StoreError> {
        self.check(permit)?;
        self.store.put_connection(connection, audit).await
    }

    pub(crate) async fn disconnect(
        &self,
        permit: &Permit<Disconnect>,
        version: Version,
        connection: &ConnectionRecord,
        audit: &AuditEvent,
    ) -> Result<Version, StoreError> {
        self.check_integration(permit, connection.id)?;
        self.store.put_connection_if(version, connection, audit).await
    }

    pub(crate) async fn audit_events(
        &self,
        permit: &Permit<ReadAudit>,
        query: &AuditQuery,
        after: Option<&PageToken>,
        limit: usize,
    ) -> Result<Page<AuditEntry>, StoreError> {
        self.check(permit)?;
        self.store.audit_events(query, after, limit).await
    }

    pub(crate) async fn permit_counts(
        &self,
        permit: &Permit<ReadAudit>,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<PermitCount>, StoreError> {
        self.check(permit)?;
        self.store.permit_counts(from, until).await
    }

    pub(crate) async fn deletion(
        &self,
        permit: &Permit<DeleteWorkspace>,
    ) -> Result<Option<TombstoneRecord>, StoreError> {
        self.check(permit)?;
        self.store.deletion().await
    }

    pub(crate) async fn deletion_to_cancel(
        &self,
        permit: &Permit<CancelDeletion>,
    ) -> Result<Option<TombstoneRecord>, StoreError> {
        self.check(permit)?;
        self.store.deletion().await
    }

    pub(crate) async fn request_deletion(
        &self,
        permit: &Permit<DeleteWorkspace>,
        tombstone: &TombstoneRecord,
        audit: &AuditEvent,
    ) -> Result<(), StoreError> {
        self.check(permit)?;
        self.store.request_deletion(tombstone, audit).await
    }

    pub(crate) async fn cancel_deletion(
        &self,
        permit: &Permit<CancelDeletion>,
        now: Timestamp,
        audit: &AuditEvent,
    ) -> Result<bool, StoreError> {
        self.check(permit)?;
        self.store.cancel_deletion(now, audit).await
    }

    pub(crate) async fn has_person(
        &self,
        permit: &Permit<ErasePerson>,
        person: PersonId,
    ) -> Result<bool, StoreError> {
        self.check(permit)?;
        Ok(self.store.person(person).await?.is_some())
    }

    pub(crate) async fn erase_person(
        &self,
        permit: &Permit<ErasePerson>,
        person: PersonId,
        audit: &AuditEvent,
    ) -> Result<bool, StoreError> {
        self.check(permit)?;
        self.store.erase_person(person, audit).await
    }

    /// The workspace's index key. It lies in the keyring, and is had under the same permits as the rows.
    pub(crate) async fn index_key(
        &self,
        permit: &Permit<IngestFacts>,
        keyring: &Keyring,
    ) -> Result<IndexKey, StoreError> {
        self.check(permit)?;
        Ok(keyring.index_key(permit.workspace()).await?)
    }

    /// The subkey that hides paths, for finding what is stored of a path.
    pub(crate) async fn path_key(
        &self,
        permit: &Permit<ReadReport>,
        keyring: &Keyring,
    ) -> Result<IndexSubkey, StoreError> {
        self.check(permit)?;
        Ok(keyring.index_key(permit.workspace()).await?.subkey(IndexLabel::Path))
    }

    pub(crate) async fn cursor(
        &self,
        permit: &Permit<IngestFacts>,
        connection: ConnectionId,
        stream: &StreamName,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        self.check_integration(permit, connection)?;
        self.store.cursor(connection, stream).await
    }

    pub(crate) async fn line_edits(
        &self,
        permit: &Permit<IngestFacts>,
        repository: RepositoryId,
        after: Option<(u64, u64)>,
        limit: usize,
    ) -> Result<Vec<LineLogFact>, StoreError> {
        self.check(permit)?;
        self.store.line_edits(repository, after, limit).await
    }

    pub(crate) async fn line_snapshot(
        &self,
        permit: &Permit<ReadReport>,
        repository: RepositoryId,
    ) -> Result<Vec<LineLogFact>, StoreError> {
        self.check(permit)?;
        self.store.line_snapshot(repository).await
    }

    /// The files that a sync finds stored.
    pub(crate) async fn known_files(
        &self,
        permit: &Permit<IngestFacts>,
        repository: RepositoryId,
        after: Option<PathKey>,
        limit: usize,
    ) -> Result<Vec<TipFile>, StoreError> {
        self.check(permit)?;
        self.store.tip_files(repository, after, limit).await
    }

    pub(crate) async fn tip_files(
        &self,
        permit: &Permit<ReadReport>,
        repository: RepositoryId,
    ) -> Result<Vec<TipFile>, StoreError> {
        self.check(permit)?;
        self.store.tip_files(repository, None, usize::MAX).await
    }

    pub(crate) async fn retain_tip_files(
        &self,
        permit: &Permit<IngestFacts>,
        connection: ConnectionId,
        repository: RepositoryId,
        epoch: u64,
        keep: &BTreeSet<PathKey>,
    ) -> Result<u64, StoreError> {
        self.check_integration(permit, connection)?;
        self.store.retain_tip_files(connection, repository, epoch, keep).await
    }

    pub(crate) async fn ingest(
        &self,
        permit: &Permit<IngestFacts>,
        batch: IngestBatch,
    ) -> Result<IngestOutcome, StoreError> {
        self.check_integration(permit, batch.connection)?;
        self.store.ingest(batch).await
    }

    pub(crate) async fn retain_commits(
        &self,
        permit: &Permit<IngestFacts>,
        connection: ConnectionId,
        repository: RepositoryId,
        epoch: u64,
        keep: &BTreeSet<CommitId>,
    ) -> Result<u64, StoreError> {
        self.check_integration(permit, connection)?;
        self.store.retain_commits(connection, repository, epoch, keep).await
    }

    pub(crate) async fn record_sync(
        &self,
        permit: &Permit<IngestFacts>,
        connection: ConnectionId,
        epoch: u64,
        sync: SyncRecord,
        audit: &AuditEvent,
    ) -> Result<(), StoreError> {
        self.check_integration(permit, connection)?;
        self.store.record_sync(connection, epoch, sync, audit).await
    }
}
