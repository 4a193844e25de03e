//! Server-rendered SVG charts: no scripts, no inline styles, the numbers always there as text too.
//!
//! Every chart fills the width it is given: marks are placed in per cent, text and strokes in CSS pixels, so that neither
//! is ever stretched. Colours come from the classes of the style sheet. A part that is not known is hatched and said to
//! be unknown; it is never drawn as 0.

mod bars;
mod coord;
mod distribution;
mod punch_card;
mod scale;
mod share_bar;
mod shares_over_time;
mod trend;

pub use bars::{Bar, Bars};
pub use distribution::{Distribution, Spacing};
pub use punch_card::PunchCard;
pub use share_bar::{Share, ShareBar};
pub use shares_over_time::{ShareColumn, SharesOverTime};
pub use trend::{Bucket, Trend};

use super::{Markup, RenderError};

/// Any of the charts.
#[derive(Debug, Clone, PartialEq)]
pub enum Chart {
    /// A line over time.
    Trend(Trend),
    /// One bar, split.
    ShareBar(ShareBar),
    /// A split column per period.
    SharesOverTime(SharesOverTime),
    /// Horizontal bars.
    Bars(Bars),
    /// A box with dots.
    Distribution(Distribution),
    /// Weekday by hour.
    PunchCard(PunchCard),
}

impl Chart {
    /// The chart as HTML. `id` must be unique on the page and made of letters, digits and `-`.
    ///
    /// # Errors
    /// When the template cannot be written.
    pub fn render(&self, id: &str) -> Result<Markup, RenderError> {
        match self {
            Self::Trend(chart) => chart.render(id),
            Self::ShareBar(chart) => chart.render(id),
            Self::SharesOverTime(chart) => chart.render(id),
            Self::Bars(chart) => chart.render(id),
            Self::Distribution(chart) => chart.render(id),
            Self::PunchCard(chart) => chart.render(id),
        }
    }
}

#[cfg(test)]
mod tests;
