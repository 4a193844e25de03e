//! The reader's own sessions and API tokens.

use askama::Template;

use crate::ui::view::{Chrome, Place, Sessions};
use crate::ui::{RenderError, route};

#[derive(Template)]
#[template(path = "sessions.html")]
struct Page<'a> {
    chrome: &'a Chrome,
    view: &'a Sessions,
    running: bool,
}

/// The reader's own sessions and API tokens.
///
/// # Errors
/// When the template cannot be written.
pub fn sessions(chrome: &Chrome, view: &Sessions) -> Result<String, RenderError> {
    Ok(Page { chrome, view, running: false }.render()?)
}
