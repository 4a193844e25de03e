//! A page that says what went wrong and what to do.

use askama::Template;

use crate::ui::view::{Chrome, Place, Problem};
use crate::ui::{RenderError, route};

#[derive(Template)]
#[template(path = "problem.html")]
struct Page<'a> {
    chrome: &'a Chrome,
    view: &'a Problem,
    running: bool,
}

/// A page that says what went wrong and what to do.
///
/// # Errors
/// When the template cannot be written.
pub fn problem(chrome: &Chrome, view: &Problem) -> Result<String, RenderError> {
    Ok(Page { chrome, view, running: false }.render()?)
}
