//! The commits behind one kind of work.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::routing::get;
use prodops::engine::ReportQuery;
use prodops::metrics::value::ActivityClass;
use prodops::policy::{ListRepositories, ReadReport, ReadRepository};
use serde::Deserialize;

use super::report::{Asked, window};
use super::{Page, frame, show};
use crate::present;
use crate::ui::palette::WorkKind;
use crate::ui::view::{InvestmentCommits, Place};
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
        "/w/{slug}/investment/{kind}",
        get(handler),
    )
}

async fn handler(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    caller: SignedIn,
    Path((slug, kind)): Path<(String, String)>,
    Query(from): Query<From>,
) -> Page {
    let workspace = caller.caller().enter(&slug).await?;
    let class = ActivityClass::named(&kind).ok_or_else(Problem::not_found)?;
    let now = app.clock.now();
    let whole = Asked::of(from.window).whole(&workspace, now).await?;
    let query = ReportQuery { repository: None, window: window(whole.choice, now)? };
    let behind = workspace.commits_behind(&query, class).await?;
    let here = route::windowed(&route::investment_commits(&slug, &kind), &whole.choice.name());
    let next = from.skip.saturating_add(ROWS);
    let shown = behind.get(from.skip.min(behind.len())..next.min(behind.len())).unwrap_or_default();
    let view = InvestmentCommits {
        header: whole.header(now),
        kind: WorkKind::named(class.as_str()),
        total: behind.len(),
        rows: present::investment_commits(shown, &whole.repositories, now, |repository| {
            workspace.may_correct_labels(repository)
        }),
        skip: from.skip,
        older: (next < behind.len()).then(|| format!("{here}&skip={next}")),
    };
    let chrome = frame::frame(&headers, &caller, Place::Investment, Some(&workspace));
    Ok(show(page::investment_commits(&chrome, &view)))
}
