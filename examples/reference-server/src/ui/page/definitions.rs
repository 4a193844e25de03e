//! What the numbers mean: one anchor per definition.

use askama::Template;

use crate::ui::view::{Chrome, Definitions, Place};
use crate::ui::{RenderError, route};

#[derive(Template)]
#[template(path = "definitions.html")]
struct Page<'a> {
    chrome: &'a Chrome,
    view: &'a Definitions,
    running: bool,
}

/// What the numbers mean: one anchor per definition.
///
/// # Errors
/// When the template cannot be written.
pub fn definitions(chrome: &Chrome, view: &Definitions) -> Result<String, RenderError> {
    Ok(Page { chrome, view, running: false }.render()?)
}
