//! Horizontal bars, each under its own name and value.

use askama::Template;

use super::coord::{Coord, part};
use crate::ui::number::Measure;
use crate::ui::palette::WorkKind;
use crate::ui::{Label, Markup, RenderError};

/// One bar.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// Its name.
    pub label: Label,
    /// Its length in the measure of the chart.
    pub value: f64,
    /// A second figure in words, such as "18 %"; may be empty.
    pub note: String,
    /// The kind of work it stands for, which gives it its colour.
    pub kind: Option<WorkKind>,
}

/// Horizontal bars, longest first by the caller's choice. Their axis starts at 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Bars {
    /// What they show, in words.
    pub title: String,
    /// What their lengths measure.
    pub measure: Measure,
    /// What a full track stands for; without it the longest bar fills its track.
    pub whole: Option<f64>,
    /// The bars.
    pub bars: Vec<Bar>,
}

struct Row<'a> {
    text_y: u32,
    track_y: u32,
    width: Coord,
    label: &'a Label,
    value: String,
    note: &'a str,
    kind: Option<WorkKind>,
}

#[derive(Template)]
#[template(path = "chart/bars.html")]
struct Drawing<'a> {
    id: &'a str,
    title: &'a str,
    words: String,
    height: u32,
    rows: Vec<Row<'a>>,
}

/// From one bar to the next.
const PITCH: u32 = 36;

impl Bars {
    /// Draws them.
    ///
    /// # Errors
    /// When the template cannot be written.
    pub fn render(&self, id: &str) -> Result<Markup, RenderError> {
        let longest = self.bars.iter().map(|bar| bar.value).fold(0.0, f64::max);
        let whole = self.whole.unwrap_or(longest);
        let tops = (0_u32..).map(|row| row * PITCH);
        let rows: Vec<_> = self.bars.iter().zip(tops).map(|(bar, top)| self.row(bar, top, whole)).collect();
        // A chart has few rows; the height saturates long after it became useless.
        let height = u32::try_from(rows.len()).unwrap_or(u32::MAX).saturating_mul(PITCH);
        let drawing = Drawing { id, title: &self.title, words: words(&rows), height, rows };
        Ok(Markup::written(drawing.render()?))
    }

    fn row<'a>(&self, bar: &'a Bar, top: u32, whole: f64) -> Row<'a> {
        Row {
            text_y: top + 13,
            track_y: top + 20,
            width: part(bar.value, whole),
            label: &bar.label,
            value: self.measure.text(bar.value),
            note: &bar.note,
            kind: bar.kind,
        }
    }
}

fn words(rows: &[Row<'_>]) -> String {
    if rows.is_empty() {
        return "No data.".to_owned();
    }
    let sentence = |row: &Row<'_>| {
        let note = if row.note.is_empty() { String::new() } else { format!(" ({})", row.note) };
        format!("{}: {}{note}", row.label, row.value)
    };
    format!("{}.", rows.iter().map(sentence).collect::<Vec<_>>().join("; "))
}
