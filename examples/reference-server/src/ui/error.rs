//! What can go wrong while a page is written.

/// A page or chart could not be written out.
#[derive(Debug, thiserror::Error)]
#[error("the page could not be rendered")]
pub struct RenderError(#[from] askama::Error);
