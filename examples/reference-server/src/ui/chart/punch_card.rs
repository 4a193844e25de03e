//! When work happens: weekday by hour, the area of a dot for how much.

use askama::Template;

use super::coord::Coord;
use crate::ui::number::thousands;
use crate::ui::{Markup, RenderError};

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
/// From one weekday to the next.
const PITCH: u32 = 18;
/// Where the hours begin, in per cent of the width: room for the weekdays before them.
const LEFT: f64 = 11.0;
const HOUR: f64 = (100.0 - LEFT) / 24.0;

/// Weekday by hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PunchCard {
    /// What it shows, in words.
    pub title: String,
    /// What is counted, such as "commits".
    pub unit: String,
    /// How many, Monday first, each day from hour 0 to hour 23.
    pub cells: Box<[[u64; 24]; 7]>,
    /// The hours that count as working hours on Monday to Friday, `from` inclusive, `to` exclusive.
    pub working: Option<(u8, u8)>,
}

struct Mark {
    x: Coord,
    y: u32,
    radius: Coord,
    words: String,
    outside: bool,
}

struct Line {
    y: u32,
    text: &'static str,
}

#[derive(Template)]
#[template(path = "chart/punch_card.html")]
struct Drawing<'a> {
    id: &'a str,
    title: &'a str,
    words: String,
    working: Option<(Coord, Coord)>,
    days: Vec<Line>,
    hours: Vec<(Coord, &'static str)>,
    marks: Vec<Mark>,
}

impl PunchCard {
    /// Draws it.
    ///
    /// # Errors
    /// When the template cannot be written.
    pub fn render(&self, id: &str) -> Result<Markup, RenderError> {
        let working = self
            .working
            .map(|(from, to)| (Coord(x(f64::from(from))), Coord(f64::from(to.saturating_sub(from)) * HOUR)));
        let drawing = Drawing {
            id,
            title: &self.title,
            words: self.words(),
            working,
            days: (0_u32..).zip(DAYS).map(|(row, text)| Line { y: row * PITCH + 13, text }).collect(),
            hours: [(0.0, "0"), (6.0, "6"), (12.0, "12"), (18.0, "18")]
                .map(|(hour, text)| (Coord(x(hour + 0.5)), text))
                .to_vec(),
            marks: self.marks(),
        };
        Ok(Markup::written(drawing.render()?))
    }

    fn marks(&self) -> Vec<Mark> {
        let most = self.cells.iter().flatten().copied().max().unwrap_or(0);
        let mut marks = Vec::new();
        for ((row, day), hours) in (0_u32..).zip(DAYS).zip(self.cells.iter()) {
            for (hour, n) in (0_u8..).zip(hours).filter(|(_, n)| **n > 0) {
                marks.push(Mark {
                    x: Coord(x(f64::from(hour) + 0.5)),
                    y: row * PITCH + 9,
                    // Area, not radius, stands for the number; the smallest mark stays visible.
                    radius: Coord((*n as f64 / most as f64).sqrt().mul_add(4.4, 0.8)),
                    words: format!("{day} {hour}:00: {} {}", thousands(*n), self.unit),
                    outside: self.is_outside(row, hour),
                });
            }
        }
        marks
    }

    fn is_outside(&self, day: u32, hour: u8) -> bool {
        self.working.is_some_and(|(from, to)| day > 4 || !(from..to).contains(&hour))
    }

    fn words(&self) -> String {
        let totals = DAYS.iter().zip(self.cells.iter()).map(|(day, hours)| {
            let total = hours.iter().sum();
            let busiest = hours.iter().zip(0_u8..).max_by_key(|(n, hour)| (**n, u8::MAX - hour));
            match busiest {
                Some((n, hour)) if *n > 0 => format!("{day}: {}, most at {hour}:00", thousands(total)),
                _ => format!("{day}: none"),
            }
        });
        format!("{} by weekday and hour. {}.", self.unit, totals.collect::<Vec<_>>().join("; "))
    }
}

fn x(hour: f64) -> f64 {
    hour.mul_add(HOUR, LEFT)
}
