//! What the pages that show a report have in common: which window, and what the head says.

use prodops::core::fact::RepositoryFact;
use prodops::core::id::RepositoryId;
use prodops::core::time::Timestamp;
use prodops::engine::{EngineError, ReportQuery, Workspace};
use prodops::metrics::{Report, Window};
use serde::Deserialize;

use crate::present;
use crate::ui::route;
use crate::ui::view::{ReportHeader, WindowChoice};
use crate::web::Problem;

/// Which window.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    window: Option<String>,
}

impl Asked {
    /// The window that was chosen, if one was.
    pub(super) fn choice(&self) -> Option<WindowChoice> {
        self.window.as_deref().and_then(WindowChoice::named)
    }

    /// The report of the window that was chosen, or of one that has something to show.
    pub(super) async fn report(
        &self,
        workspace: &Workspace,
        repository: Option<RepositoryId>,
        now: Timestamp,
    ) -> Result<(WindowChoice, Report), Problem> {
        let chosen = self.choice();
        let first = chosen.unwrap_or(WindowChoice::Days(90));
        let report = workspace.report(&ReportQuery { repository, window: window(first, now)? }).await?;
        let better = chosen.unwrap_or_else(|| present::default_choice(report.latest_commit, now));
        if better == first {
            return Ok((first, report));
        }
        let report = workspace.report(&ReportQuery { repository, window: window(better, now)? }).await?;
        Ok((better, report))
    }

    /// The report over everything that the reader sees.
    pub(super) async fn whole(&self, workspace: &Workspace, now: Timestamp) -> Result<Whole, Problem> {
        let repositories = workspace.repositories().await?;
        let (choice, report) = self.report(workspace, None, now).await?;
        let read = read(workspace, &repositories).await?;
        Ok(Whole { repositories, choice, report, read })
    }
}

/// Rows of a list on one page.
const ROWS: usize = 100;

/// Which window, and from where on in the list of its commits.
#[derive(Debug, Deserialize)]
pub(super) struct Listed {
    window: Option<String>,
    #[serde(default)]
    pub(super) skip: usize,
}

impl Listed {
    /// The window without the place in the list.
    pub(super) fn asked(&self) -> Asked {
        Asked { window: self.window.clone() }
    }

    /// The rows of this page, and the address of the next one; `None` on the last.
    pub(super) fn part<'r, R>(
        &self,
        all: &'r [R],
        list: &str,
        choice: WindowChoice,
    ) -> (&'r [R], Option<String>) {
        let next = self.skip.saturating_add(ROWS);
        let rows = all.get(self.skip.min(all.len())..next.min(all.len())).unwrap_or_default();
        let here = route::windowed(list, &choice.name());
        (rows, (next < all.len()).then(|| format!("{here}&skip={next}")))
    }
}

/// A report over everything that the reader sees, with what its head says.
pub(super) struct Whole {
    pub(super) repositories: Vec<RepositoryFact>,
    pub(super) choice: WindowChoice,
    pub(super) report: Report,
    /// When the longest unread of the repositories was read.
    pub(super) read: Option<Timestamp>,
}

impl Whole {
    /// What the report was asked for.
    pub(super) fn query(&self, now: Timestamp) -> Result<ReportQuery, Problem> {
        Ok(ReportQuery { repository: None, window: window(self.choice, now)? })
    }

    pub(super) fn header(&self, now: Timestamp) -> ReportHeader {
        present::header(&self.repositories, &self.report, self.choice, self.read, now)
    }
}

/// The window of a choice.
pub(super) fn window(choice: WindowChoice, now: Timestamp) -> Result<Window, Problem> {
    present::window_of(choice, now).map_err(|error| Problem::bad_request(error.to_string()))
}

/// When the longest unread of them was read.
async fn read(
    workspace: &Workspace,
    repositories: &[RepositoryFact],
) -> Result<Option<Timestamp>, EngineError> {
    let mut oldest: Option<Timestamp> = None;
    for repository in repositories {
        let read = workspace.coverage(repository.id).await?.iter().map(|read| read.to).max();
        oldest = match (oldest, read) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }
    Ok(oldest)
}
