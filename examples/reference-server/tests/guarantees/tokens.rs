//! Canaries in eight encodings at every place of a request to every route: nothing of them is in an answer, the log or a panic.

use std::convert::Infallible;
use std::io::Write;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, header};
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::get;
use prodops_core::entropy::SystemEntropy;
use prodops_core::testing::Canary;
use reference_server::server::routes;
use reference_server::web::{COOKIE, redact};
use tower::ServiceExt;

use crate::process_log::{Shared, log_of};
use crate::site::{Answer, Site, body, body_type, filled, from_here};

fn headers_as_bytes(headers: &HeaderMap) -> Vec<u8> {
    headers
        .iter()
        .flat_map(|(name, value)| [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\n"].concat())
        .collect()
}

fn assert_clean(canary: &Canary, answer: &Answer, what: &str) {
    canary.assert_absent(answer.body.as_bytes(), what);
    canary.assert_absent(&headers_as_bytes(&answer.headers), what);
}

/// Where a request may carry a token.
const PLACES: [&str; 9] = [
    "path",
    "query",
    "authorization",
    "cookie",
    "second cookie",
    "origin",
    "x-request-id",
    "body",
    "broken body",
];

/// The request to a route with a token at one place; `None` where the encoding cannot stand there.
fn request(
    site: &Site,
    (own, csrf): &(String, String),
    method: &Method,
    path: &str,
    place: &str,
    token: &str,
) -> Option<Request<Body>> {
    let filled = if place == "path" {
        path.replace("{slug}", token).replace("{id}", token).replace("{token}", token)
    } else {
        filled(path, "one", &site.one).replace("{token}", "x")
    };
    let uri = match place {
        "path" if filled == path => format!("{path}/{token}"),
        "query" => format!("{filled}?repository={token}&after={token}&window={token}&{token}=1"),
        _ => filled,
    };
    let json = match place {
        "body" => Some(format!("{{\"connector\":\"{token}\",\"target\":\"{token}\",\"{token}\":1}}")),
        "broken body" => Some(format!("{token}{{")),
        _ => body(path, method).map(str::to_owned),
    };
    let mut request = from_here(method.clone(), &uri).header("x-csrf-token", csrf);
    request = match place {
        "cookie" => request.header(header::COOKIE, format!("{COOKIE}={token}")),
        "second cookie" => request.header(header::COOKIE, format!("{own}; theme={token}; {token}")),
        _ => request.header(header::COOKIE, own.as_str()),
    };
    if let "authorization" | "origin" | "x-request-id" = place {
        request = request.header(place, format!("Bearer {token}"));
    }
    let kind = json.as_deref().map_or("application/json", body_type);
    request.header(header::CONTENT_TYPE, kind).body(json.map_or_else(Body::empty, Body::from)).ok()
}

#[tokio::test]
async fn p8_3_a_token_anywhere_in_a_request_is_in_no_answer_and_no_log() {
    let site = Site::new().await;
    let canary = Canary::generate(&SystemEntropy);
    let _live = site.app.engine.leak_guard().register(&canary.secret()).unwrap();
    let (log, _subscriber) = log_of(&site);
    let mut sent = 0;
    let own = (site.cookie(&site.one.session).await, site.csrf(&site.one.session).await.unwrap());
    for endpoint in routes().endpoints() {
        // What would end the caller's own session, or shut it out of the workspace, is left out.
        let shuts_out = endpoint.path.ends_with("/sessions") && endpoint.method == Method::DELETE;
        if shuts_out || matches!(endpoint.path, "/sign-out" | "/sessions/end-members") {
            continue;
        }
        for (name, token) in canary.encodings() {
            for place in PLACES {
                let Some(request) = request(&site, &own, &endpoint.method, endpoint.path, place, &token)
                else {
                    continue;
                };
                let answer = site.raw(request).await;
                assert_clean(
                    &canary,
                    &answer,
                    &format!("{} {}: {name} in {place}", endpoint.method, endpoint.path),
                );
                tracing::info!(status = %answer.status, "answered");
                sent += 1;
            }
            tracing::error!(token, "as if a handler had logged it");
        }
    }
    assert!(sent > (routes().endpoints().len() - 3) * 8 * 6, "only {sent} requests could be sent");
    let log = log.bytes();
    let text = String::from_utf8_lossy(&log);
    canary.assert_absent(&log, "the log");
    assert_eq!(text.matches("answered").count(), sent, "the log was not read");
    assert!(text.matches("[redacted]").count() >= 8 * (routes().endpoints().len() - 3));
}

#[tokio::test]
async fn p8_3_an_answer_that_repeats_a_token_loses_it_on_the_way_out() {
    let site = Site::new().await;
    let canary = Canary::generate(&SystemEntropy);
    let echo = |request: Request<Body>| async move {
        let text = request.headers()["x-echo"].to_str().unwrap().to_owned();
        ([("x-echo", text.clone())], format!("before {text} after"))
    };
    let pieces = |request: Request<Body>| async move {
        let text = request.headers()["x-echo"].as_bytes().to_vec();
        let pieces: Vec<Result<Vec<u8>, Infallible>> =
            text.chunks(5).map(|piece| Ok(piece.to_vec())).collect();
        Body::from_stream(futures_util::stream::iter(pieces)).into_response()
    };
    let plain = Router::new().route("/echo", get(echo)).route("/pieces", get(pieces));
    let guarded = plain.clone().layer(from_fn_with_state(Arc::clone(&site.app), redact));
    let ask = |router: &Router, path: &str, text: &str| {
        let request = Request::builder().uri(path).header("x-echo", text).body(Body::empty()).unwrap();
        let router = router.clone();
        async move {
            let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
            let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
            (parts.headers, String::from_utf8(body.to_vec()).unwrap())
        }
    };
    for (name, token) in canary.encodings() {
        let _live = site.app.engine.leak_guard().register(&canary.secret()).unwrap();
        for path in ["/echo", "/pieces"] {
            let (_, body) = ask(&plain, path, &token).await;
            assert!(canary.find(body.as_bytes()).is_some(), "{path} does not repeat {name}");
            let (headers, body) = ask(&guarded, path, &token).await;
            canary.assert_absent(&headers_as_bytes(&headers), name);
            canary.assert_absent(body.as_bytes(), name);
            assert!(body.contains("[redacted]"), "{path} {name}: {body}");
            if let Some(length) = headers.get(header::CONTENT_LENGTH) {
                assert_eq!(length.to_str().unwrap(), body.len().to_string());
            }
        }
    }
    let stopped = site.app.engine.leak_guard().hits()["http"];
    assert_eq!(stopped, 8 * 3, "body, header and stream of each encoding");
}

#[tokio::test]
async fn p8_3_the_credentials_of_a_request_are_watched_while_it_is_answered() {
    let site = Site::new().await;
    // A session of another process: this one did not see its token being born.
    let stranger = prodops::core::session::OpaqueToken::generate(&SystemEntropy).unwrap();
    let text = stranger.reveal();
    let api_token = prodops::core::api_token::ApiToken::generate(&SystemEntropy).unwrap().reveal();
    let repeat = |text: String| move || async move { text };
    let router = Router::new()
        .route("/repeat", get(repeat(text.clone())))
        .route("/sign-in/{token}", get(repeat(text.clone())))
        .route("/token", get(repeat(api_token.clone())))
        .layer(from_fn_with_state(Arc::clone(&site.app), redact));
    for (name, value, path) in [
        ("cookie", site.cookie(&stranger).await, "/repeat".to_owned()),
        ("authorization", format!("Bearer {api_token}"), "/token".to_owned()),
        ("x-none", String::new(), format!("/sign-in/{text}")),
    ] {
        let request = Request::builder().uri(&path).header(name, value).body(Body::empty()).unwrap();
        let answer = router.clone().oneshot(request).await.unwrap();
        let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        assert_eq!(body, "[redacted]", "{name} {path}");
    }
    // Whoever sends the words of a page as if they were a token takes them out of nobody's answer.
    let request = Request::builder().uri("/repeat").header("authorization", format!("Bearer {text}"));
    let answer = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap(), text);
    let request = Request::builder().uri("/repeat").body(Body::empty()).unwrap();
    let answer = router.oneshot(request).await.unwrap();
    assert_eq!(axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap(), text, "nobody presented it");
}

#[tokio::test]
async fn p8_3_the_message_of_a_panic_is_redacted() {
    let site = Site::new().await;
    let canary = Canary::generate(&SystemEntropy);
    let guard = site.app.engine.leak_guard();
    let _live = guard.register(&canary.secret()).unwrap();
    let (out, copy) = (Shared::default(), Shared::default());
    let written = out.clone();
    let usual = std::panic::take_hook();
    let fallback: prodops_core::leak_guard::PanicHook = Box::new(move |info| {
        let _ = writeln!(copy.clone(), "{info}");
    });
    std::panic::set_hook(guard.sink("panic").panic_hook(fallback, move || written.clone()));
    for (name, token) in canary.encodings() {
        let panicked = std::thread::spawn(move || panic!("{name} is {token} here")).join();
        assert!(panicked.is_err());
    }
    std::panic::set_hook(usual);
    let out = out.bytes();
    canary.assert_absent(&out, "the panic's message");
    assert_eq!(String::from_utf8_lossy(&out).matches("[redacted]").count(), 8);
}
