//! The first page: the caller's workspaces, or the only one at once.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;

use super::{Page, frame, show};
use crate::ui::view::{Place, WorkspaceRow, Workspaces};
use crate::ui::{Label, page, route};
use crate::web::{Access, App, Caller, Routes};

pub(super) fn mount(routes: Routes) -> Routes {
    routes.mount(Access::Session("own memberships"), Method::GET, route::WORKSPACES, get(handler))
}

async fn handler(State(app): State<Arc<App>>, headers: HeaderMap, caller: Caller) -> Page {
    let own = app.engine.workspaces(&caller.session).await?;
    if let [only] = own.as_slice() {
        return Ok(Redirect::to(&route::overview(only.slug.as_str())).into_response());
    }
    let mut rows = Vec::with_capacity(own.len());
    for record in own {
        let workspace = app.engine.enter(&caller.session, &record.slug).await?;
        rows.push(WorkspaceRow {
            slug: record.slug.to_string(),
            name: Label::new(record.name.as_str()),
            role: workspace.role().to_string(),
            repositories: Some(workspace.repositories().await?.len() as u64),
            read: None,
        });
    }
    let view = Workspaces { workspaces: rows };
    Ok(show(page::workspaces(&frame::frame(&headers, Place::Workspaces, None), &view)))
}
