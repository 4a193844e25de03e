//! The reader's own sessions and API tokens.

mod actions;
mod tokens;

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::routing::get;
use prodops::core::api_token::ApiTokenRecord;
use prodops::core::tenancy::Role;
use prodops::core::time::Timestamp;
use prodops::engine::{OwnSession, Workspace};
use prodops::policy::{CreateApiToken, EndMemberSessions, RevokeApiToken};

use super::{Page, frame, show};
use crate::present;
use crate::ui::view::{CreatedToken, Place, SessionRow, Sessions, TokenPlace, TokenRow};
use crate::ui::{Label, page, route};
use crate::web::{Access, App, Ask, Problem, Routes, SignedIn};

pub(super) fn mount(routes: Routes) -> Routes {
    let access = Access::Session(Ask::own("sessions of one's own"));
    let routes = routes.mount(access, Method::GET, route::SESSIONS, get(handler));
    tokens::mount(actions::mount(routes))
}

async fn handler(State(app): State<Arc<App>>, headers: HeaderMap, caller: SignedIn) -> Page {
    shown(&app, &headers, &caller, None, None).await
}

/// The page, with what was just done or made.
async fn shown(
    app: &App,
    headers: &HeaderMap,
    caller: &SignedIn,
    note: Option<String>,
    created: Option<CreatedToken>,
) -> Page {
    let now = app.clock.now();
    let own = app.engine.sessions(caller.session()).await?;
    let mut workspaces = Vec::new();
    for record in caller.caller().workspaces().await? {
        let workspace = caller.caller().enter(record.slug.as_str()).await?;
        workspaces.extend(place(&workspace, now).await?);
    }
    let sessions = own.iter().map(|session| session_row(session, now)).collect();
    let view = Sessions { note, created, sessions, workspaces };
    Ok(show(page::sessions(&frame::frame(headers, caller, Place::Sessions, None), &view)))
}

fn session_row(session: &OwnSession, now: Timestamp) -> SessionRow {
    SessionRow {
        id: session.id.to_string(),
        client: session.client.to_string(),
        created: present::when(session.created, now),
        last_seen: present::when(session.last_seen, now),
        current: session.current,
    }
}

/// A workspace in which the reader can have tokens; `None` when their role gives them none.
async fn place(workspace: &Workspace, now: Timestamp) -> Result<Option<TokenPlace>, Problem> {
    if !workspace.may::<RevokeApiToken>() {
        return Ok(None);
    }
    let (record, role) = (workspace.record(), workspace.role());
    Ok(Some(TokenPlace {
        slug: record.slug.to_string(),
        name: Label::new(record.name.as_str()),
        tokens: workspace.api_tokens().await?.iter().map(|token| token_row(token, now)).collect(),
        caps: Role::ALL.into_iter().filter(|cap| role.includes(*cap)).map(|cap| cap.to_string()).collect(),
        may_create: workspace.may::<CreateApiToken>(),
        may_end_sessions: workspace.may::<EndMemberSessions>(),
    }))
}

fn token_row(token: &ApiTokenRecord, now: Timestamp) -> TokenRow {
    TokenRow {
        id: token.id.to_string(),
        name: Label::new(token.name.as_str()),
        cap: token.cap.to_string(),
        last_used: token.last_used.map(|at| present::when(at, now)),
        expires: token.expires.to_jiff().strftime("%Y-%m-%d").to_string(),
        expired: !token.is_live(now),
    }
}
