//! What the buttons of the page do to sessions.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Redirect};
use axum::routing::post;
use prodops::core::id::SessionId;
use prodops::policy::EndMemberSessions;
use serde::Deserialize;

use super::shown;
use crate::pages::Page;
use crate::ui::route;
use crate::web::{Access, App, Ask, Form, Problem, Routes, SignedIn};

pub(super) fn mount(routes: Routes) -> Routes {
    let own = Access::Session(Ask::own("sessions of one's own"));
    routes
        .mount(own, Method::POST, route::END_SESSION, post(end))
        .mount(own, Method::POST, route::END_OTHER_SESSIONS, post(end_others))
        .mount(
            Access::session::<(EndMemberSessions,)>(),
            Method::POST,
            route::END_MEMBER_SESSIONS,
            post(end_members),
        )
}

#[derive(Debug, Deserialize)]
struct Which {
    id: String,
}

#[derive(Debug, Deserialize)]
struct Where {
    workspace: String,
}

async fn end(State(app): State<Arc<App>>, caller: SignedIn, Form(which): Form<Which>) -> Page {
    let id: SessionId = which.id.parse().map_err(|_| Problem::not_found())?;
    // Ended by somebody else in the meantime is ended all the same.
    app.engine.end_session(caller.session(), id).await?;
    Ok(Redirect::to(route::SESSIONS).into_response())
}

async fn end_others(State(app): State<Arc<App>>, headers: HeaderMap, caller: SignedIn) -> Page {
    let ended = app.engine.end_other_sessions(caller.session()).await?;
    let note = match ended {
        0 => "There was no other session.".to_owned(),
        1 => "One other session was ended.".to_owned(),
        more => format!("{more} other sessions were ended."),
    };
    shown(&app, &headers, &caller, Some(note), None).await
}

async fn end_members(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    caller: SignedIn,
    Form(place): Form<Where>,
) -> Page {
    let workspace = caller.caller().enter(&place.workspace).await?;
    workspace.end_member_sessions().await?;
    let name = workspace.record().name.as_str();
    let note = format!("Every session was shut out of {name}, yours included: sign in again to enter it.");
    shown(&app, &headers, &caller, Some(note), None).await
}
