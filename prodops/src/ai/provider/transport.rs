//! HTTP as all providers speak it: a key in a header, JSON, and statuses that mean the same everywhere.

use std::time::Duration;

use http::Method;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use prodops_connectors::http::egress::{EgressClient, EgressError, Request, Response};
use prodops_core::secret::Secret;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::super::error::CallError;

/// An upload or a file of answers takes its time.
const WITHIN: Duration = Duration::from_secs(120);
/// The largest answer: a file with the answers of the largest batch that is sent.
const LARGEST: usize = 64 << 20;
const JSON: &str = "application/json";

/// How the key is told.
#[derive(Debug, Clone, Copy)]
pub(super) enum KeyHeader {
    Bearer,
    Named(&'static str),
}

/// A provider's address, with the key.
#[derive(Debug)]
pub(super) struct Transport {
    egress: EgressClient,
    base: String,
    key: Option<Secret<String>>,
    key_header: KeyHeader,
    version: Option<(&'static str, &'static str)>,
}

impl Transport {
    pub(super) fn new(
        egress: EgressClient,
        base: String,
        key: Option<Secret<String>>,
        header: KeyHeader,
    ) -> Self {
        Self { egress, base, key, key_header: header, version: None }
    }

    /// A header that names the version of the API with every request.
    pub(super) const fn versioned(mut self, name: &'static str, value: &'static str) -> Self {
        self.version = Some((name, value));
        self
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, CallError> {
        json(&self.send(Request::get(self.url(path))).await?)
    }

    /// A body that is read line by line.
    pub(super) async fn lines(&self, path: &str) -> Result<Vec<Option<Value>>, CallError> {
        let response = self.send(Request::get(self.url(path))).await?;
        let line = |line: &[u8]| serde_json::from_slice(line).ok();
        Ok(response.body().expose(|bytes| {
            bytes.split(|byte| *byte == b'\n').filter(|one| !one.trim_ascii().is_empty()).map(line).collect()
        }))
    }

    /// The part of a URL below this address; `None` for one that leads elsewhere.
    pub(super) fn path_of<'u>(&self, url: &'u str) -> Option<&'u str> {
        url.strip_prefix(self.base.as_str()).filter(|path| path.starts_with('/') && !path.contains(".."))
    }

    pub(super) async fn post<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T, CallError> {
        let body = Secret::new(body.to_string().into_bytes());
        json(&self.send(Request::post(self.url(path), JSON, body)).await?)
    }

    /// A multipart body, whose type names its boundary.
    pub(super) async fn post_form<T: DeserializeOwned>(
        &self,
        path: &str,
        boundary: &str,
        body: Vec<u8>,
    ) -> Result<T, CallError> {
        let content_type = HeaderValue::from_str(&format!("multipart/form-data; boundary={boundary}"));
        let content_type = content_type.map_err(|_| EgressError::Header)?;
        let request = Request::post(self.url(path), JSON, Secret::new(body));
        json(&self.send(request.header(CONTENT_TYPE, content_type)).await?)
    }

    /// A call whose answer says nothing that is not in its status.
    pub(super) async fn call(&self, method: Method, path: &str) -> Result<(), CallError> {
        self.send(Request::new(method, self.url(path))).await.map(drop)
    }

    /// Whether something is there: a 404 says that it is not, and nothing else does.
    pub(super) async fn has(&self, path: &str) -> Result<bool, CallError> {
        match self.call(Method::GET, path).await {
            Ok(()) => Ok(true),
            Err(CallError::NotFound) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    async fn send(&self, request: Request) -> Result<Response, CallError> {
        let mut request = request.within(WITHIN).at_most(LARGEST);
        if let Some(key) = &self.key {
            request = match self.key_header {
                KeyHeader::Bearer => request.bearer(key)?,
                KeyHeader::Named(name) => request.secret_header(HeaderName::from_static(name), key)?,
            };
        }
        if let Some((name, value)) = self.version {
            request = request.header(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let response = self.egress.send(request).await.map_err(failure)?;
        match fault(&response) {
            Some(error) => Err(error),
            None => Ok(response),
        }
    }
}

fn json<T: DeserializeOwned>(response: &Response) -> Result<T, CallError> {
    response.json().map_err(|_| CallError::Unexpected { what: "JSON" })
}

fn failure(error: EgressError) -> CallError {
    match error {
        EgressError::Connect { .. } | EgressError::Resolve { .. } => CallError::Busy { after: None },
        error if error.is_retryable() => CallError::Unclear,
        error => CallError::Egress(error),
    }
}

fn fault(response: &Response) -> Option<CallError> {
    Some(match response.status().as_u16() {
        200..=299 => return None,
        404 | 410 => CallError::NotFound,
        429 | 529 => CallError::Busy { after: retry_after(response) },
        // Without a word on when to come back, a 503 may be that of somebody in between who does not know.
        503 if retry_after(response).is_some() => CallError::Busy { after: retry_after(response) },
        408 | 500..=599 => CallError::Unclear,
        status => CallError::Refused { status },
    })
}

/// Seconds only: none of these providers sends a date.
fn retry_after(response: &Response) -> Option<Duration> {
    let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    text.trim().parse().ok().map(Duration::from_secs)
}
