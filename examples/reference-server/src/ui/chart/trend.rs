//! A line over time, with its interval as a band, its target as a thin line, and gaps where nothing is known.

use askama::Template;

use super::coord::{Coord, part};
use super::scale;
use crate::ui::number::{Measure, UNKNOWN};
use crate::ui::{Markup, RenderError};

/// A period of a [`Trend`].
#[derive(Debug, Clone, PartialEq)]
pub struct Bucket {
    /// Its name on the axis, such as "2 Mar".
    pub label: String,
    /// Its value; `None` where nothing is known. 0 only where the period was read.
    pub value: Option<f64>,
    /// The interval around the value.
    pub interval: Option<(f64, f64)>,
    /// Whether it has not ended yet: drawn dashed.
    pub partial: bool,
}

/// A line over time. Its axis starts at 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Trend {
    /// What it shows, in words: "Commits per week".
    pub title: String,
    /// What the values measure.
    pub measure: Measure,
    /// What is counted, for the text; may be empty.
    pub unit: String,
    /// The periods, oldest first.
    pub buckets: Vec<Bucket>,
    /// A value to reach, in the same measure.
    pub target: Option<f64>,
    /// Whether it stands in a wide panel and may be taller.
    pub tall: bool,
}

struct Hit {
    x: Coord,
    words: String,
    unknown: bool,
}

struct Dot {
    x: Coord,
    y: Coord,
}

#[derive(Template)]
#[template(path = "chart/trend.html")]
struct Drawing<'a> {
    id: &'a str,
    title: &'a str,
    words: String,
    height: u32,
    bottom: u32,
    plot: u32,
    axis_y: u32,
    end: String,
    first: &'a str,
    last: &'a str,
    width: Coord,
    hits: Vec<Hit>,
    area: String,
    band: String,
    line: String,
    dashed: String,
    dots: Vec<Dot>,
    target: Option<(Coord, String)>,
    caption: Option<&'static str>,
}

/// Where the plot begins below the label of the axis' end.
const TOP: u32 = 16;

impl Trend {
    /// Draws it.
    ///
    /// # Errors
    /// When the template cannot be written.
    pub fn render(&self, id: &str) -> Result<Markup, RenderError> {
        let plot = if self.tall { 144 } else { 64 };
        let end = self.end();
        let target = self.target.map(|value| (self.y(value, end), self.measure.text(value)));
        let drawing = Drawing {
            id,
            title: &self.title,
            words: self.words(),
            height: TOP + plot + 20,
            bottom: TOP + plot,
            plot,
            axis_y: TOP + plot + 15,
            end: self.measure.text(end),
            first: self.buckets.first().map_or("", |bucket| &bucket.label),
            last: self.buckets.last().map_or("", |bucket| &bucket.label),
            width: part(1.0, self.buckets.len() as f64),
            hits: self.hits(),
            area: self.area(end),
            band: self.band(end),
            line: self.line(end, false),
            dashed: self.line(end, true),
            dots: self.dots(end),
            target,
            caption: self.caption(),
        };
        Ok(Markup::written(drawing.render()?))
    }

    fn end(&self) -> f64 {
        let tops = self.buckets.iter().filter_map(|bucket| {
            let value = bucket.value?;
            Some(bucket.interval.map_or(value, |(_, high)| high.max(value)))
        });
        scale::end(self.measure, tops.chain(self.target).fold(0.0, f64::max))
    }

    /// Names the marks that need a name, and only those that occur.
    fn caption(&self) -> Option<&'static str> {
        let unknown = self.buckets.iter().any(|bucket| bucket.value.is_none());
        let partial = self.buckets.iter().any(|bucket| bucket.partial);
        match (unknown, partial) {
            (true, true) => Some("Hatched: unknown · dashed: not ended"),
            (true, false) => Some("Hatched: unknown"),
            (false, true) => Some("Dashed: not ended"),
            (false, false) => None,
        }
    }

    fn x(&self, index: usize) -> Coord {
        part(index as f64 + 0.5, self.buckets.len() as f64)
    }

    fn y(&self, value: f64, end: f64) -> Coord {
        Coord(100.0 - part(value, end).0)
    }

    /// Neighbouring periods with a value, as lists of (index, value).
    fn runs(&self) -> Vec<Vec<(usize, f64)>> {
        let mut runs = vec![Vec::new()];
        for (index, bucket) in self.buckets.iter().enumerate() {
            match (bucket.value, runs.last_mut()) {
                (Some(value), Some(run)) => run.push((index, value)),
                _ => runs.push(Vec::new()),
            }
        }
        runs.retain(|run| !run.is_empty());
        runs
    }

    fn is_partial(&self, index: usize) -> bool {
        self.buckets.get(index).is_some_and(|bucket| bucket.partial)
    }

    /// The line of whole periods, or the dashed pieces that lead to periods that have not ended.
    fn line(&self, end: f64, partial: bool) -> String {
        let mut path = String::new();
        for run in self.runs() {
            for pair in run.windows(2) {
                let [(from, start), (to, stop)] = pair else { continue };
                if self.is_partial(*to) == partial {
                    let (x1, y1, x2, y2) =
                        (self.x(*from), self.y(*start, end), self.x(*to), self.y(*stop, end));
                    path.push_str(&format!("M{x1} {y1}L{x2} {y2}"));
                }
            }
        }
        path
    }

    fn area(&self, end: f64) -> String {
        let mut path = String::new();
        for run in self.runs().iter().filter(|run| run.len() > 1) {
            let (Some((first, _)), Some((last, _))) = (run.first(), run.last()) else { continue };
            path.push_str(&format!("M{} 100", self.x(*first)));
            for (index, value) in run {
                path.push_str(&format!("L{} {}", self.x(*index), self.y(*value, end)));
            }
            path.push_str(&format!("L{} 100Z", self.x(*last)));
        }
        path
    }

    fn band(&self, end: f64) -> String {
        let mut path = String::new();
        for run in self.runs() {
            let edges: Vec<_> = run
                .iter()
                .filter_map(|(index, _)| Some((*index, self.buckets.get(*index)?.interval?)))
                .collect();
            // A run with holes in its interval would draw a band across what has none.
            if edges.len() < 2 || edges.len() != run.len() {
                continue;
            }
            let high = edges.iter().map(|(index, (_, high))| (*index, *high));
            let low = edges.iter().rev().map(|(index, (low, _))| (*index, *low));
            for (step, (index, value)) in high.chain(low).enumerate() {
                let command = if step == 0 { 'M' } else { 'L' };
                path.push_str(&format!("{command}{} {}", self.x(index), self.y(value, end)));
            }
            path.push('Z');
        }
        path
    }

    /// The latest value, and every value that stands alone between unknown ones.
    fn dots(&self, end: f64) -> Vec<Dot> {
        let runs = self.runs();
        let alone = runs.iter().filter(|run| run.len() == 1).flatten();
        let latest = runs.last().filter(|run| run.len() > 1).and_then(|run| run.last());
        alone.chain(latest).map(|(index, value)| Dot { x: self.x(*index), y: self.y(*value, end) }).collect()
    }

    fn hits(&self) -> Vec<Hit> {
        let count = self.buckets.len() as f64;
        let hit = |(index, bucket): (usize, &Bucket)| Hit {
            x: part(index as f64, count),
            words: self.bucket_words(bucket),
            unknown: bucket.value.is_none(),
        };
        self.buckets.iter().enumerate().map(hit).collect()
    }

    fn bucket_words(&self, bucket: &Bucket) -> String {
        let value = match bucket.value {
            Some(value) if self.unit.is_empty() => self.measure.text(value),
            Some(value) => format!("{} {}", self.measure.text(value), self.unit),
            None => UNKNOWN.to_owned(),
        };
        let partial = if bucket.partial { " so far" } else { "" };
        format!("{}: {value}{partial}", bucket.label)
    }

    fn words(&self) -> String {
        if self.buckets.is_empty() {
            return "No data.".to_owned();
        }
        let all: Vec<_> = self.buckets.iter().map(|bucket| self.bucket_words(bucket)).collect();
        let target = self.target.map(|value| format!(" Target: {}.", self.measure.text(value)));
        format!("{}.{}", all.join("; "), target.unwrap_or_default())
    }
}
