//! Work that is too long for an executor's thread.

use crate::error::StoreError;

/// Runs to the end even when the future is dropped, which is what makes operations of the embedded backend cancel-safe.
pub(crate) async fn on_blocking_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(stopped) if stopped.is_cancelled() => Err(StoreError::Unavailable(None)),
        Err(panicked) => Err(StoreError::Backend(Box::new(panicked))),
    }
}
