//! The overview of a workspace.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::routing::get;
use prodops::core::fact::RepositoryFact;
use prodops::core::id::RepositoryId;
use prodops::core::time::Timestamp;
use prodops::engine::{EngineError, ReportQuery, Workspace};
use prodops::metrics::{MetricValue, Report, Window};
use prodops::policy::{ListRepositories, ReadReport, ReadRepository};
use serde::Deserialize;

use super::{Page, frame, show};
use crate::present;
use crate::ui::view::{Overview, Place, RepositoryRow, WindowChoice};
use crate::ui::{Label, page};
use crate::web::{Access, App, Path, Problem, Query, Routes, SignedIn};

/// Which window.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    window: Option<String>,
}

impl Asked {
    pub(super) const fn window(window: Option<String>) -> Self {
        Self { window }
    }

    /// The report of the window that was chosen, or of one that has something to show.
    pub(super) async fn report(
        &self,
        workspace: &Workspace,
        repository: Option<RepositoryId>,
        now: Timestamp,
    ) -> Result<(WindowChoice, Report), Problem> {
        let chosen = self.window.as_deref().and_then(WindowChoice::named);
        let first = chosen.unwrap_or(WindowChoice::Days(90));
        let report = workspace.report(&ReportQuery { repository, window: window(first, now)? }).await?;
        let better = chosen.unwrap_or_else(|| present::default_choice(report.latest_commit, now));
        if better == first {
            return Ok((first, report));
        }
        let report = workspace.report(&ReportQuery { repository, window: window(better, now)? }).await?;
        Ok((better, report))
    }
}

pub(super) fn mount(routes: Routes) -> Routes {
    routes.mount(
        Access::session::<(ListRepositories, ReadRepository, ReadReport)>(),
        Method::GET,
        "/w/{slug}",
        get(handler),
    )
}

async fn handler(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    caller: SignedIn,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Page {
    let workspace = caller.caller().enter(&slug).await?;
    let now = app.clock.now();
    let repositories = workspace.repositories().await?;
    let (choice, report) = asked.report(&workspace, None, now).await?;
    let sync = present::progress(&app.board.of(workspace.record().id), &repositories);
    let rows = rows(&workspace, &repositories, &window(choice, now)?, now).await?;
    let read = read(&workspace, &repositories).await?;
    let running = sync.as_ref().is_some_and(crate::ui::view::SyncProgress::is_running);
    let view = Overview {
        header: present::header(&repositories, &report, choice, read, now),
        state: present::report_state(&repositories, sync.as_ref(), read),
        sections: present::sections(&report, running),
        repositories: rows,
        sync,
    };
    Ok(show(page::overview(&frame::frame(&headers, &caller, Place::Overview, Some(&workspace)), &view)))
}

pub(super) fn window(choice: WindowChoice, now: Timestamp) -> Result<Window, Problem> {
    present::window_of(choice, now).map_err(|error| Problem::bad_request(error.to_string()))
}

/// When the longest unread of them was read.
pub(super) async fn read(
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

/// A line per repository.
async fn rows(
    workspace: &Workspace,
    repositories: &[RepositoryFact],
    window: &Window,
    now: Timestamp,
) -> Result<Vec<RepositoryRow>, EngineError> {
    let mut rows = Vec::with_capacity(repositories.len());
    for repository in repositories {
        let query = ReportQuery { repository: Some(repository.id), window: window.clone() };
        let report = workspace.report(&query).await?;
        rows.push(RepositoryRow {
            id: repository.id.to_string(),
            name: Label::new(repository.name.as_str()),
            commits: count(&report, "commits"),
            people: count(&report, "active_people"),
            last_commit: report.latest_commit.map(|at| present::when(at, now)),
            remark: if repository.shallow { "shallow".to_owned() } else { String::new() },
        });
    }
    Ok(rows)
}

fn count(report: &Report, id: &str) -> Option<u64> {
    match report.result(id).and_then(prodops::metrics::MetricResult::value) {
        Some(MetricValue::Count(count)) => Some(*count),
        _ => None,
    }
}
