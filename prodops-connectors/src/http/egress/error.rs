//! Why a request did not get its answer.

use std::error::Error;
use std::io;
use std::time::Duration;

use super::address::AddressKind;
use super::fault::{TlsFault, UrlFault};

/// A request that was refused or failed. No text in it comes from a path, a query, a header or a body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EgressError {
    /// The URL is refused as it is written.
    #[error("the URL is refused: {fault}")]
    Url {
        /// What is wrong with it.
        fault: UrlFault,
    },
    /// Nobody declared this host and port for this purpose.
    #[error("`{host}:{port}` is not declared for `{purpose}`: add it to the register of destinations")]
    Undeclared {
        /// The host.
        host: String,
        /// The port.
        port: u16,
        /// What the client is for.
        purpose: &'static str,
    },
    /// The destination is declared for the other one of https and http.
    #[error("`{host}:{port}` is declared with another scheme: plain http needs a local endpoint grant")]
    Scheme {
        /// The host.
        host: String,
        /// The port.
        port: u16,
    },
    /// The name leads to a place that its declaration does not admit.
    #[error("`{host}` resolves to a {kind} address, which its declaration does not admit")]
    Address {
        /// The host.
        host: String,
        /// The kind of the first such address.
        kind: AddressKind,
    },
    /// The name has no address.
    #[error("`{host}` cannot be resolved")]
    Resolve {
        /// The host.
        host: String,
    },
    /// No connection came about.
    #[error("`{host}:{port}` cannot be reached: {kind}")]
    Connect {
        /// The host.
        host: String,
        /// The port.
        port: u16,
        /// What the operating system said.
        kind: io::ErrorKind,
    },
    /// The other side did not prove who it is.
    #[error("the TLS handshake with `{host}` failed: {fault}")]
    Tls {
        /// The host.
        host: String,
        /// Why.
        fault: TlsFault,
    },
    /// The time allowed ran out.
    #[error("`{host}` took longer than {} ms", limit.as_millis())]
    Timeout {
        /// The host.
        host: String,
        /// The time allowed.
        limit: Duration,
    },
    /// The answer is larger than allowed.
    #[error("the answer of `{host}` is larger than {limit} bytes")]
    TooLarge {
        /// The host.
        host: String,
        /// The bytes allowed.
        limit: usize,
    },
    /// The answer is not HTTP, or broke off.
    #[error("`{host}` broke off or did not answer in HTTP")]
    Protocol {
        /// The host.
        host: String,
    },
    /// A redirect led to where no request may go.
    #[error("`{host}` redirects to a place that is refused")]
    Redirect {
        /// The host that redirected.
        host: String,
        /// Why the place is refused.
        #[source]
        refusal: Box<EgressError>,
    },
    /// The hops that the request allowed are used up.
    #[error("`{host}` redirects once more than the {limit} times allowed")]
    Redirects {
        /// The host that redirected.
        host: String,
        /// The hops allowed.
        limit: u8,
    },
    /// A header value holds characters that would end it.
    #[error("a header value holds characters that HTTP does not allow")]
    Header,
    /// The answer is not the JSON that was expected.
    #[error("the answer of `{host}` is not the JSON that was expected")]
    Json {
        /// The host.
        host: String,
    },
    /// The client could not be set up.
    #[error("no TLS configuration can be made of these roots")]
    Setup,
}

impl EgressError {
    /// Whether trying again without any change can help.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(
            self,
            Self::Resolve { .. } | Self::Connect { .. } | Self::Timeout { .. } | Self::Protocol { .. }
        )
    }

    /// Whether the request was refused here, before anything left the process.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::Url { .. }
                | Self::Undeclared { .. }
                | Self::Scheme { .. }
                | Self::Address { .. }
                | Self::Header
        )
    }

    /// Finds out what an HTTP failure was about: our connector's own error, TLS, or the protocol.
    pub(super) fn of_exchange(host: &str, error: &(dyn Error + 'static)) -> Self {
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(ours) = error.downcast_ref::<Self>() {
                return ours.clone();
            }
            if let Some(tls) = error.downcast_ref::<rustls::Error>() {
                return Self::Tls { host: host.to_owned(), fault: tls.into() };
            }
            // An I/O error hides what it wraps from `source`.
            let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
            next = wrapped.map(|inner| inner as &(dyn Error + 'static)).or_else(|| error.source());
        }
        Self::Protocol { host: host.to_owned() }
    }
}
