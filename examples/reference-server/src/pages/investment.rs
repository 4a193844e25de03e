//! What the days of a workspace go into.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::routing::get;
use prodops::policy::{ListRepositories, ReadReport, ReadRepository};

use super::overview::Asked;
use super::{Page, frame, show};
use crate::present;
use crate::ui::page;
use crate::ui::view::{Investment, Place};
use crate::web::{Access, App, Path, Problem, Query, Routes, SignedIn};

pub(super) fn mount(routes: Routes) -> Routes {
    routes.mount(
        Access::session::<(ListRepositories, ReadReport, ReadRepository)>(),
        Method::GET,
        "/w/{slug}/investment",
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
    let (panel, rows) = present::investment(&report);
    let read = super::overview::read(&workspace, &repositories).await?;
    let view = Investment {
        header: present::header(&repositories, &report, choice, read, now),
        panel: panel.ok_or_else(Problem::not_found)?,
        rows,
    };
    Ok(show(page::investment(&frame::frame(&headers, &caller, Place::Investment, Some(&workspace)), &view)))
}
