//! The deployment's way out, and a client for each use of it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{HOST, HeaderValue, USER_AGENT};
use http::{HeaderMap, Method};
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use prodops_core::clock::Clock;
use zeroize::Zeroizing;

use super::connect::Connector;
use super::destination::Destination;
use super::error::EgressError;
use super::limits::Limits;
use super::record::{ConnectRecorder, LoggedAttempts};
use super::redirect;
use super::register::Register;
use super::request::Request;
use super::resolver::{Resolver, SystemResolver};
use super::response::Response;
use super::roots::Roots;
use super::target::Target;
use super::tls;

const IDLE: Duration = Duration::from_secs(60);
const IDLE_PER_HOST: usize = 8;
/// The head of an answer and one chunk of it must fit.
const MAX_HEAD_BYTES: usize = 64 * 1024;

/// What the operator decided about leaving the process; it hands out clients.
#[derive(Debug, Clone)]
pub struct Egress {
    roots: Roots,
    clock: Arc<dyn Clock>,
    register: Register,
    resolver: Arc<dyn Resolver>,
    recorder: Arc<dyn ConnectRecorder>,
    limits: Limits,
}

/// Puts an [`Egress`] together.
#[derive(Debug)]
pub struct EgressBuilder(Egress);

impl Egress {
    /// Begins with the trusted authorities and the clock by which certificates are valid. Nothing can be reached yet.
    #[must_use]
    pub fn builder(roots: Roots, clock: Arc<dyn Clock>) -> EgressBuilder {
        EgressBuilder(Self {
            roots,
            clock,
            register: Register::default(),
            resolver: Arc::new(SystemResolver),
            recorder: Arc::new(LoggedAttempts),
            limits: Limits::default(),
        })
    }

    /// Everything that may be reached.
    #[must_use]
    pub const fn register(&self) -> &Register {
        &self.register
    }

    /// A client that reaches what is declared for this purpose, with connections of its own.
    ///
    /// # Errors
    /// When no TLS configuration can be made.
    pub fn client(&self, purpose: &'static str) -> Result<EgressClient, EgressError> {
        let connector = Connector {
            purpose,
            register: self.register.only(purpose),
            resolver: Arc::clone(&self.resolver),
            recorder: Arc::clone(&self.recorder),
            limit: self.limits.connect,
        };
        let config = tls::config(&self.roots, Arc::clone(&self.clock))?;
        // Plain http is let through here and decided on by the connector, which knows the grants.
        let https = HttpsConnectorBuilder::new().with_tls_config(config).https_or_http().enable_http1();
        let http = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(IDLE_PER_HOST)
            .http1_max_buf_size(MAX_HEAD_BYTES)
            .build(https.wrap_connector(connector.clone()));
        Ok(EgressClient { http, connector, limits: self.limits })
    }
}

impl EgressBuilder {
    /// Declares a destination.
    #[must_use]
    pub fn allow(mut self, destination: Destination) -> Self {
        self.0.register.extend([destination]);
        self
    }

    /// Resolves names in another way.
    #[must_use]
    pub fn resolver(mut self, resolver: Arc<dyn Resolver>) -> Self {
        self.0.resolver = resolver;
        self
    }

    /// Lets somebody else than the log hear of every attempt.
    #[must_use]
    pub fn recorder(mut self, recorder: Arc<dyn ConnectRecorder>) -> Self {
        self.0.recorder = recorder;
        self
    }

    /// Bounds for every request that has none of its own.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.0.limits = limits;
        self
    }

    /// Done.
    #[must_use]
    pub fn build(self) -> Egress {
        self.0
    }
}

/// Sends requests to the destinations of one purpose. Clones share their connections.
#[derive(Clone)]
pub struct EgressClient {
    http: Client<HttpsConnector<Connector>, Full<Bytes>>,
    connector: Connector,
    limits: Limits,
}

impl EgressClient {
    /// What it is for.
    #[must_use]
    pub const fn purpose(&self) -> &'static str {
        self.connector.purpose
    }

    /// Whether a URL leads to a declared destination; addresses are checked when connecting.
    ///
    /// # Errors
    /// When it does not.
    pub fn check(&self, url: &str) -> Result<(), EgressError> {
        self.connector.admit(url).map(|_| ())
    }

    /// Sends a request and reads the whole answer. Any status is an answer.
    ///
    /// # Errors
    /// When the request is refused here, or no complete answer comes within the bounds.
    pub async fn send(&self, request: Request) -> Result<Response, EgressError> {
        let limit = request.total.unwrap_or(self.limits.total);
        let (target, _) = self.connector.admit(&request.url)?;
        let late = EgressError::Timeout { host: target.host().to_owned(), limit };
        tokio::time::timeout(limit, self.exchange(target, request)).await.unwrap_or(Err(late))
    }

    async fn exchange(&self, mut target: Target, request: Request) -> Result<Response, EgressError> {
        let Request { method, mut headers, body, redirects: limit, max_body_bytes, .. } = request;
        let max_body_bytes = max_body_bytes.unwrap_or(self.limits.max_body_bytes);
        // The host is the one that was checked, whatever the caller says.
        headers.remove(HOST);
        headers
            .entry(USER_AGENT)
            .or_insert(HeaderValue::from_static(concat!("prodops/", env!("CARGO_PKG_VERSION"))));
        let body = body.expose(|bytes| wiped(bytes));
        let follows = limit > 0 && matches!(method, Method::GET | Method::HEAD);
        for hop in 0..=limit {
            let response = self.once(&target, &method, &headers, &body, max_body_bytes).await?;
            let Some(next) = redirect::location(&target, &response).filter(|_| follows) else {
                return Ok(response);
            };
            if hop < limit {
                let next = self.hop(&target, &next)?;
                if !next.same_origin(&target) {
                    redirect::strip_secrets(&mut headers);
                }
                target = next;
            }
        }
        Err(EgressError::Redirects { host: target.host().to_owned(), limit })
    }

    /// The next hop, checked like a first request.
    fn hop(&self, from: &Target, url: &str) -> Result<Target, EgressError> {
        let refused =
            |refusal| EgressError::Redirect { host: from.host().to_owned(), refusal: Box::new(refusal) };
        let (next, _) = self.connector.admit(url).map_err(refused)?;
        if from.is_secure() && !next.is_secure() {
            let (host, port) = (next.host().to_owned(), next.port());
            return Err(refused(EgressError::Scheme { host, port }));
        }
        Ok(next)
    }

    async fn once(
        &self,
        target: &Target,
        method: &Method,
        headers: &HeaderMap,
        body: &Bytes,
        max_body_bytes: usize,
    ) -> Result<Response, EgressError> {
        let mut request = http::Request::new(Full::new(body.clone()));
        *request.method_mut() = method.clone();
        *request.uri_mut() = target.uri().clone();
        *request.headers_mut() = headers.clone();
        Response::read(target.host(), self.http.request(request), max_body_bytes).await
    }
}

impl fmt::Debug for EgressClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EgressClient({}, {} destinations)", self.purpose(), self.connector.register.iter().count())
    }
}

/// A copy that is wiped once the last part of it is sent.
fn wiped(bytes: &[u8]) -> Bytes {
    Bytes::from_owner(Zeroizing::new(bytes.to_vec()))
}
