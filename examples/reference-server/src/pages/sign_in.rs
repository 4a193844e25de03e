//! Takes a one-time link and begins a session.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use prodops::core::session::OpaqueToken;
use prodops::web::{Refusal, SessionCookie, client_family};

use super::{Page, failed};
use crate::ui::route;
use crate::ui::view::ProblemKind;
use crate::web::{Access, App, Path, Routes, SignedIn};

const ADVICE: &str = "Each link works once and not for long. If you are signed in here already, go to your workspaces; \
                      otherwise ask whoever runs this server for a new link, or start the demo again.";

pub(super) fn mount(routes: Routes) -> Routes {
    let access = Access::Public("the link itself is the evidence, and works once");
    routes.mount(access, Method::GET, "/sign-in/{token}", get(handler))
}

async fn handler(
    State(app): State<Arc<App>>,
    method: Method,
    headers: HeaderMap,
    before: Result<SignedIn, Refusal>,
    Path(token): Path<String>,
) -> Page {
    let session = match OpaqueToken::parse(&token) {
        // A look at the headers, such as a preview takes, must not spend the link.
        Ok(_) if method == Method::HEAD => return Ok(StatusCode::NO_CONTENT.into_response()),
        Ok(token) => app.engine.redeem_sign_in_link_from(&token, client_family(&headers)).await?,
        Err(_) => None,
    };
    // Used, expired and never given look the same: who asks learns nothing about links.
    let Some(session) = session else {
        return Ok(failed(&headers, ProblemKind::LinkUsed, StatusCode::GONE, Some(ADVICE.to_owned()), None));
    };
    // Whatever session the browser had before is not gone on with.
    if let Ok(before) = before {
        app.engine.sign_out(before.session()).await?;
    }
    let cookie = SessionCookie::begin(&app.engine, &session).await?;
    Ok((cookie, Redirect::to(route::WORKSPACES)).into_response())
}
