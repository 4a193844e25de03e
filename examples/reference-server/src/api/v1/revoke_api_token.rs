//! Revokes an API token.

use axum::http::{Method, StatusCode};
use axum::routing::delete;
use prodops::policy::RevokeApiToken;

use super::id;
use crate::web::{Access, Caller, Path, Problem, Routes};

pub(super) fn mount(routes: Routes) -> Routes {
    let access = Access::caller::<(RevokeApiToken,)>();
    routes.mount(access, Method::DELETE, "/api/v1/workspaces/{slug}/api-tokens/{id}", delete(handler))
}

/// Revokes one of the caller's own API tokens: its next request is a stranger's. A program can revoke its own.
#[utoipa::path(delete, path = "/api/v1/workspaces/{slug}/api-tokens/{id}", tag = "API tokens",
    params(("slug" = String, Path, description = "one of the caller's workspaces"),
        ("id" = String, Path, description = "the token")),
    responses((status = 204, description = "revoked"), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn handler(
    caller: Caller,
    Path((slug, token)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    caller.enter(&slug).await?.revoke_api_token(id(&token)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
