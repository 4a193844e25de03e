//! Makes an API token.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::{Extension, IntoResponse};
use axum::routing::post;
use prodops::core::input::ApiTokenName;
use prodops::core::tenancy::Role;
use prodops::engine::ApiTokenRequest;
use prodops::policy::CreateApiToken;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Body;
use super::api_tokens::ApiToken;
use crate::web::{Access, App, Json, Path, Problem, Routes, SignedIn};

const DAY: i64 = 24 * 60 * 60;

/// What the token is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WantedToken {
    /// What it is for.
    name: String,
    /// The most that it may do: a role, such as `viewer` or `member`, one that the caller's own includes.
    cap: String,
    /// How many days it lasts, from 1 to 366.
    days: i64,
}

/// A token that was just made.
#[derive(Serialize, ToSchema)]
#[allow(missing_debug_implementations, reason = "holds a token")]
pub struct NewToken {
    /// The token itself. It is not shown again.
    value: String,
    /// What is kept of it.
    token: ApiToken,
}

pub(super) fn mount(routes: Routes) -> Routes {
    let access = Access::session::<(CreateApiToken,)>();
    routes.mount(access, Method::POST, "/api/v1/workspaces/{slug}/api-tokens", post(handler))
}

/// Makes an API token of the caller's own membership. Only for sessions: a token makes no token.
#[utoipa::path(post, path = "/api/v1/workspaces/{slug}/api-tokens", tag = "API tokens", request_body = WantedToken,
    params(("slug" = String, Path, description = "one of the caller's workspaces")),
    responses((status = 201, body = NewToken), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn handler(
    State(app): State<Arc<App>>,
    caller: SignedIn,
    Path(slug): Path<String>,
    Json(wanted): Json<WantedToken>,
) -> Result<impl IntoResponse, Problem> {
    let workspace = caller.caller().enter(&slug).await?;
    let name = ApiTokenName::new(&wanted.name).map_err(|error| Problem::bad_request(error.to_string()))?;
    let cap: Role = wanted.cap.parse().map_err(|_| Problem::bad_request("no such role"))?;
    let lifetime_seconds = wanted.days.saturating_mul(DAY);
    let (token, record) =
        workspace.create_api_token(&ApiTokenRequest { name, cap, lifetime_seconds }).await?;
    // The one answer that shows the value; everywhere else it is stopped on its way out.
    let reveal = Extension(app.engine.leak_guard().reveal_once(&token));
    Ok((StatusCode::CREATED, reveal, Body(NewToken { value: token.reveal(), token: record.into() })))
}
