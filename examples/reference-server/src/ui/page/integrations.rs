//! The connections of a workspace and how reading them goes.

use askama::Template;

use crate::ui::view::{Chrome, Integrations, Place};
use crate::ui::{RenderError, route};

#[derive(Template)]
#[template(path = "integrations.html")]
struct Page<'a> {
    chrome: &'a Chrome,
    view: &'a Integrations,
    running: bool,
}

/// The connections of a workspace and how reading them goes.
///
/// # Errors
/// When the template cannot be written.
pub fn integrations(chrome: &Chrome, view: &Integrations) -> Result<String, RenderError> {
    Ok(Page { chrome, view, running: false }.render()?)
}
