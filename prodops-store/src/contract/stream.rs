//! Lists as streams of rows: page by page, as they are consumed.

use std::future::Future;

use futures_util::{Stream, TryStreamExt, stream};

use super::page::{Page, PageToken};
use crate::error::StoreError;

/// The rows of every page, in order. A page is asked for when the rows before it are consumed: no more than one is in memory,
/// and nothing is held open between two. A stream ends with its first error.
///
/// `page` answers with the page that begins at a token, or with the first one.
pub fn row_stream<T, F, Answer>(page: F) -> impl Stream<Item = Result<T, StoreError>>
where
    F: Fn(Option<PageToken>) -> Answer,
    Answer: Future<Output = Result<Page<T>, StoreError>>,
{
    let pages = stream::try_unfold(Some(None), move |at| {
        let asked = at.map(&page);
        async move {
            let Some(asked) = asked else { return Ok(None) };
            let Page { items, next } = asked.await?;
            let rows = stream::iter(items.into_iter().map(Ok::<T, StoreError>));
            Ok::<_, StoreError>(Some((rows, next.map(Some))))
        }
    });
    pages.try_flatten()
}
