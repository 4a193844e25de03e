//! What the work on lines was.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::routing::get;
use prodops::policy::{ListRepositories, ReadReport, ReadRepository};

use super::report::Asked;
use super::{Page, frame, show};
use crate::present;
use crate::ui::page;
use crate::ui::view::{Place, Work};
use crate::web::{Access, App, Path, Problem, Query, Routes, SignedIn};

pub(super) fn mount(routes: Routes) -> Routes {
    routes.mount(
        Access::session::<(ListRepositories, ReadReport, ReadRepository)>(),
        Method::GET,
        "/w/{slug}/work",
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
    let (panels, rows) = present::work(&whole.report).ok_or_else(Problem::not_found)?;
    let view = Work { header: whole.header(now), panels, rows };
    Ok(show(page::work(&frame::frame(&headers, &caller, Place::Work, Some(&workspace)), &view)))
}
