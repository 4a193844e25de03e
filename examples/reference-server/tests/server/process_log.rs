//! The process log: nothing from outside forges a line of it, and what should leave one does.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use prodops::engine::EngineError;
use prodops::store::StoreError;
use reference_server::leaks::json_log;
use reference_server::server::routes;
use reference_server::web::Problem;
use serde_json::Value;
use tracing::subscriber::DefaultGuard;

use crate::site::{Site, from_here};

/// Bytes that several writers share.
#[derive(Clone, Default)]
pub(crate) struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    pub(crate) fn bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The lines, each of which must be an object.
    fn lines(&self) -> Vec<Value> {
        let bytes = self.bytes();
        let line =
            |line: &[u8]| serde_json::from_slice(line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
        let lines = bytes.strip_suffix(b"\n").unwrap_or(&bytes).split(|byte| *byte == b'\n');
        lines.filter(|line| !line.is_empty()).map(line).collect()
    }
}

impl Write for Shared {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.bytes().extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Everything that is logged on this thread from now on, as it leaves the guarded writer of a server.
pub(crate) fn log_of(site: &Site) -> (Shared, DefaultGuard) {
    let (log, sink) = (Shared::default(), site.app.engine.leak_guard().sink("log"));
    let copy = log.clone();
    let subscriber = json_log(move || sink.writer(copy.clone()));
    (log, tracing::subscriber::set_default(subscriber))
}

#[tokio::test]
async fn what_comes_from_outside_begins_no_line_of_the_log() {
    let site = Site::new().await;
    let (log, _subscriber) = log_of(&site);
    let forged = "x\r\n{\"level\":\"ERROR\",\"forged\":true}\n\u{1b}[2J\u{2028}";
    let (encoded, mut events) = ("x%0D%0A%7B%22forged%22%3Atrue%7D%0A%1B%5B2J", 0);
    for endpoint in routes().endpoints() {
        let filled =
            endpoint.path.replace("{slug}", encoded).replace("{id}", encoded).replace("{token}", encoded);
        let body = serde_json::json!({ "connector": forged, "target": forged }).to_string();
        let request = from_here(endpoint.method.clone(), &format!("{filled}?window={encoded}&{encoded}=1"))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::COOKIE, format!("a={encoded}"));
        site.raw(request.body(Body::from(body)).unwrap()).await;
        tracing::error!(text = forged, "as if a handler had logged it: {forged}");
        events += 1;
    }
    let lines = log.lines();
    assert!(lines.len() >= events, "{} lines of {events}", lines.len());
    for line in lines {
        assert!(line.get("forged").is_none(), "{line}");
        assert!(
            line["timestamp"].is_string() && line["level"].is_string() && line["target"].is_string(),
            "{line}"
        );
    }
}

#[tokio::test]
async fn a_request_that_is_turned_away_leaves_a_line_without_its_address() {
    let site = Site::new().await;
    let (log, _subscriber) = log_of(&site);
    let own = site.cookie(&site.one.session).await;
    let request = Request::builder()
        .method(Method::POST)
        .uri("/w/one/connections?secret=hidden-there")
        .header(header::HOST, "localhost")
        .header("sec-fetch-site", "cross-site")
        .header(header::COOKIE, own);
    let answer = site.raw(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let lines: Vec<Value> =
        log.lines().into_iter().filter(|line| line["target"] == "prodops::security").collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(lines[0]["fields"]["method"], "POST");
    assert!(lines[0]["fields"]["refusal"].as_str().unwrap().contains("another site"), "{lines:?}");
    assert!(!lines[0].to_string().contains("hidden-there"), "{lines:?}");
}

#[tokio::test]
async fn a_failure_that_nobody_expects_leaves_a_line_and_tells_the_caller_nothing() {
    let site = Site::new().await;
    let (log, _subscriber) = log_of(&site);
    let cause = io::Error::other("the disk spoke in tongues");
    let problem = Problem::from(EngineError::Store(StoreError::Backend(Box::new(cause))));
    assert!(!serde_json::to_string(&problem).unwrap().contains("tongues"));
    let lines = log.lines();
    assert!(lines.len() == 1 && lines[0]["level"] == "ERROR", "{lines:?}");
    assert!(lines[0]["fields"]["error"].as_str().is_some_and(|text| !text.is_empty()), "{lines:?}");
}
