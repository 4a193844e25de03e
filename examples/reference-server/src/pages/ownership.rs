//! Whose lines are left in the folders of a repository.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::routing::get;
use prodops::core::id::RepositoryId;
use prodops::policy::{ReadReport, ReadRepository};
use serde::Deserialize;

use super::{Page, frame, show};
use crate::present;
use crate::ui::page;
use crate::ui::view::Place;
use crate::web::{Access, App, Path, Problem, Query, Routes, SignedIn};

/// Which folder.
#[derive(Debug, Deserialize)]
struct In {
    #[serde(default)]
    folder: String,
}

pub(super) fn mount(routes: Routes) -> Routes {
    routes.mount(
        Access::session::<(ReadRepository, ReadReport)>(),
        Method::GET,
        "/w/{slug}/repositories/{id}/ownership",
        get(handler),
    )
}

async fn handler(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    caller: SignedIn,
    Path((slug, id)): Path<(String, String)>,
    Query(place): Query<In>,
) -> Page {
    let workspace = caller.caller().enter(&slug).await?;
    let id: RepositoryId = id.parse().map_err(|_| Problem::not_found())?;
    let folder = place.folder.trim_matches('/');
    let found = workspace.ownership(id, folder).await?;
    let read = workspace.coverage(id).await?.iter().map(|read| read.to).max();
    let view = present::ownership(&found, folder, read, app.clock.now());
    Ok(show(page::ownership(&frame::frame(&headers, &caller, Place::Repository, Some(&workspace)), &view)))
}
