//! One question, one panel.

use crate::ui::chart::Chart;
use crate::ui::number::{Amount, Comparison, Direction, Part, interval, thousands};

/// How much of the row a panel takes on a wide screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Span {
    /// A quarter.
    Quarter,
    /// A third.
    #[default]
    Third,
    /// A half.
    Half,
    /// The whole row.
    Full,
}

impl Span {
    pub(in crate::ui) const fn class(self) -> &'static str {
        match self {
            Self::Quarter => "span-quarter",
            Self::Third => "span-third",
            Self::Half => "span-half",
            Self::Full => "span-full",
        }
    }
}

/// What is left out of a number, and how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exclusion {
    /// In the plural, as in "merges", "commits by bots".
    pub what: String,
    /// How many.
    pub n: u64,
}

/// A second figure beside the headline, such as p75.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantile {
    /// Its name.
    pub name: String,
    /// Its value; `None` is shown as unknown.
    pub amount: Option<Amount>,
}

/// A number that is known, with everything that it takes to judge it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The headline.
    pub amount: Amount,
    /// What the headline counts, such as "commits" or "lines, median"; not needed for durations.
    pub unit: String,
    /// The 95 % interval of a share.
    pub interval: Option<(f64, f64)>,
    /// More figures.
    pub quantiles: Vec<Quantile>,
    /// The period before.
    pub comparison: Comparison,
    /// The pictures, in order.
    pub charts: Vec<Chart>,
    /// How many things went in.
    pub n: u64,
    /// What those things are, such as "commits".
    pub of: String,
    /// What was left out.
    pub excluded: Vec<Exclusion>,
    /// One sentence that must be read with the number, such as where the history is cut off.
    pub caveat: Option<String>,
    /// The address of the list of what went in.
    pub lineage: Option<String>,
}

/// What would make an unknown number known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connect {
    /// What to connect, as in "a code host", "an incident tool".
    pub what: String,
    /// Where to do it; without an address it is only said.
    pub href: Option<String>,
}

/// What a panel can say.
#[derive(Debug, Clone, PartialEq)]
pub enum PanelState {
    /// A number.
    Known(Box<Reading>),
    /// No number can be given.
    Unknown {
        /// Why, as the end of a sentence: "no deployments have been read".
        because: String,
        /// What would change that.
        connect: Option<Connect>,
    },
    /// The window was read and holds nothing to measure.
    Empty {
        /// In a sentence: "No commits changed code in this window."
        sentence: String,
    },
    /// It is still being read.
    Loading,
    /// It could not be computed.
    Failed {
        /// What to do, in a sentence.
        remedy: String,
    },
}

/// One question, one panel.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// The id of the definition, without its version; unique on the page.
    pub id: String,
    /// The name of the number.
    pub name: String,
    /// The question that it answers.
    pub question: String,
    /// Its width.
    pub span: Span,
    /// What it can say.
    pub state: PanelState,
}

impl Reading {
    pub(in crate::ui) fn parts(&self) -> Vec<Part> {
        self.amount.parts(&self.unit)
    }

    pub(in crate::ui) fn interval_words(&self) -> Option<String> {
        self.interval.map(|(low, high)| interval(low, high))
    }

    pub(in crate::ui) fn arrow(&self) -> &'static str {
        match self.comparison.direction() {
            Direction::Up => "↑",
            Direction::Down => "↓",
            Direction::Level => "",
        }
    }

    /// "1,284 commits; left out: 96 merges, 41 commits by bots".
    pub(in crate::ui) fn basis(&self) -> String {
        let n = format!("n\u{a0}=\u{a0}{} {}", thousands(self.n), self.of);
        let left: Vec<_> = self
            .excluded
            .iter()
            .filter(|each| each.n > 0)
            .map(|each| format!("{} {}", thousands(each.n), each.what))
            .collect();
        if left.is_empty() {
            format!("{n}, none left out")
        } else {
            format!("{n}, without {}", left.join(", "))
        }
    }
}

impl Quantile {
    pub(in crate::ui) fn text(&self) -> String {
        self.amount.map_or_else(|| crate::ui::number::UNKNOWN.to_owned(), Amount::text)
    }
}

impl Panel {
    /// The outline of a panel whose number is still being read.
    #[must_use]
    pub fn loading(id: &str, name: &str, question: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            question: question.to_owned(),
            span: Span::Third,
            state: PanelState::Loading,
        }
    }

    /// A panel that says why there is no number and what to connect.
    #[must_use]
    pub fn unknown(id: &str, name: &str, question: &str, because: &str, connect: Option<Connect>) -> Self {
        let state = PanelState::Unknown { because: because.to_owned(), connect };
        Self { state, ..Self::loading(id, name, question) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_basis_of_a_number_names_what_was_left_out() {
        let amount = Amount::count(1284);
        let comparison = Comparison {
            now: amount,
            before: None,
            period: String::new(),
            claim: crate::ui::number::Claim::Counted,
        };
        let mut reading = Reading {
            amount,
            unit: "commits".into(),
            interval: None,
            quantiles: vec![],
            comparison,
            charts: vec![],
            n: 1284,
            of: "commits".into(),
            excluded: vec![],
            caveat: None,
            lineage: None,
        };
        assert_eq!(reading.basis(), "n\u{a0}=\u{a0}1,284 commits, none left out");
        reading.excluded =
            [("merges", 96), ("drafts", 0)].map(|(what, n)| Exclusion { what: what.into(), n }).into();
        assert_eq!(reading.basis(), "n\u{a0}=\u{a0}1,284 commits, without 96 merges");
    }
}
