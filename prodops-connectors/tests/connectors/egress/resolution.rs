//! Names that change their mind, and the two grants that admit more than the public Internet.

use std::net::SocketAddr;
use std::sync::Arc;

use prodops_connectors::http::egress::{
    AddressKind, ConnectOutcome, Destination, EgressError, LocalEndpoint, RecordedAttempts, Request,
};

use super::server::{Server, ok};
use super::{Answers, PURPOSE, allowed, builder};

#[tokio::test]
async fn the_connection_goes_to_the_address_that_was_checked() {
    let server = Server::always(ok("here")).await;
    let answers = Answers::new(&["127.0.0.1", "10.0.0.1"]);
    let attempts = Arc::new(RecordedAttempts::default());
    let egress = builder()
        .allow(Destination::local(LocalEndpoint::http("localhost", server.port).unwrap(), PURPOSE))
        .resolver(answers.clone())
        .recorder(attempts.clone())
        .build();
    let client = egress.client(PURPOSE).unwrap();

    assert_eq!(client.send(Request::get(server.url("/"))).await.unwrap().status(), 200);
    assert_eq!(answers.asked(), 1, "one answer is checked and used; a second one could differ");
    let checked = SocketAddr::from(([127, 0, 0, 1], server.port));
    assert_eq!(attempts.all()[0].outcome, ConnectOutcome::Allowed(checked));

    // The server closed the connection, so the next request resolves again, and the name has changed its mind.
    let error = client.send(Request::get(server.url("/"))).await.expect_err("rebound");
    assert!(matches!(error, EgressError::Address { kind: AddressKind::Private, .. }), "{error}");
    assert_eq!((allowed(&attempts), server.seen().len()), (1, 1));
}

#[tokio::test]
async fn the_next_address_is_tried_when_one_does_not_answer() {
    let server = Server::always(ok("here")).await;
    // Nobody listens on that port of the first address: the server is bound to the second one.
    let answers = Answers::new(&["127.0.0.9 127.0.0.1"]);
    let local = Destination::local(LocalEndpoint::http("localhost", server.port).unwrap(), PURPOSE);
    let client = builder().allow(local).resolver(answers).build().client(PURPOSE).unwrap();
    assert_eq!(client.send(Request::get(server.url("/"))).await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_local_grant_does_not_leave_this_machine() {
    for answer in ["8.8.8.8", "10.0.0.1", "169.254.169.254", "127.0.0.1 8.8.8.8"] {
        let local = Destination::local(LocalEndpoint::http("localhost", 9).unwrap(), PURPOSE);
        let client =
            builder().allow(local).resolver(Answers::new(&[answer])).build().client(PURPOSE).unwrap();
        let error = client.send(Request::get("http://localhost:9/")).await.expect_err(answer);
        assert!(matches!(error, EgressError::Address { .. }), "{answer}: {error}");
    }
}

#[tokio::test]
async fn a_local_grant_names_port_and_scheme() {
    let server = Server::always(ok("here")).await;
    let client = super::local_client(&[server.port]);
    let (port, next) = (server.port, server.port.wrapping_add(1).max(1));
    for url in [format!("http://localhost:{next}/"), format!("http://127.0.0.1:{port}/")] {
        let error = client.send(Request::get(&url)).await.expect_err(&url);
        assert!(error.is_refusal(), "{url}: {error}");
    }
    let error = client.send(Request::get(format!("https://localhost:{port}/"))).await.expect_err("https");
    assert!(matches!(error, EgressError::Scheme { .. }), "{error}");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_self_hosted_destination_admits_the_own_network_and_nothing_closer() {
    for answer in
        ["127.0.0.1", "::1", "169.254.169.254", "fd00:ec2::254", "169.254.0.7", "0.0.0.0", "::ffff:10.0.0.1"]
    {
        let attempts = Arc::new(RecordedAttempts::default());
        let client = builder()
            .allow(Destination::self_hosted("vault.example.test", PURPOSE).unwrap())
            .resolver(Answers::new(&[answer]))
            .recorder(attempts.clone())
            .build()
            .client(PURPOSE)
            .unwrap();
        let error = client.send(Request::get("https://vault.example.test/")).await.expect_err(answer);
        assert!(matches!(error, EgressError::Address { .. }), "{answer}: {error}");
        assert_eq!(allowed(&attempts), 0);
    }
}

#[tokio::test]
async fn a_name_without_addresses_and_a_closed_port_are_told_apart() {
    let host = Destination::https("api.example.test", PURPOSE).unwrap();
    let client = builder().allow(host).resolver(Answers::new(&[""])).build().client(PURPOSE).unwrap();
    let error = client.send(Request::get("https://api.example.test/")).await.expect_err("no address");
    assert!(matches!(error, EgressError::Resolve { .. }) && error.is_retryable(), "{error}");

    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let url = format!("http://localhost:{closed}/");
    let error = super::local_client(&[closed]).send(Request::get(url)).await.expect_err("closed");
    assert!(matches!(error, EgressError::Connect { .. }) && error.is_retryable(), "{error}");
}
