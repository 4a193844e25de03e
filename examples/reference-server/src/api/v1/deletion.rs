//! The deletion of a workspace, for its owners.

use axum::http::{Method, StatusCode};
use axum::routing::{delete, get, post};
use prodops::engine::Deletion as Dates;
use prodops::policy::{CancelDeletion, DeleteWorkspace};
use prodops::store::contract::PurgeState;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Answer, Body};
use crate::web::{Access, Caller, Path, Problem, Routes};

/// A deletion and its dates, RFC 3339.
#[derive(Debug, Serialize, ToSchema)]
pub struct Deletion {
    /// `pending` while it can be called off, then `purging` and `purged`.
    state: &'static str,
    /// When it was asked for.
    requested: String,
    /// Until when it can be called off.
    grace_ends: String,
    /// By when keys are destroyed and rows removed.
    purged_by: String,
    /// By when the last backup with the workspace in it is gone.
    gone_by: String,
}

impl From<Dates> for Deletion {
    fn from(dates: Dates) -> Self {
        Self {
            state: match dates.state {
                PurgeState::Pending => "pending",
                PurgeState::Purging => "purging",
                PurgeState::Purged => "purged",
            },
            requested: dates.requested.to_string(),
            grace_ends: dates.grace_ends.to_string(),
            purged_by: dates.purged_by.to_string(),
            gone_by: dates.gone_by.to_string(),
        }
    }
}

const PATH: &str = "/api/v1/workspaces/{slug}/deletion";

pub(super) fn mount(routes: Routes) -> Routes {
    routes
        .mount(Access::caller::<(DeleteWorkspace,)>(), Method::GET, PATH, get(show))
        .mount(Access::caller::<(DeleteWorkspace,)>(), Method::POST, PATH, post(request))
        .mount(Access::caller::<(CancelDeletion,)>(), Method::DELETE, PATH, delete(cancel))
}

/// The workspace's deletion. Owners only; none is answered as not found.
#[utoipa::path(get, path = "/api/v1/workspaces/{slug}/deletion", tag = "workspaces",
    params(("slug" = String, Path, description = "one of the caller's workspaces")),
    responses((status = 200, body = Deletion), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn show(caller: Caller, Path(slug): Path<String>) -> Answer<Deletion> {
    let found = caller.enter(&slug).await?.deletion().await?;
    Ok(Body(found.ok_or_else(Problem::not_found)?.into()))
}

/// Asks for the workspace's deletion: it closes to everybody but its owners. Owners only, and no API token does.
#[utoipa::path(post, path = "/api/v1/workspaces/{slug}/deletion", tag = "workspaces",
    params(("slug" = String, Path, description = "one of the caller's workspaces")),
    responses((status = 200, body = Deletion), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem, description = "it is under way already")))]
pub async fn request(caller: Caller, Path(slug): Path<String>) -> Answer<Deletion> {
    Ok(Body(caller.enter(&slug).await?.request_deletion().await?.into()))
}

/// Calls the workspace's deletion off, until its grace is over. Owners only, and no API token does.
#[utoipa::path(delete, path = "/api/v1/workspaces/{slug}/deletion", tag = "workspaces",
    params(("slug" = String, Path, description = "one of the caller's workspaces")),
    responses((status = 204, description = "called off"), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn cancel(caller: Caller, Path(slug): Path<String>) -> Result<StatusCode, Problem> {
    caller.enter(&slug).await?.cancel_deletion().await?;
    Ok(StatusCode::NO_CONTENT)
}
