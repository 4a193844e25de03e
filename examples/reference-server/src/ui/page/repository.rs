//! The page of one repository.

use askama::Template;

use super::panel::{DrawnSection, draw};
use crate::ui::view::{Chrome, PanelState, Place, ReportState, RepositoryPage, WindowChoice};
use crate::ui::{RenderError, route};

#[derive(Template)]
#[template(path = "repository.html")]
struct Page<'a> {
    chrome: &'a Chrome,
    view: &'a RepositoryPage,
    sections: Vec<DrawnSection<'a>>,
    here: String,
    running: bool,
}

/// The page of one repository.
///
/// # Errors
/// When the template cannot be written.
pub fn repository(chrome: &Chrome, view: &RepositoryPage) -> Result<String, RenderError> {
    let page = Page {
        chrome,
        view,
        sections: draw(&view.sections, chrome.slug())?,
        here: route::repository(chrome.slug(), &view.id),
        running: view.sync.as_ref().is_some_and(|sync| sync.is_running()),
    };
    Ok(page.render()?)
}
