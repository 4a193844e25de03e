//! All that a workspace shows, for comparing before and after.

use prodops_core::audit::AuditEntry;
use prodops_core::fact::{CommitFact, CoverageFact, LineLogFact, PersonFact, RepositoryFact, TipFile};
use prodops_core::filter::Filter;
use prodops_core::id::RepositoryId;

use super::fixture::Source;
use super::generate::History;
use crate::StoreError;
use crate::contract::{AiUseRecord, AuditQuery, ConnectionRecord, Versioned};
use crate::plane::WorkspaceStore;

/// Everything that a workspace shows of one source and one repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// Every connection.
    pub connections: Vec<Versioned<ConnectionRecord>>,
    /// The source's connection.
    pub connection: Option<Versioned<ConnectionRecord>>,
    /// The source's cursor.
    pub cursor: Option<Vec<u8>>,
    /// Every repository.
    pub repositories: Vec<RepositoryFact>,
    /// The repository.
    pub repository: Option<RepositoryFact>,
    /// Its commits.
    pub commits: Vec<CommitFact>,
    /// Everybody.
    pub people: Vec<PersonFact>,
    /// What was read of the repository.
    pub coverage: Vec<CoverageFact>,
    /// What AI providers may be asked.
    pub ai_use: Option<Versioned<AiUseRecord>>,
    /// What its commits do to lines, and what is known at the last one.
    pub lines: [Vec<LineLogFact>; 2],
    /// Its files at the head.
    pub tip_files: Vec<TipFile>,
    /// The audit log.
    pub events: Vec<AuditEntry>,
}

impl Contents {
    /// Reads all of it.
    pub async fn of(store: &WorkspaceStore<'_>, source: &Source, history: &History) -> Self {
        let repository = history.repository.id;
        Self {
            connections: store.connections(&Filter::all()).await.unwrap(),
            connection: store.connection(source.connection).await.unwrap(),
            cursor: store.cursor(source.connection, &source.stream).await.unwrap(),
            repositories: store.repositories(&Filter::all()).await.unwrap(),
            repository: store.repository(repository).await.unwrap(),
            commits: all_commits(store, repository, 100).await.unwrap(),
            people: store.people().await.unwrap(),
            coverage: store.coverage(repository).await.unwrap(),
            ai_use: store.ai_use().await.unwrap(),
            lines: [
                store.line_edits(repository, None, usize::MAX).await.unwrap(),
                store.line_snapshot(repository).await.unwrap(),
            ],
            tip_files: store.tip_files(repository, None, usize::MAX).await.unwrap(),
            events: all_events(store, 100).await.unwrap(),
        }
    }
}

/// Every commit of a repository, page by page.
pub(crate) async fn all_commits(
    store: &WorkspaceStore<'_>,
    repository: RepositoryId,
    limit: usize,
) -> Result<Vec<CommitFact>, StoreError> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = store.commits(repository, after.as_ref(), limit).await?;
        all.extend(page.items);
        assert!(page.next.is_none() || page.next != after, "a page leads back to itself");
        after = page.next;
        if after.is_none() {
            return Ok(all);
        }
    }
}

/// Every entry of the audit log, oldest first, page by page.
pub(crate) async fn all_events(
    store: &WorkspaceStore<'_>,
    limit: usize,
) -> Result<Vec<AuditEntry>, StoreError> {
    all_answers(store, &AuditQuery::default(), limit).await
}

/// Everything that a question to the audit log is answered with, page by page.
pub(crate) async fn all_answers(
    store: &WorkspaceStore<'_>,
    query: &AuditQuery,
    limit: usize,
) -> Result<Vec<AuditEntry>, StoreError> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = store.audit_events(query, after.as_ref(), limit).await?;
        all.extend(page.items);
        assert!(page.next.is_none() || page.next != after, "a page leads back to itself");
        after = page.next;
        if after.is_none() {
            return Ok(all);
        }
    }
}
