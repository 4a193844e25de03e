//! What of a repository is written more than once.

use askama::Template;

use crate::ui::view::{Chrome, DuplicatesPage, Place, WindowChoice};
use crate::ui::{RenderError, route};

#[derive(Template)]
#[template(path = "duplicates.html")]
struct Page<'a> {
    chrome: &'a Chrome,
    view: &'a DuplicatesPage,
    here: String,
    running: bool,
}

/// What of a repository is written more than once.
///
/// # Errors
/// When the template cannot be written.
pub fn duplicates(chrome: &Chrome, view: &DuplicatesPage) -> Result<String, RenderError> {
    let here = route::duplicates(chrome.slug(), &view.id);
    Ok(Page { chrome, view, here, running: false }.render()?)
}
