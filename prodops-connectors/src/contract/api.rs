//! What a connector is given to work with.

use prodops_core::id::ConnectionId;
use prodops_core::input::ConnectionTarget;
use tokio_util::sync::CancellationToken;

use super::error::{ConnectorError, Result};

/// Bounds on what is read into memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentLimits {
    /// Files larger than this many bytes are noted, not read.
    pub max_file_bytes: u64,
}

impl Default for ContentLimits {
    /// 10 MiB a file.
    fn default() -> Self {
        Self { max_file_bytes: 10 << 20 }
    }
}

/// One connection as its connector sees it: where to read, within which bounds, and when to stop.
#[derive(Debug, Clone)]
pub struct Api {
    connection: ConnectionId,
    target: ConnectionTarget,
    limits: ContentLimits,
    cancel: CancellationToken,
}

impl Api {
    /// The handle for one connection.
    #[must_use]
    pub const fn new(
        connection: ConnectionId,
        target: ConnectionTarget,
        limits: ContentLimits,
        cancel: CancellationToken,
    ) -> Self {
        Self { connection, target, limits, cancel }
    }

    /// The connection; ids of what is read are derived from it.
    #[must_use]
    pub const fn connection(&self) -> ConnectionId {
        self.connection
    }

    /// Where to read.
    #[must_use]
    pub const fn target(&self) -> &ConnectionTarget {
        &self.target
    }

    /// Bounds on what is read into memory.
    #[must_use]
    pub const fn limits(&self) -> ContentLimits {
        self.limits
    }

    /// The token that says when to stop.
    #[must_use]
    pub const fn cancel(&self) -> &CancellationToken {
        &self.cancel
    }

    /// For loops: go on, or stop with [`ConnectorError::Cancelled`].
    ///
    /// # Errors
    /// When somebody asked to stop.
    pub fn proceed(&self) -> Result<()> {
        if self.cancel.is_cancelled() { Err(ConnectorError::Cancelled) } else { Ok(()) }
    }
}
