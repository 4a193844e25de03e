//! The deletion of a workspace.

use askama::Template;

use crate::ui::view::{Chrome, Deletion, DeletionStage, Place};
use crate::ui::{RenderError, route};

#[derive(Template)]
#[template(path = "deletion.html")]
struct Page<'a> {
    chrome: &'a Chrome,
    view: &'a Deletion,
    running: bool,
}

/// The deletion of a workspace: ask for it, see how far it is, call it off.
///
/// # Errors
/// When the template cannot be written.
pub fn deletion(chrome: &Chrome, view: &Deletion) -> Result<String, RenderError> {
    Ok(Page { chrome, view, running: false }.render()?)
}
