//! What the days of a workspace go into, and the commits behind one kind of work.

use super::{Panel, ReportHeader, When};
use crate::ui::Label;
use crate::ui::number::{UNKNOWN, decimal, percent, thousands};
use crate::ui::palette::WorkKind;

/// One kind of work.
#[derive(Debug, Clone, PartialEq)]
pub struct InvestmentRow {
    /// Which.
    pub kind: WorkKind,
    /// Its share of the effort, between 0 and 1.
    pub share: f64,
    /// Person-days.
    pub days: f64,
    /// Commits; `None` where they are unknown.
    pub commits: Option<u64>,
}

/// What the days go into.
#[derive(Debug, Clone, PartialEq)]
pub struct Investment {
    /// The head of the report.
    pub header: ReportHeader,
    /// The shares and how they went over time.
    pub panel: Panel,
    /// One row per kind of work; empty where nothing is known.
    pub rows: Vec<InvestmentRow>,
}

/// One commit.
#[derive(Debug, Clone, PartialEq)]
pub struct InvestmentCommit {
    /// Its id.
    pub id: String,
    /// The repository it is in.
    pub repository: Label,
    /// The id of that repository.
    pub repository_id: String,
    /// When it was brought in.
    pub when: When,
    /// How likely the label is right, between 0 and 1; `None` without a label.
    pub probability: Option<f64>,
    /// Who decided it, in words.
    pub source: String,
    /// What the author declared, where that is something else.
    pub declared: Option<WorkKind>,
    /// The second likeliest kind.
    pub second: Option<WorkKind>,
    /// What the reader may do about the label; `None` where nothing.
    pub correction: Option<Correction>,
}

/// A label that the reader may correct.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Correction {
    /// Whether somebody has, so that it can be taken back.
    pub corrected: bool,
}

/// The commits behind one kind of work.
#[derive(Debug, Clone, PartialEq)]
pub struct InvestmentCommits {
    /// The head of the report.
    pub header: ReportHeader,
    /// Which kind.
    pub kind: WorkKind,
    /// How many there are in all.
    pub total: usize,
    /// Those of this page, newest first.
    pub rows: Vec<InvestmentCommit>,
    /// How many come before them.
    pub skip: usize,
    /// The address of the next page; `None` on the last.
    pub older: Option<String>,
}

impl InvestmentRow {
    pub(in crate::ui) fn share_text(&self) -> String {
        percent(self.share)
    }

    pub(in crate::ui) fn days_text(&self) -> String {
        decimal(self.days)
    }

    pub(in crate::ui) fn commits_text(&self) -> String {
        self.commits.map_or_else(|| UNKNOWN.to_owned(), thousands)
    }
}

impl InvestmentCommits {
    pub(in crate::ui) fn is_correctable(&self) -> bool {
        self.rows.iter().any(|row| row.correction.is_some())
    }

    /// What a label can be corrected to.
    pub(in crate::ui) fn kinds(&self) -> impl Iterator<Item = WorkKind> {
        let own = self.kind;
        WorkKind::ALL.into_iter().filter(move |kind| *kind != WorkKind::Unclassified && *kind != own)
    }
}

impl InvestmentCommit {
    pub(in crate::ui) fn short_id(&self) -> &str {
        self.id.get(..10).unwrap_or(&self.id)
    }

    pub(in crate::ui) fn probability_text(&self) -> String {
        self.probability.map_or_else(|| UNKNOWN.to_owned(), percent)
    }
}
