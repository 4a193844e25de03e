//! The part of the HTTP API that is used.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{HeaderName, HeaderValue};
use http::{Method, StatusCode};
use prodops_connectors::http::egress::{EgressClient, EgressError, Request, Response};
use prodops_core::keyring::RootError;
use prodops_core::secret::Secret;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{denied, unavailable};

const LARGEST: usize = 64 * 1024;
const TOKEN: HeaderName = HeaderName::from_static("x-vault-token");
const NAMESPACE: HeaderName = HeaderName::from_static("x-vault-namespace");
/// Marks a request as one that no browser was tricked into.
const MARK: HeaderName = HeaderName::from_static("x-vault-request");

/// The service, without a token.
pub(super) struct Api {
    egress: EgressClient,
    address: String,
    namespace: Option<String>,
}

/// What came of a request that the service understood.
pub(super) enum Reply {
    Done(Answer),
    /// The service does not do this with what it was given.
    BadRequest,
}

/// The `data` of an answer.
pub(super) struct Answer(Value);

impl Answer {
    /// A text of it, taken out.
    pub(super) fn text(mut self, name: &str) -> Option<String> {
        match self.0.get_mut(name).map(Value::take) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// Bytes of it.
    pub(super) fn bytes(self, name: &str) -> Option<Secret<Vec<u8>>> {
        let text = Secret::new(self.text(name)?);
        text.expose(|text| STANDARD.decode(text)).ok().map(Secret::new)
    }
}

impl Api {
    pub(super) const fn new(egress: EgressClient, address: String, namespace: Option<String>) -> Self {
        Self { egress, address, namespace }
    }

    /// Posts to an engine and takes the `data` of the answer.
    pub(super) async fn post(
        &self,
        path: &str,
        token: Option<&Secret<String>>,
        body: &Secret<Vec<u8>>,
    ) -> Result<Reply, RootError> {
        let response = self.send(Method::POST, path, token, body).await?;
        match response.status() {
            StatusCode::OK => {
                let mut answer: Value = json(&response)?;
                Ok(Reply::Done(Answer(answer.get_mut("data").map(Value::take).unwrap_or_default())))
            }
            StatusCode::BAD_REQUEST => Ok(Reply::BadRequest),
            status => Err(refusal(status)),
        }
    }

    /// Asks for something that is an answer as a whole; any status but 200 is a refusal.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        token: Option<&Secret<String>>,
        body: &Secret<Vec<u8>>,
    ) -> Result<T, RootError> {
        let response = self.send(method, path, token, body).await?;
        match response.status() {
            StatusCode::OK => json(&response),
            // A role that is unknown, or a secret that is used up.
            StatusCode::BAD_REQUEST => Err(denied("it does not accept how this deployment proves itself")),
            status => Err(refusal(status)),
        }
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        token: Option<&Secret<String>>,
        body: &Secret<Vec<u8>>,
    ) -> Result<Response, RootError> {
        let url = format!("{}/v1/{path}", self.address);
        let body = Secret::new(body.expose(Vec::clone));
        let request = Request::post(url, "application/json", body).method(method).at_most(LARGEST);
        let mut request = request.header(MARK, HeaderValue::from_static("true"));
        if let Some(namespace) = &self.namespace {
            let value = HeaderValue::from_str(namespace).map_err(|_| denied("its namespace is no header"))?;
            request = request.header(NAMESPACE, value);
        }
        if let Some(token) = token {
            request = request.secret_header(TOKEN, token).map_err(|_| denied("the token is not one"))?;
        }
        self.egress.send(request).await.map_err(|error| failure(&error))
    }
}

/// A body with secret bytes and the place that they belong to.
pub(super) fn body(name: &str, secret: &Secret<Vec<u8>>, place: &[u8]) -> Secret<Vec<u8>> {
    let encoded = Secret::new(secret.expose(|secret| STANDARD.encode(secret)));
    encoded.expose(|text| with_place(name, text, place))
}

/// The same for a ciphertext, which is text already and of a checked alphabet.
pub(super) fn ciphertext_body(wrapped: &[u8], place: &[u8]) -> Secret<Vec<u8>> {
    with_place("ciphertext", &String::from_utf8_lossy(wrapped), place)
}

/// JSON by hand: base64 and ciphertexts need no escaping, and a serialiser would leave copies of the text behind.
fn with_place(name: &str, text: &str, place: &[u8]) -> Secret<Vec<u8>> {
    let place = STANDARD.encode(place);
    let parts = ["{\"", name, "\":\"", text, "\",\"associated_data\":\"", &place, "\"}"];
    Secret::new(parts.concat().into_bytes())
}

fn json<T: DeserializeOwned>(response: &Response) -> Result<T, RootError> {
    response.json().map_err(|error| unavailable(error.to_string()))
}

fn failure(error: &EgressError) -> RootError {
    let reason = error.to_string();
    if error.is_refusal() { denied(reason) } else { unavailable(reason) }
}

fn refusal(status: StatusCode) -> RootError {
    match status.as_u16() {
        403 => denied("its policy does not let this deployment use the key, or the token is over"),
        404 | 405 => denied("it has no such engine or key"),
        503 => unavailable("it is sealed"),
        429 | 472 | 473 => unavailable("it stands by, or is asked too often"),
        300..=399 => denied("it redirects: name the address of the service itself"),
        other => unavailable(format!("it answered with status {other}")),
    }
}
