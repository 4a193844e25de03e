//! What the work on lines was, and the commits that have lines of one kind.

use askama::Template;

use super::panel::{DrawnPanel, draw_panel};
use crate::ui::view::{Chrome, PanelState, Place, WindowChoice, Work, WorkCommits};
use crate::ui::{RenderError, route};

#[derive(Template)]
#[template(path = "work.html")]
struct Page<'a> {
    chrome: &'a Chrome,
    view: &'a Work,
    panels: Vec<DrawnPanel<'a>>,
    here: String,
    running: bool,
}

#[derive(Template)]
#[template(path = "work_commits.html")]
struct CommitsPage<'a> {
    chrome: &'a Chrome,
    view: &'a WorkCommits,
    here: String,
    running: bool,
}

/// What the work on lines was.
///
/// # Errors
/// When the template cannot be written.
pub fn work(chrome: &Chrome, view: &Work) -> Result<String, RenderError> {
    let panels =
        view.panels.iter().map(|panel| draw_panel(panel, chrome.slug())).collect::<Result<_, _>>()?;
    Ok(Page { chrome, view, panels, here: route::work(chrome.slug()), running: false }.render()?)
}

/// The commits that have lines of one kind.
///
/// # Errors
/// When the template cannot be written.
pub fn work_commits(chrome: &Chrome, view: &WorkCommits) -> Result<String, RenderError> {
    let here = route::work_commits(chrome.slug(), &view.name);
    Ok(CommitsPage { chrome, view, here, running: false }.render()?)
}
