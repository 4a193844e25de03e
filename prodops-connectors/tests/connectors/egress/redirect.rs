//! Redirects: answers like any other, unless asked for; then each hop is checked.

use http::header::{HeaderName, HeaderValue};
use prodops_connectors::http::egress::{EgressError, Request, UrlFault};
use prodops_core::secret::Secret;

use super::local_client;
use super::server::{Reply, Server, head, ok};

fn to(location: &str) -> Reply {
    head("302 Found", &format!("location: {location}\r\n"))
}

#[tokio::test]
async fn a_redirect_is_an_answer_unless_it_is_asked_for() {
    let server = Server::always(to("/elsewhere")).await;
    let response = local_client(&[server.port]).send(Request::get(server.url("/"))).await.unwrap();
    assert_eq!((response.status().as_u16(), server.seen().len()), (302, 1));
}

#[tokio::test]
async fn every_hop_is_checked_like_a_first_request() {
    let places = [
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1:22/",
        "http://[::1]/",
        "http://2130706433/",
        "http://10.0.0.1/",
        "http://localhost:1/",
        "https://attacker.test/",
        "http://localhost@attacker.test/",
        "//attacker.test/",
        "elsewhere",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "\\\\attacker.test\\",
        "http://bücher.test/",
        "",
    ];
    for place in places {
        let server = Server::start(move |_| to(place)).await;
        let request = Request::get(server.url("/")).follow_redirects(3);
        let error = local_client(&[server.port]).send(request).await.expect_err(place);
        let EgressError::Redirect { refusal, .. } = error else { panic!("{place}: {error}") };
        assert!(refusal.is_refusal(), "{place}: {refusal}");
        assert_eq!(server.seen().len(), 1, "{place}");
    }
}

#[tokio::test]
async fn hops_are_counted() {
    let server = Server::always(to("/again")).await;
    let request = Request::get(server.url("/")).follow_redirects(3);
    let error = local_client(&[server.port]).send(request).await.expect_err("for ever");
    assert!(matches!(error, EgressError::Redirects { limit: 3, .. }), "{error}");
    assert_eq!(server.seen().len(), 4);
}

#[tokio::test]
async fn only_reading_follows() {
    let server = Server::always(to("/elsewhere")).await;
    let request =
        Request::post(server.url("/"), "text/plain", Secret::new(b"x".to_vec())).follow_redirects(3);
    assert_eq!(local_client(&[server.port]).send(request).await.unwrap().status(), 302);
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn secrets_stay_with_their_origin() {
    let there = Server::always(ok("there")).await;
    let (target, port) = (there.url("/there"), there.port);
    let here = Server::start(move |request| match request.starts_with("GET /first") {
        true => to("/second"),
        false => to(&target),
    })
    .await;
    let token = Secret::new("t0ken".to_owned());
    let request = Request::get(here.url("/first"))
        .bearer(&token)
        .and_then(|request| request.secret_header(HeaderName::from_static("x-vault-token"), &token))
        .unwrap()
        .header(HeaderName::from_static("x-plain"), HeaderValue::from_static("plain"))
        .follow_redirects(3);
    let response = local_client(&[here.port, port]).send(request).await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(
        here.seen().len() == 2 && here.seen().iter().all(|request| request.matches("t0ken").count() == 2)
    );
    let arrived = there.seen().concat();
    assert!(arrived.contains("x-plain: plain") && !arrived.contains("t0ken"), "{arrived}");
}

#[tokio::test]
async fn a_location_with_foreign_characters_is_refused() {
    let answer = b"HTTP/1.1 302 Found\r\nlocation: /\xff\r\ncontent-length: 0\r\n\r\n";
    let server = Server::always(Reply::Raw(answer.to_vec())).await;
    let request = Request::get(server.url("/")).follow_redirects(1);
    let error = local_client(&[server.port]).send(request).await.expect_err("bytes");
    let EgressError::Redirect { refusal, .. } = error else { panic!("{error}") };
    assert_eq!(*refusal, EgressError::Url { fault: UrlFault::Characters });
}
