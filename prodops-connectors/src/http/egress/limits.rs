//! How long and how much.

use std::time::Duration;

/// Bounds of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For resolving the name and reaching one of its addresses.
    pub connect: Duration,
    /// For the whole request: connecting, redirects and the last byte of the answer.
    pub total: Duration,
    /// The largest answer, in bytes of its body.
    pub max_body_bytes: usize,
}

impl Default for Limits {
    /// 5 seconds to connect, 30 seconds in all, 8 MiB.
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), total: Duration::from_secs(30), max_body_bytes: 8 << 20 }
    }
}
