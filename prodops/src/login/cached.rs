//! Something fetched that stays good for a while.

use std::future::Future;
use std::sync::Arc;

use prodops_core::time::Timestamp;
use tokio::sync::Mutex;

/// One fetched value. Whoever comes while it is being fetched waits for that fetch instead of starting another.
#[derive(Debug)]
pub(super) struct Cached<T>(Mutex<Option<(Timestamp, Arc<T>)>>);

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T> Cached<T> {
    /// The value if it is younger than `max_age` seconds, or a new one. A clock that went back makes it old.
    pub(super) async fn get<E>(
        &self,
        now: Timestamp,
        max_age: i64,
        fetch: impl Future<Output = Result<T, E>>,
    ) -> Result<Arc<T>, E> {
        let mut slot = self.0.lock().await;
        if let Some((at, value)) = slot.as_ref()
            && (0..max_age).contains(&now.seconds_since(*at))
        {
            return Ok(Arc::clone(value));
        }
        let value = Arc::new(fetch.await?);
        *slot = Some((now, Arc::clone(&value)));
        Ok(value)
    }
}
