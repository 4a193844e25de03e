//! Cutting a window into the steps of a chart.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};
use prodops_core::time::Timestamp;
use serde::Serialize;

use crate::window::{Window, day_of, midnight};

/// The most steps that a chart has.
pub const MAX_BUCKETS: usize = 60;

/// The length of one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BucketUnit {
    /// Calendar days.
    Day,
    /// ISO weeks: Monday to Sunday.
    Week,
    /// Calendar months.
    Month,
    /// Quarters of the calendar year.
    Quarter,
    /// Calendar years.
    Year,
    /// Calendar decades.
    Decade,
}

impl BucketUnit {
    /// From the shortest step to the longest.
    const ALL: [Self; 6] = [Self::Day, Self::Week, Self::Month, Self::Quarter, Self::Year, Self::Decade];

    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
            Self::Decade => "decade",
        }
    }

    fn span(self) -> Span {
        match self {
            Self::Day => 1.day(),
            Self::Week => 1.week(),
            Self::Month => 1.month(),
            Self::Quarter => 3.months(),
            Self::Year => 1.year(),
            Self::Decade => 10.years(),
        }
    }

    /// The first day of the step that holds `date`.
    fn first_day(self, date: Date) -> Date {
        let january = |year: i16| Date::new(year, 1, 1).unwrap_or(date);
        match self {
            Self::Day => date,
            Self::Week => {
                let back = i64::from(date.weekday().since(Weekday::Monday));
                date.saturating_sub(back.days())
            }
            Self::Month => date.first_of_month(),
            Self::Quarter => {
                let month = (date.month() - 1) / 3 * 3 + 1;
                Date::new(date.year(), month, 1).unwrap_or(date)
            }
            Self::Year => january(date.year()),
            Self::Decade => january(date.year().div_euclid(10) * 10),
        }
    }
}

/// The steps of a window: their borders, and whether the outer two are cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Buckets {
    pub(crate) unit: BucketUnit,
    /// One more than there are steps, rising.
    borders: Vec<Timestamp>,
    /// The first step starts before the window, the last ends after it.
    cut: (bool, bool),
}

impl Buckets {
    /// The steps of this unit; the first and the last are cut at the ends of the window.
    pub(crate) fn of(window: &Window, unit: BucketUnit) -> Self {
        let mut borders = vec![window.from()];
        let mut first = unit.first_day(day_of(window.from(), window.zone()));
        let start = midnight(first, 0.days(), window.zone());
        let mut end = window.to();
        while let Ok(next) = first.checked_add(unit.span()) {
            first = next;
            match midnight(first, 0.days(), window.zone()) {
                Ok(border) if border < window.to() => borders.push(border),
                Ok(border) => {
                    end = border;
                    break;
                }
                Err(_) => break,
            }
        }
        borders.push(window.to());
        Self { unit, borders, cut: (start.is_ok_and(|at| at < window.from()), end > window.to()) }
    }

    /// The shortest unit that needs no more than [`MAX_BUCKETS`] steps.
    pub(crate) fn for_chart(window: &Window) -> Self {
        let days = (window.to().as_millis() - window.from().as_millis()) / 86_400_000;
        let most = i64::try_from(MAX_BUCKETS).unwrap_or(i64::MAX);
        // Without the look at the length, two centuries would first be cut into days.
        let fitting = BucketUnit::ALL.into_iter().filter(|unit| match unit {
            BucketUnit::Day => days <= most,
            BucketUnit::Week => days <= most * 7,
            _ => true,
        });
        let found = fitting.map(|unit| Self::of(window, unit)).find(|buckets| buckets.len() <= MAX_BUCKETS);
        found.unwrap_or_else(|| Self::of(window, BucketUnit::Decade))
    }

    pub(crate) fn len(&self) -> usize {
        self.borders.len().saturating_sub(1)
    }

    /// Which step holds the instant.
    pub(crate) fn index(&self, at: Timestamp) -> Option<usize> {
        let after = self.borders.partition_point(|border| *border <= at);
        after.checked_sub(1).filter(|index| *index < self.len())
    }

    /// Start, end and wholeness of every step.
    pub(crate) fn spans(&self) -> impl Iterator<Item = (Timestamp, Timestamp, bool)> {
        let last = self.len().saturating_sub(1);
        self.borders.iter().zip(self.borders.iter().skip(1)).enumerate().map(move |(index, (from, to))| {
            let cut = (index == 0 && self.cut.0) || (index == last && self.cut.1);
            (*from, *to, !cut)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::window::time_zone;

    fn window(from: &str, to: &str) -> Window {
        Window::between(from.parse().unwrap(), to.parse().unwrap(), time_zone("Europe/Berlin").unwrap())
            .unwrap()
    }

    #[test]
    fn the_unit_follows_the_length() {
        let cases = [
            ("2026-01-01T00:00:00Z", "2026-01-31T00:00:00Z", BucketUnit::Day),
            ("2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z", BucketUnit::Week),
            ("2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z", BucketUnit::Week),
            ("2022-01-01T00:00:00Z", "2026-01-01T00:00:00Z", BucketUnit::Month),
            ("2013-01-01T00:00:00Z", "2026-01-01T00:00:00Z", BucketUnit::Quarter),
            ("1991-01-01T00:00:00Z", "2026-01-01T00:00:00Z", BucketUnit::Year),
            ("1991-01-01T00:00:00Z", "2199-01-01T00:00:00Z", BucketUnit::Decade),
        ];
        for (from, to, unit) in cases {
            let buckets = Buckets::for_chart(&window(from, to));
            assert_eq!(buckets.unit, unit, "{from}");
            assert!(buckets.len() <= MAX_BUCKETS, "{from}");
        }
    }

    #[test]
    fn weeks_start_on_monday_and_cut_ones_say_so() {
        // 2025-12-31 in Berlin is a Wednesday; the window ends on Monday 2026-01-12.
        let buckets = Buckets::of(&window("2025-12-30T23:00:00Z", "2026-01-11T23:00:00Z"), BucketUnit::Week);
        let spans: Vec<_> = buckets.spans().map(|(from, _, whole)| (from.to_string(), whole)).collect();
        let expected =
            [("2025-12-30T23:00:00Z".to_owned(), false), ("2026-01-04T23:00:00Z".to_owned(), true)];
        assert_eq!(spans, expected);
    }

    #[test]
    fn every_instant_has_one_step_and_days_of_clock_change_are_shorter() {
        let buckets = Buckets::of(&window("2026-03-27T23:00:00Z", "2026-03-30T22:00:00Z"), BucketUnit::Day);
        let hours: Vec<_> = buckets.spans().map(|(from, to, _)| to.seconds_since(from) / 3600).collect();
        assert_eq!(hours, [24, 23, 24]);
        let index = |text: &str| buckets.index(text.parse().unwrap());
        assert_eq!(index("2026-03-27T22:59:59.999Z"), None);
        assert_eq!(index("2026-03-27T23:00:00Z"), Some(0));
        assert_eq!(index("2026-03-29T21:59:59.999Z"), Some(1));
        assert_eq!(index("2026-03-29T22:00:00Z"), Some(2));
        assert_eq!(index("2026-03-30T22:00:00Z"), None);
    }
}
