//! What the stored facts say: reports, repositories, commits.

use std::collections::HashMap;

use prodops_classify::settle_labels;
use prodops_core::fact::{CommitFact, CommitId, CoverageFact, LabelSource, RepositoryFact};
use prodops_core::id::RepositoryId;
use prodops_metrics::breakdown::commits_with;
use prodops_metrics::investment::commits_behind;
use prodops_metrics::value::{ActivityClass, LineWork};
use prodops_metrics::{FactSet, Report, ReportOptions, Scope, Window};
use prodops_policy::{
    ListRepositories, MetricReportFacts, Permit, ReadReport, ReadRepository, RepositoryFacts,
};
use prodops_store::StoreError;
use prodops_store::contract::{Page, PageToken};

use super::error::EngineError;
use super::guarded::Guarded;
use super::label;
use super::workspace::Workspace;

/// What a report is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportQuery {
    /// One repository, or `None` for all that the caller may see.
    pub repository: Option<RepositoryId>,
    /// The span of time.
    pub window: Window,
}

impl Workspace {
    /// The metrics of a window, over one repository or all that the caller may see.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] for a repository that the workspace does not have; [`EngineError::Denied`] when the
    /// caller may not read reports.
    pub async fn report(&self, query: &ReportQuery) -> Result<Report, EngineError> {
        self.over_facts(query, prodops_metrics::report).await
    }

    /// The commits behind the share of a kind of work in a window, newest first: what went into `investment_mix` and
    /// `activity_mix` of the same query.
    ///
    /// # Errors
    /// As [`report`](Self::report).
    pub async fn commits_behind(
        &self,
        query: &ReportQuery,
        class: ActivityClass,
    ) -> Result<Vec<CommitFact>, EngineError> {
        self.over_facts(query, move |facts, window, options| {
            commits_behind(facts, window, options, class).into_iter().cloned().collect()
        })
        .await
    }

    /// The commits with lines of a kind of work in a window, newest first, each with how many: what went into
    /// `work_breakdown` of the same query.
    ///
    /// # Errors
    /// As [`report`](Self::report).
    pub async fn commits_with(
        &self,
        query: &ReportQuery,
        kind: LineWork,
    ) -> Result<Vec<(CommitFact, u64)>, EngineError> {
        self.over_facts(query, move |facts, window, options| {
            let found = commits_with(facts, window, options, kind);
            found.into_iter().map(|(commit, lines)| (commit.clone(), lines)).collect()
        })
        .await
    }

    /// Computes over everything that the caller may see of what is asked for.
    pub(super) async fn over_facts<T: Send + 'static>(
        &self,
        query: &ReportQuery,
        compute: impl FnOnce(&FactSet<'_>, &Window, &ReportOptions) -> T + Send + 'static,
    ) -> Result<T, EngineError> {
        let permit = self.permit::<ReadReport>(&MetricReportFacts::of(&self.scope)).await?;
        let repositories = match query.repository {
            Some(id) => vec![self.repository(id).await?],
            None => self.repositories().await?,
        };
        let guarded = self.guarded()?;
        let (mut commits, mut coverage, mut lines) = (Vec::new(), Vec::new(), Vec::new());
        for repository in &repositories {
            commits.extend(label::settled(&guarded, &permit, repository.id).await?);
            coverage.extend(guarded.coverage(&permit, repository.id).await?);
            lines.extend(guarded.line_snapshot(&permit, repository.id).await?);
        }
        let people = guarded.people(&permit).await?;
        let parts = self.engine.parts();
        let scope = query.repository.map_or(Scope::All, Scope::Repository);
        let options = ReportOptions::new(parts.clock.now()).with_audience(parts.audience).with_scope(scope);
        let window = query.window.clone();
        // Long enough to hold up leases and other callers on an executor's thread.
        let computed = tokio::task::spawn_blocking(move || {
            let facts = FactSet {
                repositories: &repositories,
                commits: &commits,
                people: &people,
                coverage: &coverage,
                lines: &lines,
            };
            compute(&facts, &window, &options)
        });
        computed.await.map_err(|_| EngineError::Report)
    }

    /// Whether the policies let the caller read reports. For showing the way there: it leaves no trace and opens nothing.
    #[must_use]
    pub fn may_read_reports(&self) -> bool {
        let facts = MetricReportFacts::of(&self.scope);
        self.engine.policy().authorize::<ReadReport>(&self.scope, &facts, &self.moment()).is_ok()
    }

    /// The repositories that the caller may see, by id.
    ///
    /// # Errors
    /// When the caller may not list them, or the store cannot be read.
    pub async fn repositories(&self) -> Result<Vec<RepositoryFact>, EngineError> {
        let visible = self.visible::<ListRepositories>().await?;
        Ok(self.guarded()?.repositories(&visible).await?)
    }

    /// One repository.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when the workspace has no such repository or the caller may not know of it.
    pub async fn repository(&self, id: RepositoryId) -> Result<RepositoryFact, EngineError> {
        let found = self.guarded()?.locate_repository(id).await?.ok_or(EngineError::NotFound)?;
        let facts = RepositoryFacts { workspace: self.scope.workspace(), id, integration: found.connection };
        match self.permit::<ReadRepository>(&facts).await {
            Ok(_permit) => Ok(found),
            // Whoever may not read it may not learn that it exists.
            Err(EngineError::Denied) => Err(EngineError::NotFound),
            Err(error) => Err(error),
        }
    }

    /// A page of a repository's commits, ordered by their ids. Labels that the habits of the repository could move cost a look at
    /// all of its commits.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] for a repository that the workspace does not have; [`EngineError::Page`] for a token of
    /// another list.
    pub async fn commits(
        &self,
        repository: RepositoryId,
        after: Option<&PageToken>,
        limit: usize,
    ) -> Result<Page<CommitFact>, EngineError> {
        let (permit, guarded) = self.details(repository).await?;
        let mut page = guarded.commits(&permit, repository, after, limit).await.map_err(page_error)?;
        // What a rule or an author decided needs nothing but what was assigned to it.
        let is_open =
            |commit: &CommitFact| commit.label.is_some_and(|label| label.source == LabelSource::Model);
        if page.items.iter().any(is_open) {
            let all = label::settled(&guarded, &permit, repository).await?;
            let labels: HashMap<CommitId, _> = all.into_iter().map(|one| (one.id, one.label)).collect();
            let stand = |commit: &mut CommitFact| {
                commit.label = labels.get(&commit.id).copied().unwrap_or(commit.label);
            };
            page.items.iter_mut().for_each(stand);
        } else {
            settle_labels(&mut page.items, &guarded.assigned_labels(&permit, repository).await?);
        }
        Ok(page)
    }

    /// What of a repository was completely read, and with which gaps.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] for a repository that the workspace does not have.
    pub async fn coverage(&self, repository: RepositoryId) -> Result<Vec<CoverageFact>, EngineError> {
        let (permit, guarded) = self.details(repository).await?;
        Ok(guarded.coverage(&permit, repository).await?)
    }

    pub(super) async fn details(
        &self,
        repository: RepositoryId,
    ) -> Result<(Permit<ReadReport>, Guarded<'_>), EngineError> {
        self.repository(repository).await?;
        let permit = self.permit::<ReadReport>(&MetricReportFacts::of(&self.scope)).await?;
        Ok((permit, self.guarded()?))
    }
}

/// Page tokens come from outside: a wrong one is the caller's mistake, not the store's.
pub(super) fn page_error(error: StoreError) -> EngineError {
    match error {
        StoreError::Invalid { what: "page token", .. } => EngineError::Page,
        other => EngineError::Store(other),
    }
}
