//! The commits that have lines of one kind.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::routing::get;
use prodops::metrics::value::LineWork;
use prodops::policy::{ListRepositories, ReadReport, ReadRepository};

use super::report::Listed;
use super::{Page, frame, show};
use crate::present;
use crate::ui::view::{Place, WorkCommits};
use crate::ui::{page, route};
use crate::web::{Access, App, Path, Problem, Query, Routes, SignedIn};

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
    Query(listed): Query<Listed>,
) -> Page {
    let workspace = caller.caller().enter(&slug).await?;
    let work = LineWork::named(&work).ok_or_else(Problem::not_found)?;
    let now = app.clock.now();
    let whole = listed.asked().whole(&workspace, now).await?;
    let found = workspace.commits_with(&whole.query(now)?, work).await?;
    let (shown, older) = listed.part(&found, &route::work_commits(&slug, work.as_str()), whole.choice);
    let view = WorkCommits {
        header: whole.header(now),
        kind: present::line_kind(work),
        name: work.as_str().to_owned(),
        total: found.len(),
        rows: present::work_commits(shown, &whole.repositories, now),
        older,
    };
    let chrome = frame::frame(&headers, &caller, Place::Work, Some(&workspace));
    Ok(show(page::work_commits(&chrome, &view)))
}
