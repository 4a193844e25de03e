//! Ends the session.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::IntoResponse;
use axum::routing::post;
use prodops::web::SessionCookie;

use super::{Page, login};
use crate::ui::route;
use crate::ui::view::SignInReason;
use crate::web::{Access, App, Ask, Routes, SignedIn};

pub(super) fn mount(routes: Routes) -> Routes {
    routes.mount(
        Access::Session(Ask::own("session of one's own")),
        Method::POST,
        route::SIGN_OUT,
        post(handler),
    )
}

async fn handler(State(app): State<Arc<App>>, headers: HeaderMap, caller: SignedIn) -> Page {
    app.engine.sign_out(caller.session()).await?;
    let page = login::sign_in(&app, &headers, SignInReason::SignedOut, None);
    Ok((SessionCookie::end(), page).into_response())
}
