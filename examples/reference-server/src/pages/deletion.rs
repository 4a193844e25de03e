//! The deletion of a workspace, for its owners.

use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use prodops::engine::Workspace;
use prodops::policy::{CancelDeletion, DeleteWorkspace};
use serde::Deserialize;

use super::{Page, frame, show};
use crate::present;
use crate::ui::view::Place;
use crate::ui::{page, route};
use crate::web::{Access, Form, Path, Routes, SignedIn};

pub(super) fn mount(routes: Routes) -> Routes {
    routes
        .mount(Access::session::<(DeleteWorkspace,)>(), Method::GET, "/w/{slug}/deletion", get(handler))
        .mount(Access::session::<(DeleteWorkspace,)>(), Method::POST, "/w/{slug}/deletion", post(request))
        .mount(
            Access::session::<(CancelDeletion,)>(),
            Method::POST,
            "/w/{slug}/deletion/cancel",
            post(cancel),
        )
}

#[derive(Debug, Deserialize)]
struct Confirmed {
    confirm: String,
}

async fn handler(headers: HeaderMap, caller: SignedIn, Path(slug): Path<String>) -> Page {
    let workspace = caller.caller().enter(&slug).await?;
    shown(&headers, &caller, &workspace, false).await
}

async fn request(
    headers: HeaderMap,
    caller: SignedIn,
    Path(slug): Path<String>,
    Form(Confirmed { confirm }): Form<Confirmed>,
) -> Page {
    let workspace = caller.caller().enter(&slug).await?;
    if confirm.trim() != workspace.record().slug.as_str() {
        return shown(&headers, &caller, &workspace, true).await;
    }
    match workspace.request_deletion().await {
        // Somebody else was faster: the page shows theirs.
        Err(error) if !error.is_already_there() => return Err(error.into()),
        _ => {}
    }
    Ok(Redirect::to(&route::deletion(&slug)).into_response())
}

async fn cancel(caller: SignedIn, Path(slug): Path<String>) -> Page {
    caller.caller().enter(&slug).await?.cancel_deletion().await?;
    Ok(Redirect::to(&route::deletion(&slug)).into_response())
}

async fn shown(headers: &HeaderMap, caller: &SignedIn, workspace: &Workspace, mistyped: bool) -> Page {
    let under_way = workspace.deletion().await?;
    let dates = match under_way {
        Some(deletion) => deletion,
        None => workspace.deletion_preview().await?,
    };
    let view = present::deletion(workspace.record(), &dates, under_way.is_some(), mistyped);
    let frame = frame::frame(headers, caller, Place::Deletion, Some(workspace));
    Ok(show(page::deletion(&frame, &view)))
}
