//! The driver over pages: order, checkpoints, pagers that go round in circles.

use async_trait::async_trait;
use prodops_connectors::contract::{
    Api, Caps, Connector, ConnectorError, ContentLimits, Cursor, Descriptor, Granted, Page, PageToken,
    Result, Silent, Source, Stream, Window,
};
use prodops_connectors::driver::{SyncDriver, SyncError, SyncSummary};
use prodops_connectors::git::GitConnector;
use prodops_core::fact::{CoverageFact, Entity};
use prodops_core::id::{ConnectionId, RepositoryId};
use prodops_core::input::ConnectionTarget;
use prodops_core::testing::FixedClock;
use prodops_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::reading::Intakes;
use crate::sink::{MemorySink, Trouble};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Place(u32);

impl Cursor for Place {
    const VERSION: u16 = 1;
}

/// Pages that follow each other as the list says; page 0 comes first, after the last comes none.
#[derive(Clone)]
struct Pages(Vec<Option<u32>>);

#[async_trait]
impl Source for Pages {
    type Record = CoverageFact;
    type Cursor = Place;
    const CAPS: Caps = Caps { server_filter: false, stable_order: true };

    fn name(&self) -> &'static str {
        "pages"
    }

    async fn page(
        &self,
        api: &Api,
        window: Window<Place>,
        token: Option<PageToken>,
    ) -> Result<Page<CoverageFact, Place>> {
        let first = window.since.map_or(0, |place| place.0);
        let number = token.map_or(first, |token| token.0.parse().unwrap());
        let fact = CoverageFact {
            connection: api.connection(),
            repository: RepositoryId::derive(&[&number.to_be_bytes()]),
            entity: Entity::Commit,
            from: None,
            to: Timestamp::UNIX_EPOCH,
            gaps: Vec::new(),
        };
        let next = self.0[number as usize].map(|next| PageToken(next.to_string()));
        Ok(Page { records: vec![fact], next, cursor: Place(number) })
    }
}

struct Provider(Descriptor, Pages);

#[async_trait]
impl Connector for Provider {
    fn descriptor(&self) -> &Descriptor {
        &self.0
    }

    async fn check(&self, _api: &Api) -> Result<Granted> {
        Ok(Granted { scopes: Vec::new() })
    }

    fn streams(&self) -> Vec<Stream> {
        vec![Stream::Records(Box::new(self.1.clone()))]
    }
}

async fn sync(
    pages: &[Option<u32>],
    sink: &MemorySink,
    cancel: CancellationToken,
) -> std::result::Result<SyncSummary, SyncError> {
    let descriptor = GitConnector::within([]).unwrap().descriptor().clone();
    let target = ConnectionTarget::new("anywhere").unwrap();
    let api = Api::new(ConnectionId::from_bytes([1; 16]), target, ContentLimits::default(), cancel);
    let clock = FixedClock::at("2026-01-01T00:00:00Z");
    let intake = std::sync::Arc::new(Intakes(std::sync::Arc::default()));
    let driver = SyncDriver { sink, intake, progress: &Silent, clock: &clock };
    driver.run(&Provider(descriptor, Pages(pages.to_vec())), &api).await
}

#[tokio::test]
async fn every_page_is_stored_with_its_place() {
    let sink = MemorySink::default();
    let summary = sync(&[Some(1), Some(2), None], &sink, CancellationToken::new()).await.unwrap();
    assert_eq!(summary.facts, 3);
    assert_eq!(sink.asked().batches, [1, 1, 1]);
    let cursor = sink.stored().cursors.values().next().unwrap().clone();
    assert_eq!(String::from_utf8(cursor).unwrap(), r#"{"version":1,"cursor":2}"#);
}

#[tokio::test]
async fn a_failed_page_is_asked_for_again() {
    for trouble in [Trouble::Refuse, Trouble::LoseAnswer] {
        for call in 1..=3 {
            let sink = MemorySink::default();
            sink.upset(call, trouble);
            let pages = [Some(1), Some(2), None];
            assert!(sync(&pages, &sink, CancellationToken::new()).await.is_err());
            sync(&pages, &sink, CancellationToken::new()).await.unwrap();
            let cursor = sink.stored().cursors.values().next().unwrap().clone();
            assert_eq!(String::from_utf8(cursor).unwrap(), r#"{"version":1,"cursor":2}"#);
        }
    }
}

#[tokio::test]
async fn a_pager_that_goes_round_is_stopped() {
    // To itself, in a circle of two, and into a circle after a start of its own.
    for pages in
        [&[Some(1), Some(1)][..], &[Some(1), Some(2), Some(1)], &[Some(1), Some(2), Some(3), Some(2)]]
    {
        let error = sync(pages, &MemorySink::default(), CancellationToken::new()).await.unwrap_err();
        assert!(matches!(error, SyncError::Connector(ConnectorError::StuckPager)), "{pages:?}: {error}");
    }
}

#[tokio::test]
async fn a_cancelled_sync_asks_for_nothing() {
    let (sink, cancel) = (MemorySink::default(), CancellationToken::new());
    cancel.cancel();
    let error = sync(&[None], &sink, cancel).await.unwrap_err();
    assert!(matches!(error, SyncError::Connector(ConnectorError::Cancelled)));
    assert!(sink.stored().cursors.is_empty());
}
