//! Sections with their charts drawn.

use crate::ui::view::{Panel, PanelState, Section};
use crate::ui::{Markup, RenderError, route};

/// A panel and its finished charts.
pub(super) struct DrawnPanel<'a> {
    pub(super) panel: &'a Panel,
    pub(super) anchor: String,
    pub(super) definition: String,
    pub(super) charts: Vec<Markup>,
}

/// A section and its finished panels.
pub(super) struct DrawnSection<'a> {
    pub(super) section: &'a Section,
    pub(super) panels: Vec<DrawnPanel<'a>>,
}

/// Draws the charts of all sections; `slug` is the workspace in which definitions are linked.
pub(super) fn draw<'a>(sections: &'a [Section], slug: &str) -> Result<Vec<DrawnSection<'a>>, RenderError> {
    let section = |section: &'a Section| {
        let panels = section.panels.iter().map(|panel| draw_panel(panel, slug));
        Ok(DrawnSection { section, panels: panels.collect::<Result<_, RenderError>>()? })
    };
    sections.iter().map(section).collect()
}

/// Draws the charts of one panel.
pub(super) fn draw_panel<'a>(panel: &'a Panel, slug: &str) -> Result<DrawnPanel<'a>, RenderError> {
    let anchor = route::anchor(&panel.id).replacen("d-", "p-", 1);
    let charts = match &panel.state {
        PanelState::Known(reading) => {
            let draw = |(index, chart): (usize, &crate::ui::chart::Chart)| {
                chart.render(&format!("{anchor}-{index}"))
            };
            reading.charts.iter().enumerate().map(draw).collect::<Result<_, _>>()?
        }
        _ => Vec::new(),
    };
    let definition = route::definition(slug, &panel.id);
    Ok(DrawnPanel { panel, anchor, definition, charts })
}
