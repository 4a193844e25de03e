//! What AI providers may be asked and what they answered, behind permits.

use futures_util::Stream;
use prodops_core::audit::AuditEvent;
use prodops_core::fact::{AssignedLabel, Assigner, CommitFact, RepositoryFact};
use prodops_core::filter::{Filter, Predicate, Value};
use prodops_core::id::{ConnectionId, RepositoryId};
use prodops_core::input::StreamName;
use prodops_policy::{ActivityFacts, ClassifyActivity, Permit, ReadWorkspace, UpdateWorkspace};
use prodops_store::StoreError;
use prodops_store::contract::{AiUseRecord, IngestBatch, IngestOutcome, PageToken, Version, Versioned};

use super::guarded::Guarded;

/// What was chosen, and at which version.
pub(crate) type AiUse = Option<Versioned<AiUseRecord>>;

impl Guarded<'_> {
    /// The repositories behind a connection.
    pub(crate) async fn locate_repositories(
        &self,
        connection: ConnectionId,
    ) -> Result<Vec<RepositoryFact>, StoreError> {
        let own = Predicate::Eq(RepositoryFact::CONNECTION, Value::Id(*connection.as_bytes()));
        self.store.repositories(&Filter::Pred(own)).await
    }

    pub(crate) async fn ai_use(&self, permit: &Permit<ReadWorkspace>) -> Result<AiUse, StoreError> {
        self.check(permit)?;
        self.store.ai_use().await
    }

    pub(crate) async fn ai_use_to_change(
        &self,
        permit: &Permit<UpdateWorkspace>,
    ) -> Result<AiUse, StoreError> {
        self.check(permit)?;
        self.store.ai_use().await
    }

    pub(crate) async fn choose_ai(
        &self,
        permit: &Permit<UpdateWorkspace>,
        expected: Option<Version>,
        chosen: &AiUseRecord,
        audit: &AuditEvent,
    ) -> Result<Version, StoreError> {
        self.check(permit)?;
        self.store.put_ai_use(expected, chosen, audit).await
    }

    pub(crate) async fn ai_use_of_run(&self, permit: &Permit<ClassifyActivity>) -> Result<AiUse, StoreError> {
        self.check(permit)?;
        self.store.ai_use().await
    }

    /// Notes what a run sets aside or brought. What was chosen stays as it is at that version.
    pub(crate) async fn note_ai_use(
        &self,
        permit: &Permit<ClassifyActivity>,
        expected: Version,
        noted: &AiUseRecord,
        audit: &AuditEvent,
    ) -> Result<Version, StoreError> {
        self.check(permit)?;
        self.store.put_ai_use(Some(expected), noted, audit).await
    }

    pub(crate) fn commits_to_classify(
        &self,
        permit: &Permit<ClassifyActivity>,
        repository: RepositoryId,
    ) -> Result<impl Stream<Item = Result<CommitFact, StoreError>>, StoreError> {
        self.check_activity(permit, repository)?;
        Ok(self.store.commit_stream(repository, PageToken::MAX_LIMIT))
    }

    pub(crate) async fn label_cursor(
        &self,
        permit: &Permit<ClassifyActivity>,
        connection: ConnectionId,
        stream: &StreamName,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        self.check(permit)?;
        self.store.cursor(connection, stream).await
    }

    /// Notes which commits brought no label. For the holder of the connection's lease.
    pub(crate) async fn note_passed(
        &self,
        permit: &Permit<ClassifyActivity>,
        passed: IngestBatch,
    ) -> Result<IngestOutcome, StoreError> {
        self.check(permit)?;
        // INVARIANT: what classifies writes no facts.
        if passed.facts.is_empty() {
            self.store.ingest(passed).await
        } else {
            Err(StoreError::ScopeViolation)
        }
    }

    pub(crate) async fn labels_given(
        &self,
        permit: &Permit<ClassifyActivity>,
        repository: RepositoryId,
    ) -> Result<Vec<AssignedLabel>, StoreError> {
        self.check_activity(permit, repository)?;
        self.store.assigned_labels(repository).await
    }

    /// Gives commits the labels that a provider answered.
    pub(crate) async fn give_labels(
        &self,
        permit: &Permit<ClassifyActivity>,
        labels: &[AssignedLabel],
        audit: &AuditEvent,
    ) -> Result<(), StoreError> {
        self.check(permit)?;
        // INVARIANT: what classifies speaks for a provider, about the repository of its permit.
        for label in labels {
            self.check_activity(permit, label.repository)?;
            if label.by != Assigner::Ai {
                return Err(StoreError::ScopeViolation);
            }
        }
        self.store.assign_labels(labels, audit).await
    }

    fn check_activity(&self, permit: &Permit<ClassifyActivity>, id: RepositoryId) -> Result<(), StoreError> {
        self.check(permit)?;
        let facts = ActivityFacts { workspace: self.scope.workspace(), id };
        if permit.is_for(&facts) { Ok(()) } else { Err(StoreError::ScopeViolation) }
    }
}
