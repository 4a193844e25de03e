//! Ends the session.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{Method, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse};
use axum::routing::post;

use super::{Page, failed};
use crate::ui::route;
use crate::ui::view::ProblemKind;
use crate::web::{Access, App, Caller, Routes, clear_cookie};

pub(super) fn mount(routes: Routes) -> Routes {
    routes.mount(Access::Session("own session"), Method::POST, route::SIGN_OUT, post(handler))
}

async fn handler(State(app): State<Arc<App>>, caller: Caller) -> Page {
    app.engine.sign_out(&caller.session).await?;
    let cookie = AppendHeaders([(header::SET_COOKIE, clear_cookie())]);
    Ok((cookie, failed(ProblemKind::SignedOut, StatusCode::OK, None)).into_response())
}
