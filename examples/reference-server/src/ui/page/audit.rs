//! The audit log of a workspace.

use askama::Template;

use crate::ui::view::{AuditLog, Chrome, Place};
use crate::ui::{RenderError, route};

#[derive(Template)]
#[template(path = "audit.html")]
struct Page<'a> {
    chrome: &'a Chrome,
    view: &'a AuditLog,
    running: bool,
}

/// The audit log of a workspace.
///
/// # Errors
/// When the template cannot be written.
pub fn audit(chrome: &Chrome, view: &AuditLog) -> Result<String, RenderError> {
    Ok(Page { chrome, view, running: false }.render()?)
}
