//! What the overview and the page of a repository have in common.

use super::{Panel, When};
use crate::ui::Label;

/// Windows that can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WindowChoice {
    /// So many days up to now.
    Days(u16),
    /// Everything that was read.
    All,
}

impl WindowChoice {
    /// What is offered.
    pub const OFFERED: [Self; 4] = [Self::Days(30), Self::Days(90), Self::Days(365), Self::All];

    /// The value of `?window=`.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Days(days) => days.to_string(),
            Self::All => "all".to_owned(),
        }
    }

    /// The choice with this value of `?window=`; `None` when it is not offered.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::OFFERED.into_iter().find(|choice| choice.name() == name)
    }

    /// As the selector shows it.
    #[must_use]
    pub fn label(self) -> String {
        match self {
            Self::Days(days) => format!("{days} days"),
            Self::All => "All".to_owned(),
        }
    }
}

/// The window of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowView {
    /// The choice.
    pub choice: WindowChoice,
    /// Its first day, such as "2 Mar 2026".
    pub from: String,
    /// Its last day.
    pub to: String,
    /// The IANA zone in which days begin and end.
    pub zone: String,
}

/// How old the numbers are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freshness {
    /// When the sources were last read.
    pub read: When,
    /// Whether that is longer ago than it should be.
    pub stale: bool,
}

/// The head of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportHeader {
    /// The names of the repositories that went in.
    pub repositories: Vec<Label>,
    /// The window.
    pub window: WindowView,
    /// How old the numbers are; `None` before the first read has ended.
    pub freshness: Option<Freshness>,
    /// For whom the numbers are, such as "local operator: no group-size limit".
    pub audience: String,
}

/// Whether there is a report.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ReportState {
    /// There is.
    #[default]
    Ready,
    /// The first read is under way; panels show what is known so far, or their outlines.
    Loading,
    /// Nothing was found to read.
    Empty {
        /// What to do, in a sentence.
        remedy: String,
    },
    /// The report could not be computed.
    Failed {
        /// What to do, in a sentence.
        remedy: String,
    },
}

/// Panels that belong together.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Its anchor: lower-case letters and `-`.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// One line under the heading; may be empty.
    pub lead: String,
    /// Its panels.
    pub panels: Vec<Panel>,
}

impl ReportHeader {
    /// Up to three names, then how many more.
    pub(in crate::ui) fn named(&self) -> Vec<&Label> {
        self.repositories.iter().take(3).collect()
    }

    pub(in crate::ui) fn unnamed(&self) -> usize {
        self.repositories.len().saturating_sub(3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_offered_windows_are_taken() {
        for choice in WindowChoice::OFFERED {
            assert_eq!(WindowChoice::named(&choice.name()), Some(choice));
        }
        for other in ["", "31", "ALL", "-1", "90 "] {
            assert_eq!(WindowChoice::named(other), None);
        }
    }
}
