//! The page for those who have no session.

use askama::Template;

use crate::ui::view::{Chrome, Place, SignIn};
use crate::ui::{RenderError, route};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct Page<'a> {
    chrome: &'a Chrome,
    view: &'a SignIn,
    running: bool,
}

/// The page for those who have no session.
///
/// # Errors
/// When the template cannot be written.
pub fn sign_in(chrome: &Chrome, view: &SignIn) -> Result<String, RenderError> {
    Ok(Page { chrome, view, running: false }.render()?)
}
