//! Nothing of a request's secrets is in an error, a `Debug` form or a record.

use std::sync::Arc;

use http::header::HeaderName;
use prodops_connectors::http::egress::{Destination, EgressError, LocalEndpoint, RecordedAttempts, Request};
use prodops_core::secret::Secret;

use super::server::{Reply, Server, ok};
use super::{Answers, PURPOSE, builder, local_client};

const SECRET: &str = "s3cr3t-s3cr3t-s3cr3t";

fn request(url: &str) -> Request {
    let secret = Secret::new(SECRET.to_owned());
    let body = Secret::new(format!("client_secret={SECRET}").into_bytes());
    Request::post(url, "application/x-www-form-urlencoded", body).bearer(&secret).unwrap()
}

#[tokio::test]
async fn errors_and_records_hold_no_part_of_a_url_but_host_and_port() {
    let server = Server::always(Reply::Raw(format!("nonsense {SECRET}\r\n\r\n").into())).await;
    let attempts = Arc::new(RecordedAttempts::default());
    let local = LocalEndpoint::http("localhost", server.port).unwrap();
    let egress = builder()
        .allow(Destination::local(local, PURPOSE))
        .resolver(Answers::new(&["127.0.0.1"]))
        .recorder(attempts.clone())
        .build();
    let client = egress.client(PURPOSE).unwrap();
    let urls = [
        server.url(&format!("/{SECRET}?code={SECRET}")),
        format!("https://undeclared.test/{SECRET}?code={SECRET}"),
        format!("https://user:{SECRET}@localhost/"),
        format!("https://host.test/#{SECRET}"),
        format!("not a url {SECRET}"),
        format!("https://127.0.0.1/{SECRET}"),
    ];
    for url in urls {
        let request = request(&url);
        let shown = format!("{request:?} {client:?}");
        let error = client.send(request).await.expect_err(&url);
        let told = format!("{shown} {error} {error:?} {:?}", attempts.all());
        assert!(!told.contains(SECRET) && !told.contains("code="), "{told}");
    }
}

#[tokio::test]
async fn a_response_shows_its_size_only() {
    let server = Server::always(ok(SECRET)).await;
    let response = local_client(&[server.port]).send(request(&server.url("/"))).await.unwrap();
    let shown = format!("{response:?}");
    assert_eq!(shown, format!("Response(200 OK from localhost, {} bytes)", SECRET.len()));
    assert!(server.seen().concat().contains(&format!("authorization: Bearer {SECRET}")), "it did arrive");
}

#[test]
fn a_secret_that_would_end_the_header_is_refused() {
    for bad in ["a\r\nx: y", "a\nb", "a\0b"] {
        let name = HeaderName::from_static("x-vault-token");
        let error =
            Request::get("https://api.example.test/").secret_header(name, &Secret::new(bad.to_owned()));
        assert_eq!(error.expect_err("refused"), EgressError::Header);
    }
}

#[tokio::test]
async fn the_host_header_is_the_host_that_was_checked() {
    let server = Server::always(ok("")).await;
    let request = Request::get(server.url("/"))
        .header(http::header::HOST, http::HeaderValue::from_static("attacker.test"));
    local_client(&[server.port]).send(request).await.unwrap();
    let seen = server.seen().concat();
    assert!(
        seen.contains(&format!("host: localhost:{}\r\n", server.port)) && !seen.contains("attacker"),
        "{seen}"
    );
}
