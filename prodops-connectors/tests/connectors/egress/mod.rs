//! The way out: what it lets through, and everything that it does not.

mod bounds;
mod matrix;
mod redirect;
mod resolution;
mod secrecy;
mod server;
mod tls;

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use prodops_connectors::http::egress::{
    ConnectOutcome, Destination, Egress, EgressBuilder, EgressClient, LocalEndpoint, RecordedAttempts,
    Resolver, Roots,
};
use prodops_core::clock::SystemClock;

pub(super) const PURPOSE: &str = "test";

/// A resolver that gives one answer after the other and stays with the last.
#[derive(Debug)]
pub(super) struct Answers {
    answers: Vec<Vec<IpAddr>>,
    asked: AtomicUsize,
}

impl Answers {
    pub(super) fn new(answers: &[&str]) -> Arc<Self> {
        let parse = |line: &&str| line.split_whitespace().map(|text| text.parse().unwrap()).collect();
        Arc::new(Self { answers: answers.iter().map(parse).collect(), asked: AtomicUsize::new(0) })
    }

    pub(super) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Resolver for Answers {
    async fn resolve(&self, _host: &str) -> io::Result<Vec<IpAddr>> {
        let turn = self.asked.fetch_add(1, Ordering::SeqCst);
        Ok(self.answers[turn.min(self.answers.len() - 1)].clone())
    }
}

/// Any authority will do where no TLS handshake is meant to succeed.
pub(super) fn some_roots() -> Roots {
    Roots::pem(tls::Authority::new().pem().as_bytes()).unwrap()
}

pub(super) fn builder() -> EgressBuilder {
    Egress::builder(some_roots(), Arc::new(SystemClock))
}

/// A client that may talk to these ports of this machine, by plain http to `localhost`.
pub(super) fn local_client(ports: &[u16]) -> EgressClient {
    let grant = |port: &u16| Destination::local(LocalEndpoint::http("localhost", *port).unwrap(), PURPOSE);
    let declared = ports.iter().map(grant).fold(builder(), EgressBuilder::allow);
    declared.resolver(Answers::new(&["127.0.0.1"])).build().client(PURPOSE).unwrap()
}

/// How many connections were begun.
pub(super) fn allowed(attempts: &RecordedAttempts) -> usize {
    attempts.all().iter().filter(|one| matches!(one.outcome, ConnectOutcome::Allowed(_))).count()
}
