//! Time and size are bounded, and an answer that is none is an error.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use prodops_connectors::http::egress::{Destination, EgressError, Limits, Request, Resolver};

use super::server::{Reply, Server, head, ok};
use super::{PURPOSE, builder, local_client};

const SHORT: Duration = Duration::from_millis(80);

#[tokio::test]
async fn an_answer_that_never_comes_or_never_ends_is_given_up() {
    let answers: [&[u8]; 3] =
        [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc"];
    for begun in answers {
        let server = Server::always(Reply::Hang(begun.to_vec())).await;
        let request = Request::get(server.url("/")).within(SHORT);
        let error = local_client(&[server.port]).send(request).await.expect_err("silence");
        assert!(
            matches!(error, EgressError::Timeout { limit: SHORT, .. }) && error.is_retryable(),
            "{error}"
        );
    }
}

/// A resolver that does not come back.
#[derive(Debug)]
struct Silent;

#[async_trait]
impl Resolver for Silent {
    async fn resolve(&self, _host: &str) -> io::Result<Vec<IpAddr>> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn resolving_counts_as_connecting() {
    let egress = builder()
        .allow(Destination::https("api.example.test", PURPOSE).unwrap())
        .resolver(Arc::new(Silent))
        .limits(Limits { connect: SHORT, ..Limits::default() })
        .build();
    let client = egress.client(PURPOSE).unwrap();
    let error = client.send(Request::get("https://api.example.test/")).await.expect_err("silence");
    assert!(matches!(error, EgressError::Timeout { limit: SHORT, .. }), "{error}");
}

#[tokio::test]
async fn a_body_may_be_as_large_as_allowed_and_no_larger() {
    let chunked =
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n6\r\nabcdef\r\n5\r\nghijk\r\n0\r\n\r\n";
    for reply in [ok("abcdefghijk"), Reply::Raw(chunked.into())] {
        let server = Server::always(reply).await;
        let client = local_client(&[server.port]);
        let whole = client.send(Request::get(server.url("/")).at_most(11)).await.unwrap();
        assert!(whole.body().expose(|body| body == b"abcdefghijk"));
        let error = client.send(Request::get(server.url("/")).at_most(10)).await.expect_err("too large");
        assert!(matches!(error, EgressError::TooLarge { limit: 10, .. }) && !error.is_retryable(), "{error}");
    }
}

#[tokio::test]
async fn an_endless_body_is_given_up_at_the_limit() {
    let endless = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(1 << 20));
    let server = Server::always(Reply::Hang(endless.into())).await;
    let request = Request::get(server.url("/")).at_most(1 << 16);
    let error = local_client(&[server.port]).send(request).await.expect_err("endless");
    assert!(matches!(error, EgressError::TooLarge { .. }), "{error}");
}

#[tokio::test]
async fn an_endless_head_is_given_up() {
    let server =
        Server::always(Reply::Hang(format!("HTTP/1.1 200 OK\r\nx: {}", "x".repeat(1 << 20)).into())).await;
    let error = local_client(&[server.port]).send(Request::get(server.url("/"))).await.expect_err("endless");
    assert!(matches!(error, EgressError::Protocol { .. }), "{error}");
}

#[tokio::test]
async fn what_is_not_http_or_breaks_off_is_an_error() {
    let answers = [
        "",
        "SSH-2.0-OpenSSH\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc",
        "HTTP/9.9 hello\r\n\r\n",
    ];
    for answer in answers {
        let server = Server::always(Reply::Raw(answer.into())).await;
        let error = local_client(&[server.port]).send(Request::get(server.url("/"))).await.expect_err(answer);
        assert!(matches!(error, EgressError::Protocol { .. }), "{answer}: {error}");
    }
}

#[tokio::test]
async fn any_status_is_an_answer_and_json_is_checked() {
    let server = Server::always(head("503 Service Unavailable", "retry-after: 7\r\n")).await;
    let response = local_client(&[server.port]).send(Request::get(server.url("/"))).await.unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["retry-after"]),
        (503, &"7".parse().unwrap())
    );
    assert!(matches!(response.json::<u8>(), Err(EgressError::Json { .. })));
    let server = Server::always(ok("[1,2]")).await;
    let response = local_client(&[server.port]).send(Request::get(server.url("/"))).await.unwrap();
    assert_eq!(response.json::<Vec<u8>>().unwrap(), [1, 2]);
}
