//! The overview of a workspace.

use askama::Template;

use super::panel::{DrawnSection, draw};
use crate::ui::view::{Chrome, Overview, PanelState, Place, ReportState, WindowChoice};
use crate::ui::{RenderError, route};

#[derive(Template)]
#[template(path = "overview.html")]
struct Page<'a> {
    chrome: &'a Chrome,
    view: &'a Overview,
    sections: Vec<DrawnSection<'a>>,
    here: String,
    running: bool,
}

/// The overview of a workspace. While a read is under way it refreshes itself, with or without the script.
///
/// # Errors
/// When the template cannot be written.
pub fn overview(chrome: &Chrome, view: &Overview) -> Result<String, RenderError> {
    let page = Page {
        chrome,
        view,
        sections: draw(&view.sections, chrome.slug())?,
        here: route::overview(chrome.slug()),
        running: view.sync.as_ref().is_some_and(|sync| sync.is_running()),
    };
    Ok(page.render()?)
}
