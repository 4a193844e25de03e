//! The head of a report: which window, how old, for whom.

use jiff::tz::TimeZone;
use prodops::core::fact::RepositoryFact;
use prodops::core::time::Timestamp;
use prodops::metrics::{Audience, Preset, Report, Window, WindowError};

use crate::ui::Label;
use crate::ui::number::ago;
use crate::ui::view::{Freshness, ReportHeader, When, WindowChoice, WindowView};

/// Reads older than this are called stale, in seconds.
const STALE: i64 = 24 * 60 * 60;

/// The window of a choice.
///
/// # Errors
/// When the present lies outside the calendar of windows.
pub fn window_of(choice: WindowChoice, now: Timestamp) -> Result<Window, WindowError> {
    let preset = match choice {
        WindowChoice::Days(30) => Preset::Last30Days,
        WindowChoice::Days(90) => Preset::Last90Days,
        WindowChoice::Days(_) => Preset::Last365Days,
        WindowChoice::All => Preset::AllHistory,
    };
    Window::preset(preset, now, TimeZone::UTC)
}

/// The window to show when the reader chose none: 90 days, or the shortest offered one that holds the newest commit.
#[must_use]
pub fn default_choice(latest: Option<Timestamp>, now: Timestamp) -> WindowChoice {
    let days = latest.map_or(0, |latest| now.seconds_since(latest) / 86_400);
    match days {
        ..90 => WindowChoice::Days(90),
        90..365 => WindowChoice::Days(365),
        _ => WindowChoice::All,
    }
}

/// The head of a report.
#[must_use]
pub fn header(
    repositories: &[RepositoryFact],
    report: &Report,
    choice: WindowChoice,
    read: Option<Timestamp>,
    now: Timestamp,
) -> ReportHeader {
    let day = |at: Timestamp| at.to_jiff().strftime("%-d %b %Y").to_string();
    ReportHeader {
        repositories: repositories.iter().map(|repository| Label::new(repository.name.as_str())).collect(),
        window: WindowView {
            choice,
            from: day(report.window.from()),
            // The end is outside the window: the last day is the one before it.
            to: day(report.window.to().plus_seconds(-1)),
            zone: "UTC".to_owned(),
        },
        freshness: read.map(|at| Freshness { read: when(at, now), stale: now.seconds_since(at) > STALE }),
        audience: match report.audience {
            Audience::LocalOperator => "local operator: no group-size limit".to_owned(),
            Audience::Team => "team: nothing about fewer than five people".to_owned(),
        },
    }
}

/// An instant, for the script and for people.
#[must_use]
pub fn when(at: Timestamp, now: Timestamp) -> When {
    When { machine: at.to_string(), text: ago(u64::try_from(now.seconds_since(at)).unwrap_or(0)) }
}
