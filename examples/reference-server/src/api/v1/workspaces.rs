//! The caller's own workspaces.

use axum::http::Method;
use axum::routing::get;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Answer, Body};
use crate::web::{Access, Ask, Caller, Problem, Routes};

/// A workspace.
#[derive(Debug, Serialize, ToSchema)]
pub struct Workspace {
    /// Its name in URLs.
    slug: String,
    /// Its name for people.
    name: String,
}

pub(super) fn mount(routes: Routes) -> Routes {
    routes.mount(
        Access::Caller(Ask::own("memberships of one's own")),
        Method::GET,
        "/api/v1/workspaces",
        get(handler),
    )
}

/// The workspaces that the caller is an active member of.
#[utoipa::path(get, path = "/api/v1/workspaces", tag = "workspaces", responses(
    (status = 200, body = Vec<Workspace>), (status = 401, body = Problem)))]
pub async fn handler(caller: Caller) -> Answer<Vec<Workspace>> {
    let own = caller.workspaces().await?;
    let shown = |row: prodops::core::tenancy::WorkspaceRecord| Workspace {
        slug: row.slug.to_string(),
        name: row.name.to_string(),
    };
    Ok(Body(own.into_iter().map(shown).collect()))
}
