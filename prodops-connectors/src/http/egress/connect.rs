//! From an admitted URL to a connection at a checked address.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;

use super::address::AddressKind;
use super::destination::{Destination, literal};
use super::error::EgressError;
use super::record::{ConnectAttempt, ConnectOutcome, ConnectRecorder};
use super::register::Register;
use super::resolver::Resolver;
use super::target::Target;

/// Makes the connections of one purpose.
#[derive(Debug, Clone)]
pub(super) struct Connector {
    pub(super) purpose: &'static str,
    pub(super) register: Register,
    pub(super) resolver: Arc<dyn Resolver>,
    pub(super) recorder: Arc<dyn ConnectRecorder>,
    pub(super) limit: Duration,
}

impl Connector {
    /// Takes a URL apart and finds its declaration; what is refused is recorded.
    pub(super) fn admit(&self, url: &str) -> Result<(Target, &Destination), EgressError> {
        let target = Target::parse(url).map_err(|fault| EgressError::Url { fault });
        let target = target.inspect_err(|error| self.refused(None, None, error))?;
        let found = self.register.admit(self.purpose, &target);
        let found =
            found.inspect_err(|error| self.refused(Some(target.host()), Some(target.port()), error))?;
        Ok((target, found))
    }

    async fn connect(&self, uri: &Uri) -> Result<TcpStream, EgressError> {
        // INVARIANT: nothing is connected to that is not looked up here, whoever calls.
        let (_, destination) = self.admit(&uri.to_string())?;
        let work = async { self.reach(destination, &self.addresses(destination).await?).await };
        let late = EgressError::Timeout { host: destination.host.clone(), limit: self.limit };
        tokio::time::timeout(self.limit, work).await.unwrap_or(Err(late))
    }

    /// The addresses of the destination, if it admits every one of them.
    async fn addresses(&self, destination: &Destination) -> Result<Vec<SocketAddr>, EgressError> {
        let Destination { host, port, reach, .. } = destination;
        let unknown = || EgressError::Resolve { host: host.clone() };
        let found = match literal(host) {
            Some(address) => vec![address],
            None => self.resolver.resolve(host).await.map_err(|_| unknown())?,
        };
        // One bad address is enough: an answer that mixes both kinds is an attempt to get past this check.
        let mut kinds = found.iter().map(|address| AddressKind::from(*address));
        if let Some(kind) = kinds.find(|kind| !reach.admits(*kind)) {
            let error = EgressError::Address { host: host.clone(), kind };
            self.refused(Some(host), Some(*port), &error);
            return Err(error);
        }
        if found.is_empty() {
            Err(unknown())
        } else {
            Ok(found.into_iter().map(|ip| (ip, *port).into()).collect())
        }
    }

    /// Connects to the first address that answers.
    async fn reach(
        &self,
        destination: &Destination,
        addresses: &[SocketAddr],
    ) -> Result<TcpStream, EgressError> {
        let mut kind = io::ErrorKind::NotFound;
        for address in addresses {
            self.note(Some(&destination.host), Some(destination.port), ConnectOutcome::Allowed(*address));
            match TcpStream::connect(address).await {
                Ok(stream) => {
                    // Requests are short; waiting for more bytes only costs time.
                    let _ = stream.set_nodelay(true);
                    return Ok(stream);
                }
                Err(error) => kind = error.kind(),
            }
        }
        Err(EgressError::Connect { host: destination.host.clone(), port: destination.port, kind })
    }

    fn refused(&self, host: Option<&str>, port: Option<u16>, error: &EgressError) {
        self.note(host, port, ConnectOutcome::Refused(error.clone()));
    }

    fn note(&self, host: Option<&str>, port: Option<u16>, outcome: ConnectOutcome) {
        let host = host.map(str::to_owned);
        self.recorder.record(&ConnectAttempt { host, port, purpose: self.purpose, outcome });
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<TcpStream>;
    type Error = EgressError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, EgressError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), EgressError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connector = self.clone();
        Box::pin(async move { connector.connect(&uri).await.map(TokioIo::new) })
    }
}
