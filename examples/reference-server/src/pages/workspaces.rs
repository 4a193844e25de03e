//! The first page: the caller's workspaces, or the only one at once.

use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use prodops::policy::ListRepositories;

use super::{Page, frame, show};
use crate::ui::view::{Place, WorkspaceRow, Workspaces};
use crate::ui::{Label, page, route};
use crate::web::{Access, Ask, Routes, SignedIn};

pub(super) fn mount(routes: Routes) -> Routes {
    routes.mount(
        Access::Session(Ask::own("memberships of one's own")),
        Method::GET,
        route::WORKSPACES,
        get(handler),
    )
}

async fn handler(headers: HeaderMap, caller: SignedIn) -> Page {
    let own = caller.caller().workspaces().await?;
    if let [only] = own.as_slice() {
        let workspace = caller.caller().enter(only.slug.as_str()).await?;
        return Ok(Redirect::to(&frame::start(&workspace)).into_response());
    }
    let mut rows = Vec::with_capacity(own.len());
    for record in own {
        let workspace = caller.caller().enter(record.slug.as_str()).await?;
        // Not every role sees repositories, and looking at one's own workspaces is no attempt to.
        let repositories = match workspace.may_list::<ListRepositories>() {
            true => Some(workspace.repositories().await?.len() as u64),
            false => None,
        };
        rows.push(WorkspaceRow {
            start: frame::start(&workspace),
            name: Label::new(record.name.as_str()),
            role: workspace.role().to_string(),
            repositories,
            read: None,
        });
    }
    let view = Workspaces { workspaces: rows };
    Ok(show(page::workspaces(&frame::frame(&headers, &caller, Place::Workspaces, None), &view)))
}
