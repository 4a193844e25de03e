//! One bar, split into the shares of kinds of work, with a legend that names every part.

use askama::Template;

use super::coord::{Coord, part};
use crate::ui::number::{percent, thousands};
use crate::ui::palette::WorkKind;
use crate::ui::{Markup, RenderError};

/// How much of one kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// The kind.
    pub kind: WorkKind,
    /// Its weight; shares are weights divided by their sum.
    pub weight: f64,
    /// How many things are behind it.
    pub n: u64,
}

/// One bar, split. Shown in the order of [`WorkKind::ALL`]; kinds without weight are left out.
#[derive(Debug, Clone, PartialEq)]
pub struct ShareBar {
    /// What it shows, in words.
    pub title: String,
    /// What `n` counts, such as "commits".
    pub unit: String,
    /// The parts, each kind at most once.
    pub shares: Vec<Share>,
}

/// A part as drawn; also a line of the legend.
pub(super) struct Segment {
    pub(super) x: Coord,
    pub(super) width: Coord,
    pub(super) kind: WorkKind,
    pub(super) share: String,
    pub(super) n: String,
}

#[derive(Template)]
#[template(path = "chart/share_bar.html")]
struct Drawing<'a> {
    id: &'a str,
    title: &'a str,
    words: String,
    unit: &'a str,
    segments: Vec<Segment>,
}

impl ShareBar {
    /// Draws it.
    ///
    /// # Errors
    /// When the template cannot be written.
    pub fn render(&self, id: &str) -> Result<Markup, RenderError> {
        let segments = self.segments();
        let words = words(&segments);
        let drawing = Drawing { id, title: &self.title, words, unit: &self.unit, segments };
        Ok(Markup::written(drawing.render()?))
    }

    fn segments(&self) -> Vec<Segment> {
        let total: f64 = self.shares.iter().map(|share| share.weight.max(0.0)).sum();
        let mut before = 0.0;
        let mut segments = Vec::new();
        for kind in WorkKind::ALL {
            let Some(share) = self.shares.iter().find(|share| share.kind == kind && share.weight > 0.0)
            else {
                continue;
            };
            segments.push(Segment {
                x: part(before, total),
                width: part(share.weight, total),
                kind,
                share: percent(share.weight / total),
                n: thousands(share.n),
            });
            before += share.weight;
        }
        segments
    }
}

fn words(segments: &[Segment]) -> String {
    if segments.is_empty() {
        return "No data.".to_owned();
    }
    let all: Vec<_> = segments.iter().map(|s| format!("{} {}", s.kind.label(), s.share)).collect();
    format!("{}.", all.join("; "))
}
