//! What is asked.

use std::fmt;
use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, Method};
use prodops_core::secret::Secret;

use super::error::EgressError;

/// One request. Its body is wiped after use.
///
/// # Security
/// `Debug` shows the method alone: URLs may hold codes, and headers tokens.
pub struct Request {
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Secret<Vec<u8>>,
    pub(super) redirects: u8,
    pub(super) total: Option<Duration>,
    pub(super) max_body_bytes: Option<usize>,
}

impl Request {
    /// A request with any method.
    #[must_use]
    pub fn new(method: Method, url: impl Into<String>) -> Self {
        Self {
            method,
            url: url.into(),
            headers: HeaderMap::new(),
            body: Secret::new(Vec::new()),
            redirects: 0,
            total: None,
            max_body_bytes: None,
        }
    }

    /// `GET`.
    #[must_use]
    pub fn get(url: impl Into<String>) -> Self {
        Self::new(Method::GET, url)
    }

    /// `POST` with a body of this type.
    #[must_use]
    pub fn post(url: impl Into<String>, content_type: &'static str, body: Secret<Vec<u8>>) -> Self {
        let request = Self { body, ..Self::new(Method::POST, url) };
        request.header(CONTENT_TYPE, HeaderValue::from_static(content_type))
    }

    /// Another method.
    #[must_use]
    pub fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// Sets a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Sets a header whose value is a secret: it is marked sensitive and does not leave the origin of the URL.
    ///
    /// # Errors
    /// When the secret holds characters that HTTP does not allow in a header.
    pub fn secret_header(self, name: HeaderName, secret: &Secret<String>) -> Result<Self, EgressError> {
        let value = secret.expose(|text| HeaderValue::from_str(text)).map_err(|_| EgressError::Header)?;
        Ok(self.header(name, sensitive(value)))
    }

    /// Sets `Authorization: Bearer …`.
    ///
    /// # Errors
    /// When the token holds characters that HTTP does not allow in a header.
    pub fn bearer(self, token: &Secret<String>) -> Result<Self, EgressError> {
        let value = Secret::new(token.expose(|token| format!("Bearer {token}")));
        self.secret_header(AUTHORIZATION, &value)
    }

    /// Follows up to this many redirects of a `GET`; without it, a redirect is an answer like any other.
    #[must_use]
    pub fn follow_redirects(mut self, limit: u8) -> Self {
        self.redirects = limit;
        self
    }

    /// The time for the whole request, in place of the client's.
    #[must_use]
    pub const fn within(mut self, total: Duration) -> Self {
        self.total = Some(total);
        self
    }

    /// The largest answer in bytes, in place of the client's.
    #[must_use]
    pub const fn at_most(mut self, max_body_bytes: usize) -> Self {
        self.max_body_bytes = Some(max_body_bytes);
        self
    }
}

impl From<http::Request<Vec<u8>>> for Request {
    /// Takes a request of another library; its `Authorization` becomes sensitive, and its body is wiped after use.
    fn from(request: http::Request<Vec<u8>>) -> Self {
        let (head, body) = request.into_parts();
        let mut headers = head.headers;
        if let Some(value) = headers.get_mut(AUTHORIZATION) {
            value.set_sensitive(true);
        }
        Self { headers, body: Secret::new(body), ..Self::new(head.method, head.uri.to_string()) }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({} …)", self.method)
    }
}

fn sensitive(mut value: HeaderValue) -> HeaderValue {
    value.set_sensitive(true);
    value
}
