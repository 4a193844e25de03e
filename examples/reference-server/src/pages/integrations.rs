//! The connections of a workspace: how reading them goes, and a button that has one read.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use prodops::core::tenancy::WorkspaceState;
use prodops::policy::{ListConnections, RunSync};

use super::{Page, frame, show};
use crate::present;
use crate::ui::view::{Integrations, Place};
use crate::ui::{page, route};
use crate::web::{Access, App, Path, Problem, Routes, SignedIn};

pub(super) fn mount(routes: Routes) -> Routes {
    let read = "/w/{slug}/integrations/{id}/read";
    routes
        .mount(Access::session::<(ListConnections,)>(), Method::GET, "/w/{slug}/integrations", get(handler))
        .mount(Access::session::<(RunSync,)>(), Method::POST, read, post(read_now))
}

async fn handler(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    caller: SignedIn,
    Path(slug): Path<String>,
) -> Page {
    let workspace = caller.caller().enter(&slug).await?;
    let (now, open) = (app.clock.now(), workspace.record().state == WorkspaceState::Active);
    let integrations = workspace.integrations().await?;
    let rows = integrations.iter().map(|each| present::integration(each, open, now)).collect();
    let frame = frame::frame(&headers, &caller, Place::Integrations, Some(&workspace));
    Ok(show(page::integrations(&frame, &Integrations { rows })))
}

async fn read_now(caller: SignedIn, Path((slug, connection)): Path<(String, String)>) -> Page {
    let workspace = caller.caller().enter(&slug).await?;
    let id = connection.parse().map_err(|_| Problem::not_found())?;
    workspace.request_sync(id).await?;
    Ok(Redirect::to(&route::integrations(&slug)).into_response())
}
