//! What can go wrong between a connector and its provider, by what to do about it.

/// A connector's result.
pub type Result<T> = std::result::Result<T, ConnectorError>;

/// A failure of a connector. No text in it comes from a body, a token or a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectorError {
    /// The target cannot be read at all, and why: the message is for the person who set the connection up.
    #[error("{reason}")]
    Unusable {
        /// One line that says what is wrong and what to do.
        reason: String,
    },
    /// The provider or the disk failed in passing: try again.
    #[error("{what} failed in passing")]
    Transient {
        /// What was tried.
        what: &'static str,
    },
    /// What was there is gone, in the middle of reading or since the last time.
    #[error("{what} is gone")]
    Gone {
        /// What is gone.
        what: &'static str,
    },
    /// What was read makes no sense.
    #[error("{what} is damaged")]
    Corrupt {
        /// What is damaged.
        what: &'static str,
    },
    /// The grant holds more than the connector declares.
    #[error("the grant holds scopes that the connector does not declare")]
    ExcessScope,
    /// A page pointed back to itself.
    #[error("the provider gave the same page twice")]
    StuckPager,
    /// A stored cursor cannot be read: it was written by another version.
    #[error("the stored cursor of {stream} cannot be read")]
    Cursor {
        /// Whose cursor.
        stream: &'static str,
    },
    /// Somebody asked to stop.
    #[error("cancelled")]
    Cancelled,
    /// The connector broke its own contract.
    #[error("defect in the connector: {what}")]
    Bug {
        /// Which rule.
        what: &'static str,
    },
}

impl ConnectorError {
    /// A failure that a person has to mend, in one line.
    #[must_use]
    pub fn unusable(reason: impl Into<String>) -> Self {
        Self::Unusable { reason: reason.into() }
    }

    /// Whether trying again without any change can help.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Transient { .. })
    }
}
