//! What was answered.

use std::fmt;

use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt as _;
use hyper_util::client::legacy::ResponseFuture;
use prodops_core::secret::Secret;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::error::EgressError;

/// An answer, read to its end. Its body is wiped when dropped: it may hold tokens.
pub struct Response {
    host: String,
    status: StatusCode,
    headers: HeaderMap,
    body: Secret<Vec<u8>>,
}

impl Response {
    /// The status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers.
    #[must_use]
    pub const fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body.
    #[must_use]
    pub const fn body(&self) -> &Secret<Vec<u8>> {
        &self.body
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// When it is something else. The error says nothing of what was found.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, EgressError> {
        let parsed = self.body.expose(|bytes| serde_json::from_slice(bytes));
        parsed.map_err(|_| EgressError::Json { host: self.host.clone() })
    }

    /// Waits for the answer and reads it, up to `max_body_bytes`.
    pub(super) async fn read(
        host: &str,
        answer: ResponseFuture,
        max_body_bytes: usize,
    ) -> Result<Self, EgressError> {
        let answer = answer.await.map_err(|error| EgressError::of_exchange(host, &error))?;
        let (head, mut body) = answer.into_parts();
        let mut bytes = Zeroizing::new(Vec::new());
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| EgressError::of_exchange(host, &error))?;
            let data = frame.data_ref().map_or(&[][..], AsRef::as_ref);
            if bytes.len() + data.len() > max_body_bytes {
                return Err(EgressError::TooLarge { host: host.to_owned(), limit: max_body_bytes });
            }
            bytes.extend_from_slice(data);
        }
        let body = Secret::new(std::mem::take(&mut *bytes));
        Ok(Self { host: host.to_owned(), status: head.status, headers: head.headers, body })
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Response({} from {}, {} bytes)", self.status, self.host, self.body.expose(Vec::len))
    }
}
