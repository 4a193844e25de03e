//! The shares of kinds of work, one split column per period.

use askama::Template;

use super::coord::{Coord, part};
use crate::ui::number::{UNKNOWN, percent};
use crate::ui::palette::WorkKind;
use crate::ui::{Markup, RenderError};

/// A period.
#[derive(Debug, Clone, PartialEq)]
pub struct ShareColumn {
    /// Its name, such as "2 Mar".
    pub label: String,
    /// Weight by kind: `None` where nothing is known, empty where nothing happened.
    pub weights: Option<Vec<(WorkKind, f64)>>,
}

/// A split column per period; the whole column is 100 %. Its legend is that of the [`super::ShareBar`] beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct SharesOverTime {
    /// What it shows, in words.
    pub title: String,
    /// The periods, oldest first.
    pub columns: Vec<ShareColumn>,
}

struct Piece {
    y: Coord,
    height: Coord,
    kind: WorkKind,
}

struct Column {
    x: Coord,
    words: String,
    unknown: bool,
    pieces: Vec<Piece>,
}

#[derive(Template)]
#[template(path = "chart/shares_over_time.html")]
struct Drawing<'a> {
    id: &'a str,
    title: &'a str,
    words: String,
    width: Coord,
    columns: Vec<Column>,
    first: &'a str,
    last: &'a str,
    gaps: bool,
}

const HEIGHT: f64 = 140.0;

impl SharesOverTime {
    /// Draws it.
    ///
    /// # Errors
    /// When the template cannot be written.
    pub fn render(&self, id: &str) -> Result<Markup, RenderError> {
        let count = self.columns.len() as f64;
        let columns: Vec<_> = self
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| Column {
                x: part(index as f64, count),
                words: column.words(),
                unknown: column.weights.is_none(),
                pieces: column.pieces(),
            })
            .collect();
        let texts: Vec<_> = columns.iter().map(|column| column.words.as_str()).collect();
        let words = if texts.is_empty() { "No data.".to_owned() } else { format!("{}.", texts.join("; ")) };
        let drawing = Drawing {
            id,
            title: &self.title,
            words,
            width: part(1.0, count),
            gaps: columns.iter().any(|column| column.unknown),
            columns,
            first: self.columns.first().map_or("", |column| &column.label),
            last: self.columns.last().map_or("", |column| &column.label),
        };
        Ok(Markup::written(drawing.render()?))
    }
}

impl ShareColumn {
    /// Kinds with a weight in their order, as parts of the whole.
    fn shares(&self) -> Vec<(WorkKind, f64)> {
        let weights = self.weights.as_deref().unwrap_or_default();
        let total: f64 = weights.iter().map(|(_, weight)| weight.max(0.0)).sum();
        let weight = |kind| weights.iter().find(|(other, _)| *other == kind).map(|(_, weight)| *weight);
        let share = |kind| weight(kind).filter(|weight| *weight > 0.0).map(|weight| (kind, weight / total));
        WorkKind::ALL.into_iter().filter_map(share).collect()
    }

    /// The pieces of the column, the first kind at the bottom.
    fn pieces(&self) -> Vec<Piece> {
        let mut top = HEIGHT;
        let mut pieces = Vec::new();
        for (kind, share) in self.shares() {
            let height = share * HEIGHT;
            top -= height;
            pieces.push(Piece { y: Coord(top.max(0.0)), height: Coord(height), kind });
        }
        pieces
    }

    fn words(&self) -> String {
        let shares = self.shares();
        let parts: Vec<_> =
            shares.iter().map(|(kind, share)| format!("{} {}", kind.label(), percent(*share))).collect();
        match (&self.weights, parts.is_empty()) {
            (None, _) => format!("{}: {UNKNOWN}", self.label),
            (Some(_), true) => format!("{}: nothing", self.label),
            (Some(_), false) => format!("{}: {}", self.label, parts.join(", ")),
        }
    }
}
