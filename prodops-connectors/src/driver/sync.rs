//! One sync of one connection: every stream, in order, from where it was left.

use std::sync::Arc;

use prodops_core::clock::Clock;
use prodops_core::input::StreamName;

use super::content;
use super::port::{SinkError, SyncSink};
use super::records;
use crate::contract::{Api, Connector, ConnectorError, Intake, Progress, Stream};

/// Why a sync ended early. What was stored before stays, and the next sync goes on from there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SyncError {
    /// The connector or its provider failed.
    #[error(transparent)]
    Connector(#[from] ConnectorError),
    /// The results could not be stored.
    #[error(transparent)]
    Sink(#[from] SinkError),
}

/// What a sync did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SyncSummary {
    /// Facts handed to the store, unchanged ones included.
    pub facts: u64,
    /// Commits read.
    pub commits: u64,
    /// Commits removed because history was rewritten.
    pub pruned: u64,
}

/// Drives a connector's streams into a sink.
#[allow(missing_debug_implementations, reason = "holds borrowed ports of the engine")]
pub struct SyncDriver<'a> {
    /// Where results go.
    pub sink: &'a dyn SyncSink,
    /// Derives facts from source bytes.
    pub intake: Arc<dyn Intake>,
    /// Hears how far it is.
    pub progress: &'a dyn Progress,
    /// Says when a read began.
    pub clock: &'a dyn Clock,
}

impl SyncDriver<'_> {
    /// Reads every stream of the connector to its end.
    ///
    /// Dropping the future stops the readers; everything committed until then stays.
    ///
    /// # Errors
    /// The first failure of the connector or the sink.
    pub async fn run(&self, connector: &dyn Connector, api: &Api) -> Result<SyncSummary, SyncError> {
        let mut summary = SyncSummary::default();
        for stream in connector.streams() {
            api.proceed()?;
            match stream {
                Stream::Records(source) => records::drain(self, source.as_ref(), api, &mut summary).await?,
                Stream::Content(source) => content::drain(self, source.as_ref(), api, &mut summary).await?,
            }
        }
        Ok(summary)
    }
}

pub(super) fn stream_name(name: &'static str) -> Result<StreamName, ConnectorError> {
    StreamName::new(name).map_err(|_| ConnectorError::Bug { what: "a stream's name is no slug" })
}
