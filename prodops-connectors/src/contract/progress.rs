//! How far a sync is.

/// How far one stream is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProgressEvent<'a> {
    /// The stream's name.
    pub stream: &'a str,
    /// Records stored so far in this run.
    pub done: u64,
    /// Records in all, where that is known.
    pub estimate: Option<u64>,
}

/// Hears how far a sync is. Called often: do no more than note it.
pub trait Progress: Send + Sync {
    /// A step was made.
    fn report(&self, event: ProgressEvent<'_>);
}

/// Hears nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn report(&self, _event: ProgressEvent<'_>) {}
}
