//! What of a repository is written more than once.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::routing::get;
use prodops::core::id::RepositoryId;
use prodops::policy::{ListRepositories, ReadReport, ReadRepository};

use super::report::{Asked, window};
use super::{Page, frame, show};
use crate::present;
use crate::ui::page;
use crate::ui::view::{Place, WindowChoice};
use crate::web::{Access, App, Path, Problem, Query, Routes, SignedIn};

pub(super) fn mount(routes: Routes) -> Routes {
    routes.mount(
        Access::session::<(ListRepositories, ReadReport, ReadRepository)>(),
        Method::GET,
        "/w/{slug}/repositories/{id}/duplicates",
        get(handler),
    )
}

async fn handler(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    caller: SignedIn,
    Path((slug, id)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Page {
    let workspace = caller.caller().enter(&slug).await?;
    let id: RepositoryId = id.parse().map_err(|_| Problem::not_found())?;
    let (now, choice) = (app.clock.now(), asked.choice().unwrap_or(WindowChoice::Days(90)));
    let found = workspace.duplicates(id, &window(choice, now)?).await?;
    let view = present::duplicates(&found, choice, now);
    Ok(show(page::duplicates(&frame::frame(&headers, &caller, Place::Repository, Some(&workspace)), &view)))
}
