//! Instants: milliseconds since 1970 in UTC, and the wall clock they were read on.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An instant in UTC with millisecond precision, between the years −9999 and 9999.
///
/// As text (JSON) it is RFC 3339; in compact formats a signed integer of milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// A number or text names no instant between the years −9999 and 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an instant between the years -9999 and 9999 in RFC 3339")]
pub struct TimestampError;

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const UNIX_EPOCH: Self = Self(0);

    /// The instant so many milliseconds after 1970.
    ///
    /// # Errors
    /// Outside the years −9999 to 9999.
    pub fn from_millis(millis: i64) -> Result<Self, TimestampError> {
        jiff::Timestamp::from_millisecond(millis).map(|_| Self(millis)).map_err(|_| TimestampError)
    }

    /// The instant so many seconds after 1970.
    ///
    /// # Errors
    /// Outside the years −9999 to 9999.
    pub fn from_seconds(seconds: i64) -> Result<Self, TimestampError> {
        seconds.checked_mul(1000).ok_or(TimestampError).and_then(Self::from_millis)
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, rounded towards the past.
    #[must_use]
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Whole seconds from `earlier` to this instant; negative when `earlier` is later.
    #[must_use]
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).div_euclid(1000)
    }

    /// This instant moved by so many seconds, held at the ends of the range.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        let moved = self.0.saturating_add(seconds.saturating_mul(1000));
        // Whole seconds: jiff refuses the last fraction of its own range in milliseconds.
        let (first, last) =
            (jiff::Timestamp::MIN.as_second() * 1000, jiff::Timestamp::MAX.as_second() * 1000);
        Self(moved.clamp(first, last))
    }

    /// The same instant in `jiff`, for calendars and zones.
    #[must_use]
    pub fn to_jiff(self) -> jiff::Timestamp {
        // INVARIANT: every constructor keeps the value inside jiff's range, so the fallback is never taken.
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

impl From<jiff::Timestamp> for Timestamp {
    fn from(instant: jiff::Timestamp) -> Self {
        Self(instant.as_millisecond())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.to_jiff(), f)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timestamp({self})")
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;
    fn from_str(text: &str) -> Result<Self, TimestampError> {
        text.parse::<jiff::Timestamp>().map(Self::from).map_err(|_| TimestampError)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_i64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
        } else {
            Self::from_millis(i64::deserialize(deserializer)?).map_err(de::Error::custom)
        }
    }
}

/// An instant and the offset of the clock that it was read on: "19:30 where the author sat".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OffsetTimestamp {
    /// The instant.
    pub at: Timestamp,
    /// Minutes east of UTC, as the source stated it, within ±26 hours.
    pub offset_minutes: i16,
}

impl OffsetTimestamp {
    /// The wall-clock reading at the source.
    #[must_use]
    pub fn local(self) -> jiff::civil::DateTime {
        let offset = jiff::tz::Offset::from_seconds(i32::from(self.offset_minutes) * 60);
        offset.unwrap_or(jiff::tz::Offset::UTC).to_datetime(self.at.to_jiff())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_compact_forms_round_trip() {
        let instant: Timestamp = "2106-02-07T06:28:16.5Z".parse().unwrap();
        assert_eq!(serde_json::to_string(&instant).unwrap(), "\"2106-02-07T06:28:16.5Z\"");
        assert_eq!(serde_json::from_str::<Timestamp>("\"2106-02-07T06:28:16.5Z\"").unwrap(), instant);
        let bytes = postcard::to_stdvec(&instant).unwrap();
        assert_eq!(postcard::from_bytes::<Timestamp>(&bytes).unwrap(), instant);
    }

    #[test]
    fn instants_outside_the_calendar_are_refused_and_arithmetic_stops_at_its_ends() {
        assert_eq!(Timestamp::from_seconds(i64::MAX), Err(TimestampError));
        let end = Timestamp::UNIX_EPOCH.plus_seconds(i64::MAX);
        assert_eq!(end.plus_seconds(1), end);
        assert!(end.to_string().starts_with("9999-"), "{end}");
    }

    #[test]
    fn the_wall_clock_of_the_source_is_kept() {
        let at: Timestamp = "2026-03-01T22:30:00Z".parse().unwrap();
        assert_eq!(OffsetTimestamp { at, offset_minutes: 120 }.local().to_string(), "2026-03-02T00:30:00");
    }
}
