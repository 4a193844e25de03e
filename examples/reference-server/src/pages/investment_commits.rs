//! The commits behind one kind of work.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::routing::get;
use prodops::metrics::value::ActivityClass;
use prodops::policy::{ListRepositories, ReadReport, ReadRepository};

use super::report::Listed;
use super::{Page, frame, show};
use crate::present;
use crate::ui::palette::WorkKind;
use crate::ui::view::{InvestmentCommits, Place};
use crate::ui::{page, route};
use crate::web::{Access, App, Path, Problem, Query, Routes, SignedIn};

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
    Query(listed): Query<Listed>,
) -> Page {
    let workspace = caller.caller().enter(&slug).await?;
    let class = ActivityClass::named(&kind).ok_or_else(Problem::not_found)?;
    let now = app.clock.now();
    let whole = listed.asked().whole(&workspace, now).await?;
    let behind = workspace.commits_behind(&whole.query(now)?, class).await?;
    let (shown, older) = listed.part(&behind, &route::investment_commits(&slug, &kind), whole.choice);
    let view = InvestmentCommits {
        header: whole.header(now),
        kind: WorkKind::named(class.as_str()),
        total: behind.len(),
        rows: present::investment_commits(shown, &whole.repositories, now, |repository| {
            workspace.may_correct_labels(repository)
        }),
        skip: listed.skip,
        older,
    };
    let chrome = frame::frame(&headers, &caller, Place::Investment, Some(&workspace));
    Ok(show(page::investment_commits(&chrome, &view)))
}
