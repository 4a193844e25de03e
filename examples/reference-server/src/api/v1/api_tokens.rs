//! The caller's own API tokens in a workspace.

use axum::http::Method;
use axum::routing::get;
use prodops::core::api_token::ApiTokenRecord;
use prodops::policy::RevokeApiToken;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Answer, Body};
use crate::web::{Access, Caller, Path, Problem, Routes};

/// An API token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiToken {
    /// Its id.
    id: String,
    /// What it is for.
    name: String,
    /// The most that it may do: a role, such as `viewer` or `member`.
    cap: &'static str,
    /// When it was made, RFC 3339.
    created: String,
    /// When it ends, RFC 3339.
    expires: String,
    /// When it was last used, to within an hour, RFC 3339; `null` before the first time.
    last_used: Option<String>,
}

impl From<ApiTokenRecord> for ApiToken {
    fn from(row: ApiTokenRecord) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.name.to_string(),
            cap: row.cap.as_str(),
            created: row.created.to_string(),
            expires: row.expires.to_string(),
            last_used: row.last_used.map(|at| at.to_string()),
        }
    }
}

pub(super) fn mount(routes: Routes) -> Routes {
    let access = Access::caller::<(RevokeApiToken,)>();
    routes.mount(access, Method::GET, "/api/v1/workspaces/{slug}/api-tokens", get(handler))
}

/// The caller's own API tokens in this workspace, the newest first.
#[utoipa::path(get, path = "/api/v1/workspaces/{slug}/api-tokens", tag = "API tokens",
    params(("slug" = String, Path, description = "one of the caller's workspaces")),
    responses((status = 200, body = Vec<ApiToken>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn handler(caller: Caller, Path(slug): Path<String>) -> Answer<Vec<ApiToken>> {
    let rows = caller.enter(&slug).await?.api_tokens().await?;
    Ok(Body(rows.into_iter().map(ApiToken::from).collect()))
}
