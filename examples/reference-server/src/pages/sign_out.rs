//! Ends the session.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::IntoResponse;
use axum::routing::post;
use prodops::web::SessionCookie;

use super::{Page, failed};
use crate::ui::route;
use crate::ui::view::ProblemKind;
use crate::web::{Access, App, Routes, SignedIn};

pub(super) fn mount(routes: Routes) -> Routes {
    routes.mount(Access::Session("own session"), Method::POST, route::SIGN_OUT, post(handler))
}

async fn handler(State(app): State<Arc<App>>, caller: SignedIn) -> Page {
    app.engine.sign_out(caller.session()).await?;
    Ok((SessionCookie::end(), failed(ProblemKind::SignedOut, StatusCode::OK, None)).into_response())
}
