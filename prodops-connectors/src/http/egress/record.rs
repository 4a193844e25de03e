//! Who hears of every attempt to leave the process.

use std::fmt::Debug;
use std::net::SocketAddr;

use super::error::EgressError;

/// One attempt to connect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectAttempt {
    /// The host; `None` when the URL has no usable one.
    pub host: Option<String>,
    /// The port; `None` when the URL has no usable one.
    pub port: Option<u16>,
    /// What the client is for.
    pub purpose: &'static str,
    /// What came of it.
    pub outcome: ConnectOutcome,
}

/// Whether an attempt was let through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConnectOutcome {
    /// The address was checked, and a connection to it was begun.
    Allowed(SocketAddr),
    /// It was refused, and nothing left the process.
    Refused(EgressError),
}

/// Hears of every attempt. Called on the way of the request: do no more than note it.
pub trait ConnectRecorder: Debug + Send + Sync {
    /// An attempt was made.
    fn record(&self, attempt: &ConnectAttempt);
}

/// Writes attempts to the log: refused ones as warnings, allowed ones for debugging.
#[derive(Debug, Clone, Copy, Default)]
pub struct LoggedAttempts;

impl ConnectRecorder for LoggedAttempts {
    fn record(&self, attempt: &ConnectAttempt) {
        let ConnectAttempt { host, port, purpose, outcome } = attempt;
        match outcome {
            ConnectOutcome::Allowed(address) => {
                tracing::debug!(?host, ?port, purpose, %address, "outbound connection");
            }
            ConnectOutcome::Refused(error) => {
                tracing::warn!(?host, ?port, purpose, %error, "outbound connection refused");
            }
        }
    }
}

/// Keeps attempts in memory, for tests that compare them with the register.
#[cfg(any(test, feature = "testing"))]
#[derive(Debug, Default)]
pub struct RecordedAttempts(std::sync::Mutex<Vec<ConnectAttempt>>);

#[cfg(any(test, feature = "testing"))]
impl RecordedAttempts {
    /// What was recorded so far, in order.
    #[must_use]
    pub fn all(&self) -> Vec<ConnectAttempt> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }
}

#[cfg(any(test, feature = "testing"))]
impl ConnectRecorder for RecordedAttempts {
    fn record(&self, attempt: &ConnectAttempt) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(attempt.clone());
    }
}
