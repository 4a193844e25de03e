//! The commits that have lines of one kind.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::routing::get;
use prodops::engine::ReportQuery;
use prodops::metrics::value::LineWork;
use prodops::policy::{ListRepositories, ReadReport, ReadRepository};
use serde::Deserialize;

use super::report::{Asked, window};
use super::{Page, frame, show};
use crate::present;
use crate::ui::view::{Place, WorkCommits};
use crate::ui::{page, route};
use crate::web::{Access, App, Path, Problem, Query, Routes, SignedIn};

/// Rows on a page.
const ROWS: usize = 100;

/// Which window, and from where on.
#[derive(Debug, Deserialize)]
struct From {
    window: Option<String>,
    #[serde(default)]
    skip: usize,
}

pub(super) fn mount(routes: Routes) -> Routes {
    routes.mount(
        Access::session::<(ListRepositories, ReadReport, ReadRepository)>(),
        Method::GET,
        "/w/{slug}/work/{work}",
        get(handler),
    )
}

async fn handler(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    caller: SignedIn,
    Path((slug, work)): Path<(String, String)>,
    Query(from): Query<From>,
) -> Page {
    let workspace = caller.caller().enter(&slug).await?;
    let work = LineWork::named(&work).ok_or_else(Problem::not_found)?;
    let now = app.clock.now();
    let whole = Asked::of(from.window).whole(&workspace, now).await?;
    let query = ReportQuery { repository: None, window: window(whole.choice, now)? };
    let found = workspace.commits_with(&query, work).await?;
    let here = route::windowed(&route::work_commits(&slug, work.as_str()), &whole.choice.name());
    let next = from.skip.saturating_add(ROWS);
    let shown = found.get(from.skip.min(found.len())..next.min(found.len())).unwrap_or_default();
    let view = WorkCommits {
        header: whole.header(now),
        kind: present::line_kind(work),
        name: work.as_str().to_owned(),
        total: found.len(),
        rows: present::work_commits(shown, &whole.repositories, now),
        older: (next < found.len()).then(|| format!("{here}&skip={next}")),
    };
    let chrome = frame::frame(&headers, &caller, Place::Work, Some(&workspace));
    Ok(show(page::work_commits(&chrome, &view)))
}
