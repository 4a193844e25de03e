//! Whose lines are left in the folders of a repository.

use askama::Template;

use crate::ui::view::{Chrome, OwnershipPage, Place};
use crate::ui::{RenderError, route};

#[derive(Template)]
#[template(path = "ownership.html")]
struct Page<'a> {
    chrome: &'a Chrome,
    view: &'a OwnershipPage,
    running: bool,
}

/// Whose lines are left in a folder of a repository.
///
/// # Errors
/// When the template cannot be written.
pub fn ownership(chrome: &Chrome, view: &OwnershipPage) -> Result<String, RenderError> {
    Ok(Page { chrome, view, running: false }.render()?)
}
