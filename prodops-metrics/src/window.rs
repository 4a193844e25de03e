//! The span of time that a report speaks about.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};
use prodops_core::time::Timestamp;
use serde::{Serialize, Serializer};

/// 1989-12-31T00:00:00Z: a day before the first believable commit, so that 1990 fits in every zone.
const FIRST: i64 = 631_065_600_000;
/// 2200-01-02T00:00:00Z.
const LAST: i64 = 7_258_204_800_000;

/// A window cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WindowError {
    /// The name is not in the IANA database.
    #[error("unknown time zone: expected an IANA name such as `Europe/Berlin` or `UTC`")]
    UnknownZone,
    /// It would end before it starts, or where it starts.
    #[error("the window is empty: its end must be later than its start")]
    Empty,
    /// It would reach outside the years that a history can speak about.
    #[error("the window must lie between the years 1990 and 2200")]
    OutOfRange,
}

/// Looks up a zone by its IANA name in the database that is compiled in.
///
/// # Errors
/// [`WindowError::UnknownZone`] for any other name.
pub fn time_zone(name: &str) -> Result<TimeZone, WindowError> {
    TimeZone::get(name).map_err(|_| WindowError::UnknownZone)
}

/// The windows that a page offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(into = "&'static str")]
pub enum Preset {
    /// Today and the 29 days before.
    Last30Days,
    /// Today and the 89 days before.
    Last90Days,
    /// Today and the 364 days before.
    Last365Days,
    /// From the day of the first commit.
    AllHistory,
}

impl Preset {
    /// Every preset, shortest first.
    pub const ALL: [Self; 4] = [Self::Last30Days, Self::Last90Days, Self::Last365Days, Self::AllHistory];

    /// The stable name, for URLs and options.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Last30Days => "30d",
            Self::Last90Days => "90d",
            Self::Last365Days => "365d",
            Self::AllHistory => "all",
        }
    }

    /// The preset of this stable name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.as_str() == name)
    }
}

impl From<Preset> for &'static str {
    fn from(preset: Preset) -> Self {
        preset.as_str()
    }
}

/// A half-open span `[from, to)` of instants, and the zone whose midnights cut it into days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Window {
    from: Timestamp,
    to: Timestamp,
    #[serde(serialize_with = "zone_name")]
    zone: TimeZone,
    preset: Option<Preset>,
}

fn zone_name<S: Serializer>(zone: &TimeZone, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(zone.iana_name().unwrap_or("UTC"))
}

impl Window {
    /// The window `[from, to)`.
    ///
    /// # Errors
    /// [`WindowError::Empty`] unless `from < to`; [`WindowError::OutOfRange`] outside the years 1990 to 2200.
    pub fn between(from: Timestamp, to: Timestamp, zone: TimeZone) -> Result<Self, WindowError> {
        if from.as_millis() < FIRST || to.as_millis() > LAST {
            return Err(WindowError::OutOfRange);
        }
        if from >= to {
            return Err(WindowError::Empty);
        }
        Ok(Self { from, to, zone, preset: None })
    }

    /// From `from` to the end of the day of `as_of`.
    ///
    /// # Errors
    /// As [`Window::between`].
    pub fn since(from: Timestamp, as_of: Timestamp, zone: TimeZone) -> Result<Self, WindowError> {
        let to = midnight(day_of(as_of, &zone), 1.day(), &zone)?;
        Self::between(from, to, zone)
    }

    /// The `days` calendar days that end with the day of `as_of`; that day is part of it, though it is not over.
    ///
    /// # Errors
    /// [`WindowError::Empty`] for 0 days; [`WindowError::OutOfRange`] outside the years 1990 to 2200.
    pub fn last_days(days: u16, as_of: Timestamp, zone: TimeZone) -> Result<Self, WindowError> {
        let today = day_of(as_of, &zone);
        let from = midnight(today, (1 - i64::from(days)).days(), &zone)?;
        let to = midnight(today, 1.day(), &zone)?;
        Self::between(from, to, zone)
    }

    /// A preset as of an instant. [`Preset::AllHistory`] starts in 1990 here; a report narrows it to the first commit.
    ///
    /// # Errors
    /// [`WindowError::OutOfRange`] when `as_of` lies outside the years 1990 to 2200.
    pub fn preset(preset: Preset, as_of: Timestamp, zone: TimeZone) -> Result<Self, WindowError> {
        let window = match preset {
            Preset::Last30Days => Self::last_days(30, as_of, zone)?,
            Preset::Last90Days => Self::last_days(90, as_of, zone)?,
            Preset::Last365Days => Self::last_days(365, as_of, zone)?,
            Preset::AllHistory => {
                let from = Timestamp::from_millis(FIRST).map_err(|_| WindowError::OutOfRange)?;
                // A day of grace: what a clock that runs ahead has stamped is history, too.
                let to = midnight(day_of(as_of, &zone), 2.days(), &zone)?;
                Self::between(from, to, zone)?
            }
        };
        Ok(Self { preset: Some(preset), ..window })
    }

    /// Where it starts; the instant is inside.
    #[must_use]
    pub const fn from(&self) -> Timestamp {
        self.from
    }

    /// Where it ends; the instant is outside.
    #[must_use]
    pub const fn to(&self) -> Timestamp {
        self.to
    }

    /// The zone whose midnights cut it into days.
    #[must_use]
    pub const fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Which preset it is, if any.
    #[must_use]
    pub const fn as_preset(&self) -> Option<Preset> {
        self.preset
    }

    /// Whether the instant lies in it.
    #[must_use]
    pub fn contains(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }

    /// The window of the same length that ends where this one starts: as many calendar days when both ends are
    /// midnights of the zone, else as many milliseconds. `None` for all history and where it would leave the calendar.
    #[must_use]
    pub fn previous(&self) -> Option<Self> {
        if self.preset == Some(Preset::AllHistory) {
            return None;
        }
        let (first, end) = (day_of(self.from, &self.zone), day_of(self.to, &self.zone));
        let whole_days = midnight(first, 0.days(), &self.zone) == Ok(self.from)
            && midnight(end, 0.days(), &self.zone) == Ok(self.to);
        let from = if whole_days {
            midnight(first, -(end - first), &self.zone).ok()?
        } else {
            let length = self.to.as_millis() - self.from.as_millis();
            Timestamp::from_millis(self.from.as_millis() - length).ok()?
        };
        Self::between(from, self.from, self.zone.clone()).ok()
    }

    /// Narrows all history to the days from the first to the last event, or to the day of `as_of`.
    pub(crate) fn narrowed(
        &self,
        first: Option<Timestamp>,
        last: Option<Timestamp>,
        as_of: Timestamp,
    ) -> Self {
        if self.preset != Some(Preset::AllHistory) {
            return self.clone();
        }
        let start = midnight(day_of(first.unwrap_or(as_of), &self.zone), 0.days(), &self.zone);
        let latest = last.map_or(as_of, |last| last.max(as_of));
        let end = midnight(day_of(latest, &self.zone), 1.day(), &self.zone);
        match (start, end) {
            (Ok(from), Ok(to)) if from < to => Self { from, to, ..self.clone() },
            _ => self.clone(),
        }
    }
}

/// The calendar day of an instant.
pub(crate) fn day_of(at: Timestamp, zone: &TimeZone) -> Date {
    zone.to_datetime(at.to_jiff()).date()
}

/// The first instant of the day that lies `shift` from `date`.
pub(crate) fn midnight(date: Date, shift: Span, zone: &TimeZone) -> Result<Timestamp, WindowError> {
    let date = date.checked_add(shift).map_err(|_| WindowError::OutOfRange)?;
    // A midnight that a clock change skips becomes the first instant after it; of two midnights the earlier counts.
    let at = zone.to_timestamp(date.at(0, 0, 0, 0)).map_err(|_| WindowError::OutOfRange)?;
    Ok(at.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn days_are_those_of_the_zone_also_when_the_clocks_change() {
        let berlin = time_zone("Europe/Berlin").unwrap();
        // The clocks went forward on 2026-03-29: the last three days have 71 hours.
        let window = Window::last_days(3, at("2026-03-30T09:00:00Z"), berlin).unwrap();
        assert_eq!(window.from(), at("2026-03-27T23:00:00Z"));
        assert_eq!(window.to(), at("2026-03-30T22:00:00Z"));
        let before = window.previous().unwrap();
        assert_eq!((before.from(), before.to()), (at("2026-03-24T23:00:00Z"), at("2026-03-27T23:00:00Z")));
        assert!(window.contains(window.from()) && !window.contains(window.to()));
    }

    #[test]
    fn a_midnight_that_does_not_exist_is_the_first_instant_after_it() {
        // Beirut moved from 00:00 to 01:00 on 2025-03-30.
        let beirut = time_zone("Asia/Beirut").unwrap();
        let window = Window::last_days(1, at("2025-03-30T12:00:00Z"), beirut).unwrap();
        assert_eq!((window.from(), window.to()), (at("2025-03-29T22:00:00Z"), at("2025-03-30T21:00:00Z")));
    }

    #[test]
    fn odd_windows_are_compared_by_their_length_and_history_with_nothing() {
        let window =
            Window::between(at("2026-01-02T00:00:00Z"), at("2026-01-02T00:00:01.5Z"), TimeZone::UTC).unwrap();
        assert_eq!(window.previous().unwrap().from(), at("2026-01-01T23:59:58.5Z"));
        let all = Window::preset(Preset::AllHistory, at("2026-01-02T00:00:00Z"), TimeZone::UTC).unwrap();
        assert_eq!(all.previous(), None);
    }

    #[test]
    fn impossible_windows_are_refused() {
        let now = at("2026-01-02T00:00:00Z");
        assert_eq!(Window::last_days(0, now, TimeZone::UTC), Err(WindowError::Empty));
        assert_eq!(Window::between(now, now, TimeZone::UTC), Err(WindowError::Empty));
        assert_eq!(
            Window::between(at("1970-01-01T00:00:00Z"), now, TimeZone::UTC),
            Err(WindowError::OutOfRange)
        );
        assert_eq!(
            Window::preset(Preset::AllHistory, at("9999-12-01T00:00:00Z"), TimeZone::UTC),
            Err(WindowError::OutOfRange)
        );
        assert_eq!(time_zone("Mars/Olympus"), Err(WindowError::UnknownZone));
    }

    #[test]
    fn presets_are_known_by_name() {
        for preset in Preset::ALL {
            assert_eq!(Preset::from_name(preset.as_str()), Some(preset));
        }
        assert_eq!(Preset::from_name("1d"), None);
    }
}
