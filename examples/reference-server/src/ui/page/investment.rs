//! What the days of a workspace go into, and the commits behind one kind of work.

use askama::Template;

use super::panel::{DrawnPanel, draw_panel};
use crate::ui::view::{Chrome, Investment, InvestmentCommits, PanelState, Place, WindowChoice};
use crate::ui::{RenderError, route};

#[derive(Template)]
#[template(path = "investment.html")]
struct Page<'a> {
    chrome: &'a Chrome,
    view: &'a Investment,
    drawn: DrawnPanel<'a>,
    here: String,
    running: bool,
}

#[derive(Template)]
#[template(path = "investment_commits.html")]
struct CommitsPage<'a> {
    chrome: &'a Chrome,
    view: &'a InvestmentCommits,
    here: String,
    running: bool,
}

/// What the days of a workspace go into.
///
/// # Errors
/// When the template cannot be written.
pub fn investment(chrome: &Chrome, view: &Investment) -> Result<String, RenderError> {
    let drawn = draw_panel(&view.panel, chrome.slug())?;
    Ok(Page { chrome, view, drawn, here: route::investment(chrome.slug()), running: false }.render()?)
}

/// The commits behind one kind of work.
///
/// # Errors
/// When the template cannot be written.
pub fn investment_commits(chrome: &Chrome, view: &InvestmentCommits) -> Result<String, RenderError> {
    let here = route::investment_commits(chrome.slug(), view.kind.name());
    Ok(CommitsPage { chrome, view, here, running: false }.render()?)
}
