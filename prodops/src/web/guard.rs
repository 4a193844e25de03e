//! The layer that every request goes through.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use prodops_core::session::OpaqueToken;
use prodops_core::session::csrf::{self, Credential, HeaderText, RequestFacts};

use super::caller::{Recognised, Who};
use super::cookie::{SessionCookie, has_session_cookie, remove_session_cookie};
use super::credential::{Presented, header_text};
use super::form::{self, Field};
use super::refusal::Refusal;
use super::site::Site;
use crate::engine::{Engine, EngineError};

const CSRF_HEADER: HeaderName = HeaderName::from_static(csrf::HEADER);
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What the layers need.
#[derive(Debug, Clone)]
pub struct Web {
    /// The engine.
    pub engine: Engine,
    /// Where the application is reached.
    pub site: Site,
}

/// Finds out who makes a request, refuses what may be forged, and hands out renewed cookies.
///
/// - A session comes by cookie, an API token by `Authorization: Bearer`; a request with both is refused.
/// - Unsafe methods must come from this origin, and those of a session must bring its token, in the header
///   `x-csrf-token` or the form field `csrf`.
/// - What did not arrive over https, or from a browser on the same machine where the site is one of plain http, is
///   nobody's: cookies are neither believed nor set, and nothing is changed.
///
/// What it found is for [`Caller`](super::Caller) and [`SignedIn`](super::SignedIn).
pub async fn guard(State(web): State<Web>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if !web.site.arrived_safely(&parts) {
        return unsafely(&web, parts, body, next).await;
    }
    let found = look(&web.engine, Presented::of(&parts.headers)).await;
    let method = parts.method.clone();
    let checked = check(&web.site, &parts, body, &found).await;
    let mut response = match checked {
        Ok(body) => next.run(pass_on(&web, found.who.clone(), parts, body)).await,
        Err(refusal) => refused(&method, &refusal),
    };
    // Only now: from the renewal on, the token before is good for seconds, and a handler may take longer or its request be
    // given up. Whatever the answer is, it brings the next token along.
    if !has_session_cookie(response.headers())
        && let Some(cookie) = found.renewed(&web.engine).await
    {
        cookie.append_to(response.headers_mut());
    }
    response
}

/// A request that others may have read: nobody makes it, it changes nothing, and its answer sets no session cookie.
async fn unsafely(web: &Web, parts: Parts, body: Body, next: Next) -> Response {
    if !csrf::is_safe(parts.method.as_str()) {
        return refused(&parts.method, &Refusal::PlainHttp);
    }
    if let Some(address) = web.site.over_https(&parts) {
        return (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, address)]).into_response();
    }
    let mut response = next.run(pass_on(web, Who::Nobody, parts, body)).await;
    remove_session_cookie(response.headers_mut());
    response
}

/// Turns a request away, and leaves a line about it: somebody may be trying. The address is not in it, since it may hold a
/// secret.
fn refused(method: &Method, refusal: &Refusal) -> Response {
    tracing::warn!(target: "prodops::security", %method, %refusal, "a request was turned away");
    refusal.into_response()
}

fn pass_on(web: &Web, who: Who, mut parts: Parts, body: Body) -> Request {
    let network = web.site.network(&parts);
    parts.extensions.insert(Recognised { engine: web.engine.clone(), who, network });
    Request::from_parts(parts, body)
}

/// What looking the caller up came to.
struct Found {
    who: Who,
    /// The kind of credential that the request came with, whatever became of it.
    kind: Kind,
    /// The token that the cookie held.
    token: Option<OpaqueToken>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    None,
    Bearer,
    Both,
}

impl Found {
    const fn new(kind: Kind, who: Who) -> Self {
        Self { who, kind, token: None }
    }

    /// The cookie with the next token, when it is time for one.
    async fn renewed(&self, engine: &Engine) -> Option<SessionCookie> {
        let (Who::Session(session), Some(token)) = (&self.who, &self.token) else { return None };
        let renewed = async {
            let Some(next) = engine.renewed_token(session, token).await? else { return Ok(None) };
            SessionCookie::begin(engine, &next).await.map(Some)
        };
        renewed.await.unwrap_or_else(|error: EngineError| {
            tracing::error!(%error, "a session cookie could not be renewed");
            None
        })
    }
}

async fn look(engine: &Engine, presented: Presented<'_>) -> Found {
    match presented {
        Presented::Nothing => Found::new(Kind::None, Who::Nobody),
        Presented::Both => Found::new(Kind::Both, Who::Nobody),
        Presented::Bearer(None) => Found::new(Kind::Bearer, Who::Nobody),
        Presented::Bearer(Some(token)) => {
            let found = engine.api_token(&token).await;
            let who = found.map(|token| token.map(|token| Who::Token(Arc::new(token))));
            Found::new(Kind::Bearer, who_or_nobody(who))
        }
        Presented::Cookie(value) => {
            let opened = engine.open_session(value).await;
            let token = match opened {
                Ok(Some(token)) => token,
                other => return Found::new(Kind::None, who_or_nobody(other.map(|_| None))),
            };
            let found = engine.session(&token).await;
            let who = found.map(|session| session.map(|session| Who::Session(Arc::new(session))));
            Found { token: Some(token), ..Found::new(Kind::None, who_or_nobody(who)) }
        }
    }
}

fn who_or_nobody(found: Result<Option<Who>, EngineError>) -> Who {
    match found {
        Ok(who) => who.unwrap_or(Who::Nobody),
        Err(error) => {
            tracing::error!(%error, "a caller could not be looked up");
            Who::Unavailable
        }
    }
}

/// Refuses what may be forged. The body comes back whole, also when a token was looked for in it.
async fn check(site: &Site, parts: &Parts, body: Body, found: &Found) -> Result<Body, Refusal> {
    let unsafe_method = !csrf::is_safe(parts.method.as_str());
    if unsafe_method && matches!(found.who, Who::Unavailable) {
        return Err(Refusal::Unavailable);
    }
    let own_token = match &found.who {
        Who::Session(session) => Some(session.csrf_token()),
        Who::Nobody | Who::Token(_) | Who::Unavailable => None,
    };
    let in_header = header_text(&parts.headers, &CSRF_HEADER);
    let looks_into_form = unsafe_method
        && own_token.is_some()
        && in_header == HeaderText::Absent
        && form::is_form(&parts.headers);
    let (body, field) = if looks_into_form {
        let (bytes, field) = form::token(parts, body).await?;
        (Body::from(bytes), field)
    } else {
        (body, Field::Absent)
    };
    let token = match (&field, in_header) {
        (Field::One(text), HeaderText::Absent) => HeaderText::One(text),
        (Field::Several, HeaderText::Absent) => HeaderText::Unusable,
        (_, in_header) => in_header,
    };
    let credential = match (found.kind, &own_token) {
        (Kind::Both, _) => Credential::Both,
        (Kind::Bearer, _) => Credential::Bearer,
        (Kind::None, Some(token)) => Credential::Session(token),
        (Kind::None, None) => Credential::None,
    };
    csrf::check(&RequestFacts {
        method: parts.method.as_str(),
        fetch_site: header_text(&parts.headers, &FETCH_SITE),
        origin: header_text(&parts.headers, &header::ORIGIN),
        own: site.own_origin(parts).as_ref(),
        credential,
        token,
    })?;
    Ok(body)
}
