//! Streams of facts, read page by page.

use async_trait::async_trait;
use prodops_core::fact::{Derived, Fact};

use super::api::Api;
use super::cursor::{Cursor, decode_cursor, encode_cursor};
use super::error::{ConnectorError, Result};

/// What a stream's provider can do; the driver chooses its way by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// The provider filters by the cursor: a page holds only what changed since.
    pub server_filter: bool,
    /// Pages come in the same order every time.
    pub stable_order: bool,
}

/// The part of a stream to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window<C> {
    /// Everything up to here is stored already; `None` at the first time.
    pub since: Option<C>,
}

/// The provider's name for the next page.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PageToken(pub String);

/// One page of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<R, C> {
    /// The records.
    pub records: Vec<R>,
    /// The next page; `None` after the last.
    pub next: Option<PageToken>,
    /// Where the stream stands once this page and all before it are stored.
    pub cursor: C,
}

/// A stream of facts. Its author writes [`page`](Source::page) and nothing else.
#[async_trait]
pub trait Source: Send + Sync {
    /// What it yields.
    type Record: Derived;
    /// How its place is remembered.
    type Cursor: Cursor;
    /// What its provider can do.
    const CAPS: Caps;

    /// Its name, unique within the connector: a slug.
    fn name(&self) -> &'static str;

    /// Reads one page.
    ///
    /// # Errors
    /// As the provider or the data demand.
    async fn page(
        &self,
        api: &Api,
        window: Window<Self::Cursor>,
        token: Option<PageToken>,
    ) -> Result<Page<Self::Record, Self::Cursor>>;
}

/// One page with its types forgotten.
#[derive(Debug)]
pub struct ErasedPage {
    /// The records.
    pub facts: Vec<Fact>,
    /// The next page; `None` after the last.
    pub next: Option<PageToken>,
    /// The stored form of the cursor.
    pub cursor: Vec<u8>,
}

/// A [`Source`] with its types forgotten, for the driver. Every source is one.
#[async_trait]
pub trait ErasedSource: Send + Sync {
    /// The stream's name.
    fn name(&self) -> &'static str;
    /// What its provider can do.
    fn caps(&self) -> Caps;
    /// Reads one page.
    ///
    /// # Errors
    /// As [`Source::page`], and when the stored cursor cannot be read.
    async fn page(&self, api: &Api, since: Option<&[u8]>, token: Option<PageToken>) -> Result<ErasedPage>;
}

#[async_trait]
impl<S: Source> ErasedSource for S {
    fn name(&self) -> &'static str {
        Source::name(self)
    }

    fn caps(&self) -> Caps {
        S::CAPS
    }

    async fn page(&self, api: &Api, since: Option<&[u8]>, token: Option<PageToken>) -> Result<ErasedPage> {
        let unreadable = |_| ConnectorError::Cursor { stream: Source::name(self) };
        let since = since.map(decode_cursor::<S::Cursor>).transpose().map_err(unreadable)?;
        let page = Source::page(self, api, Window { since }, token).await?;
        let cursor = encode_cursor(&page.cursor).map_err(unreadable)?;
        Ok(ErasedPage { facts: page.records.into_iter().map(Into::into).collect(), next: page.next, cursor })
    }
}
