//! The overview of a workspace.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::routing::get;
use prodops::core::fact::RepositoryFact;
use prodops::core::time::Timestamp;
use prodops::engine::{EngineError, ReportQuery, Workspace};
use prodops::metrics::{MetricValue, Report, Window};
use prodops::policy::{ListRepositories, ReadReport, ReadRepository};

use super::report::{Asked, window};
use super::{Page, frame, show};
use crate::present;
use crate::ui::view::{Overview, Place, RepositoryRow};
use crate::ui::{Label, page};
use crate::web::{Access, App, Path, Query, Routes, SignedIn};

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
    let whole = asked.whole(&workspace, now).await?;
    let sync = present::progress(&app.board.of(workspace.record().id), &whole.repositories);
    let rows = rows(&workspace, &whole.repositories, &window(whole.choice, now)?, now).await?;
    let running = sync.as_ref().is_some_and(crate::ui::view::SyncProgress::is_running);
    let view = Overview {
        header: whole.header(now),
        state: present::report_state(&whole.repositories, sync.as_ref(), whole.read),
        sections: present::sections(&whole.report, running),
        repositories: rows,
        sync,
    };
    Ok(show(page::overview(&frame::frame(&headers, &caller, Place::Overview, Some(&workspace)), &view)))
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
