//! Pages of the audit log.

use axum::http::Method;
use axum::routing::get;
use prodops::core::audit::AuditEntry;
use prodops::policy::ReadAudit;
use prodops::store::contract::{AuditQuery, PageToken};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Answer, Body};
use crate::web::{Access, Caller, Path, Problem, Query, Routes};

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Asked {
    /// The `next` of the page before.
    after: Option<String>,
    /// How many, at most 5,000; 500 unless given.
    limit: Option<usize>,
}

/// A page of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub struct Events {
    /// The events, oldest first.
    #[schema(value_type = Vec<Object>)]
    items: Vec<AuditEntry>,
    /// The next page; `null` after the last.
    next: Option<String>,
}

pub(super) fn mount(routes: Routes) -> Routes {
    routes.mount(
        Access::caller::<(ReadAudit,)>(),
        Method::GET,
        "/api/v1/workspaces/{slug}/audit",
        get(handler),
    )
}

/// A page of the audit log, oldest first. Reading it is itself an event.
#[utoipa::path(get, path = "/api/v1/workspaces/{slug}/audit", tag = "audit",
    params(("slug" = String, Path, description = "one of the caller's workspaces"), Asked),
    responses((status = 200, body = Events), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn handler(caller: Caller, Path(slug): Path<String>, Query(asked): Query<Asked>) -> Answer<Events> {
    let workspace = caller.enter(&slug).await?;
    let after = asked.after.as_deref().map(str::parse::<PageToken>).transpose();
    let after = after.map_err(|error| Problem::bad_request(error.to_string()))?;
    let page = workspace.audit(&AuditQuery::default(), after.as_ref(), asked.limit.unwrap_or(500)).await?;
    Ok(Body(Events { items: page.items, next: page.next.map(|next| next.to_string()) }))
}
