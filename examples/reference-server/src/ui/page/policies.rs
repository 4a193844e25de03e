//! Who may do what in a workspace.

use askama::Template;

use crate::ui::view::{Chrome, Place, Policies};
use crate::ui::{RenderError, route};

#[derive(Template)]
#[template(path = "policies.html")]
struct Page<'a> {
    chrome: &'a Chrome,
    view: &'a Policies,
    running: bool,
}

/// The policies of a workspace.
///
/// # Errors
/// When the template cannot be written.
pub fn policies(chrome: &Chrome, view: &Policies) -> Result<String, RenderError> {
    Ok(Page { chrome, view, running: false }.render()?)
}
