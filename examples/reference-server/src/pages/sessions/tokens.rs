//! Making and revoking API tokens.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Redirect};
use axum::routing::post;
use prodops::core::input::ApiTokenName;
use prodops::core::tenancy::Role;
use prodops::engine::ApiTokenRequest;
use prodops::policy::{CreateApiToken, RevokeApiToken};
use serde::Deserialize;

use super::shown;
use crate::pages::Page;
use crate::ui::view::CreatedToken;
use crate::ui::{Label, route};
use crate::web::{Access, App, Form, Problem, Routes, SignedIn};

const DAY: i64 = 24 * 60 * 60;

pub(super) fn mount(routes: Routes) -> Routes {
    routes
        .mount(
            Access::session::<(CreateApiToken, RevokeApiToken)>(),
            Method::POST,
            route::CREATE_API_TOKEN,
            post(create),
        )
        .mount(Access::session::<(RevokeApiToken,)>(), Method::POST, route::REVOKE_API_TOKEN, post(revoke))
}

#[derive(Debug, Deserialize)]
struct Wanted {
    workspace: String,
    name: String,
    cap: String,
    days: i64,
}

async fn create(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    caller: SignedIn,
    Form(wanted): Form<Wanted>,
) -> Page {
    let workspace = caller.caller().enter(&wanted.workspace).await?;
    let name = ApiTokenName::new(&wanted.name).map_err(|error| Problem::bad_request(error.to_string()))?;
    let cap: Role = wanted.cap.parse().map_err(|_| Problem::bad_request("no such role"))?;
    let lifetime_seconds = wanted.days.saturating_mul(DAY);
    let (token, record) =
        workspace.create_api_token(&ApiTokenRequest { name, cap, lifetime_seconds }).await?;
    let made = CreatedToken { name: Label::new(record.name.as_str()), value: token.reveal() };
    let mut page = shown(&app, &headers, &caller, None, Some(made)).await?;
    // The one answer that shows the value; everywhere else it is stopped on its way out.
    page.extensions_mut().insert(app.engine.leak_guard().reveal_once(&token));
    Ok(page)
}

#[derive(Debug, Deserialize)]
struct Which {
    workspace: String,
    id: String,
}

async fn revoke(caller: SignedIn, Form(which): Form<Which>) -> Page {
    let id = which.id.parse().map_err(|_| Problem::not_found())?;
    caller.caller().enter(&which.workspace).await?.revoke_api_token(id).await?;
    Ok(Redirect::to(route::SESSIONS).into_response())
}
