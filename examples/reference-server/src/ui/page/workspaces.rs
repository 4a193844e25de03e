//! The workspaces that somebody belongs to.

use askama::Template;

use crate::ui::view::{Chrome, Place, Workspaces};
use crate::ui::{RenderError, route};

#[derive(Template)]
#[template(path = "workspaces.html")]
struct Page<'a> {
    chrome: &'a Chrome,
    view: &'a Workspaces,
    running: bool,
}

/// The workspaces that somebody belongs to.
///
/// # Errors
/// When the template cannot be written.
pub fn workspaces(chrome: &Chrome, view: &Workspaces) -> Result<String, RenderError> {
    Ok(Page { chrome, view, running: false }.render()?)
}
