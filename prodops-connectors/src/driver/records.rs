//! Drains a stream of fact pages: each page is stored together with its cursor.

use std::collections::BTreeSet;

use super::port::SyncBatch;
use super::sync::{SyncDriver, SyncError, SyncSummary, stream_name};
use crate::contract::{Api, ConnectorError, ErasedSource, ProgressEvent};

pub(super) async fn drain(
    driver: &SyncDriver<'_>,
    source: &dyn ErasedSource,
    api: &Api,
    summary: &mut SyncSummary,
) -> Result<(), SyncError> {
    let stream = stream_name(source.name())?;
    let since = driver.sink.cursor(&stream).await?;
    let (mut stored, mut token, mut done) = (since.clone(), None, 0);
    // A pager can go round in a circle of any length.
    let mut seen = BTreeSet::new();
    loop {
        api.proceed()?;
        let page = source.page(api, since.as_deref(), token.clone()).await?;
        let count = page.facts.len() as u64;
        let batch = SyncBatch {
            stream: stream.clone(),
            expected_cursor: stored,
            next_cursor: page.cursor.clone(),
            facts: page.facts,
            edits: Vec::new(),
            part: None,
        };
        driver.sink.commit(batch).await?;
        stored = Some(page.cursor);
        done += count;
        summary.facts += count;
        driver.progress.report(ProgressEvent { stream: source.name(), done, estimate: None });
        let Some(next) = page.next else { return Ok(()) };
        if !seen.insert(next.clone()) {
            return Err(ConnectorError::StuckPager.into());
        }
        token = Some(next);
    }
}
