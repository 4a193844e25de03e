//! How values spread: a box from p25 to p75 around the median, a whisker to p90, and the values as dots.

use askama::Template;

use super::coord::{Coord, part};
use super::scale;
use crate::ui::number::Measure;
use crate::ui::{Markup, RenderError};

/// How values are placed along the axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Spacing {
    /// Evenly.
    Linear,
    /// By their logarithm, for sizes and durations that span several powers of ten.
    Logarithmic,
}

/// A spread of values. A linear axis starts at 0, a logarithmic one at the last step below every value.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    /// What it shows, in words.
    pub title: String,
    /// What the values measure.
    pub measure: Measure,
    /// What is counted, for the text; may be empty.
    pub unit: String,
    /// How values are placed.
    pub spacing: Spacing,
    /// A quarter lies below.
    pub p25: f64,
    /// The median.
    pub p50: f64,
    /// Three quarters lie below.
    pub p75: f64,
    /// Nine in ten lie below.
    pub p90: f64,
    /// Values, or an even sample of at most a few hundred, in any order; may be empty.
    pub dots: Vec<f64>,
}

struct Dot {
    x: Coord,
    y: Coord,
}

struct Tick {
    x: Coord,
    text: String,
    anchor: &'static str,
}

#[derive(Template)]
#[template(path = "chart/distribution.html")]
struct Drawing<'a> {
    id: &'a str,
    title: &'a str,
    words: String,
    p25: Coord,
    p50: Coord,
    p75: Coord,
    p90: Coord,
    middle: Coord,
    show_p90: bool,
    dots: Vec<Dot>,
    ticks: Vec<Tick>,
}

impl Distribution {
    /// Draws it.
    ///
    /// # Errors
    /// When the template cannot be written.
    pub fn render(&self, id: &str) -> Result<Markup, RenderError> {
        let axis = self.axis();
        let (p25, p50, p75, p90) =
            (self.x(self.p25, axis), self.x(self.p50, axis), self.x(self.p75, axis), self.x(self.p90, axis));
        let drawing = Drawing {
            id,
            title: &self.title,
            words: self.words(),
            p25,
            p50,
            p75,
            p90,
            middle: Coord((p75.0 - p25.0).max(0.0)),
            // Closer together the two names would run into each other on a narrow screen.
            show_p90: p90.0 - p50.0 >= 14.0,
            dots: self.dots(axis),
            ticks: self.ticks(axis),
        };
        Ok(Markup::written(drawing.render()?))
    }

    /// Where the axis starts and ends. A linear one ends a little beyond p90: what lies further out stands at its edge.
    fn axis(&self) -> (f64, f64) {
        match self.spacing {
            Spacing::Linear => (0.0, scale::end(self.measure, self.p90 * 1.1)),
            Spacing::Logarithmic => {
                let smallest = self.dots.iter().copied().fold(self.p25, f64::min);
                let largest = self.dots.iter().copied().fold(self.p90 * 2.0, f64::max).max(10.0);
                let start = scale::steps(self.measure, smallest, largest).first().copied();
                (start.unwrap_or(0.0), largest)
            }
        }
    }

    fn x(&self, value: f64, (start, end): (f64, f64)) -> Coord {
        // The 1 keeps 0 on a logarithmic axis.
        let log = |value: f64| (value.max(0.0) + 1.0).ln();
        match self.spacing {
            Spacing::Linear => part(value, end),
            Spacing::Logarithmic => part(log(value) - log(start), log(end) - log(start)),
        }
    }

    /// Dots in five lanes, so that neighbours stay visible.
    fn dots(&self, axis: (f64, f64)) -> Vec<Dot> {
        let lanes = [40.0, 46.0, 37.0, 49.0, 43.0];
        let mut sorted = self.dots.clone();
        sorted.sort_by(f64::total_cmp);
        let lane = lanes.into_iter().cycle();
        sorted.into_iter().zip(lane).map(|(value, y)| Dot { x: self.x(value, axis), y: Coord(y) }).collect()
    }

    fn ticks(&self, axis: (f64, f64)) -> Vec<Tick> {
        let (start, end) = axis;
        let values = match self.spacing {
            Spacing::Linear => vec![0.0, end / 2.0, end],
            Spacing::Logarithmic => scale::steps(self.measure, start, end),
        };
        let mut ticks: Vec<Tick> = Vec::new();
        for value in values {
            let x = self.x(value, axis);
            let room = ticks.last().is_none_or(|last| x.0 - last.x.0 >= 12.0);
            if room {
                let anchor = if x.0 < 6.0 {
                    "start"
                } else if x.0 > 94.0 {
                    "end"
                } else {
                    "middle"
                };
                ticks.push(Tick { x, text: self.measure.text(value), anchor });
            }
        }
        ticks
    }

    fn words(&self) -> String {
        let text = |value| self.measure.text(value);
        let unit = if self.unit.is_empty() { String::new() } else { format!(" {}", self.unit) };
        format!(
            "Median {}{unit}; a quarter below {}; three quarters below {}; nine in ten below {}.",
            text(self.p50),
            text(self.p25),
            text(self.p75),
            text(self.p90)
        )
    }
}
