//! No answer tells a secret: neither one of the server's nor one that the request itself brought.

use std::sync::Arc;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::StreamExt;
use prodops::core::api_token::ApiToken;
use prodops::core::leak_guard::{LeakGuard, Redactor, Registration, Reveal, Sink};
use prodops::core::secret::Secret;
use prodops::core::session::OpaqueToken;
use prodops::core::session::cookie::{self, Found};
use prodops::web::cookies;

use super::state::App;

/// What an answer may be held back for, in bytes: one that is in memory as a whole anyway.
const WHOLE: u64 = 16 << 20;

/// Redacts headers and bodies of answers, streams included, and watches what the request presents until its answer is out.
///
/// A handler that is to show a secret once puts a [`Reveal`] into the extensions of its answer. `Set-Cookie` is left alone: a
/// session begins there.
pub async fn redact(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let guard = app.engine.leak_guard();
    let mut presented = presented(guard, &request);
    presented.extend(session_of(&app, cookie_value(request.headers())).await);
    let sink = guard.sink("http");
    let (mut parts, body) = next.run(request).await.into_parts();
    let mut redactor = sink.redactor();
    if let Some(reveal) = parts.extensions.remove::<Reveal>() {
        redactor.allow(reveal);
    }
    redact_headers(&sink, &mut parts.headers);
    let whole = body.size_hint().exact().filter(|length| *length <= WHOLE);
    let body = match whole.and_then(|length| usize::try_from(length).ok()) {
        Some(length) => match axum::body::to_bytes(body, length).await {
            Ok(bytes) => redacted(redactor, bytes, &mut parts.headers),
            // A body that cannot be read is none.
            Err(_) => Body::empty(),
        },
        None => {
            parts.headers.remove(header::CONTENT_LENGTH);
            streamed(redactor, body, presented)
        }
    };
    Response::from_parts(parts, body)
}

/// The session cookie's value, as it came.
fn cookie_value(headers: &HeaderMap) -> Option<String> {
    match cookie::find(cookies(headers)) {
        Found::One(value) => Some(value.to_owned()),
        Found::None | Found::Conflicting => None,
    }
}

/// Registers a session cookie in both forms: sealed, and the token inside. What this deployment did not seal is no secret of
/// its, and somebody could send words of other people's pages.
async fn session_of(app: &App, value: Option<String>) -> Vec<Registration> {
    let Some(value) = value else { return Vec::new() };
    let Ok(Some(token)) = app.engine.open_session(&value).await else { return Vec::new() };
    let guard = app.engine.leak_guard();
    let sealed = guard.register(&Secret::new(value.into_bytes())).ok();
    sealed.into_iter().chain(guard.register(&token).ok()).collect()
}

/// Registers the credentials of a request: its session, what it authorises itself with, and a token in its path.
fn presented(guard: &LeakGuard, request: &Request) -> Vec<Registration> {
    let headers = request.headers();
    let link = request.uri().path().strip_prefix("/sign-in/");
    let of_path = link.and_then(|token| OpaqueToken::parse(token).ok());
    let mut registered: Vec<Registration> =
        of_path.into_iter().filter_map(|token| guard.register(&token).ok()).collect();
    // Nothing but what has the form of a token: else a stranger could send the words of other people's pages.
    let authorization = headers.get_all(header::AUTHORIZATION).iter().filter_map(|value| value.to_str().ok());
    let tokens = authorization.filter_map(|value| ApiToken::parse(value.rsplit(' ').next()?).ok());
    registered.extend(tokens.filter_map(|token| guard.register(&token).ok()));
    registered
}

fn redact_headers(sink: &Sink, headers: &mut HeaderMap) {
    let guarded = headers.iter_mut().filter(|(name, _)| *name != header::SET_COOKIE);
    for (_, value) in guarded {
        let mut text = value.as_bytes().to_vec();
        if sink.redact(&mut text) {
            *value = HeaderValue::from_bytes(&text).unwrap_or(HeaderValue::from_static("[redacted]"));
        }
    }
}

/// A body that is there as a whole.
fn redacted(mut redactor: Redactor, bytes: Bytes, headers: &mut HeaderMap) -> Body {
    let mut clean = Vec::with_capacity(bytes.len());
    redactor.pass(&bytes, &mut clean);
    redactor.flush(&mut clean);
    if clean.len() != bytes.len() && headers.contains_key(header::CONTENT_LENGTH) {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(clean.len()));
    }
    Body::from(clean)
}

/// A body that arrives in pieces, each of which goes on at once.
fn streamed(redactor: Redactor, body: Body, presented: Vec<Registration>) -> Body {
    let state = (body.into_data_stream(), redactor, presented);
    let pieces = futures_util::stream::unfold(state, |(mut pieces, mut redactor, presented)| async move {
        let piece = pieces.next().await?.map(|piece| {
            let mut clean = Vec::with_capacity(piece.len());
            redactor.pass(&piece, &mut clean);
            redactor.flush(&mut clean);
            Bytes::from(clean)
        });
        Some((piece, (pieces, redactor, presented)))
    });
    Body::from_stream(pieces)
}
