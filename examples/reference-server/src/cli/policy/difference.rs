//! What a set of policies changes for whom, beside another one: fields of the matrix.

use std::collections::BTreeSet;
use std::fmt;

use prodops::policy::Policy;
use prodops::policy::matrix::{Cell, Circumstance, Standing};

/// The fields that differ, and the policies that came, went or say something else about themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    cells: Vec<(Cell, Cell)>,
    added: Vec<String>,
    removed: Vec<String>,
}

impl Difference {
    /// From one set to the next.
    pub(super) fn of(old: &Policy, new: &Policy) -> Self {
        let (before, after) = (old.matrix().cells, new.matrix().cells);
        let cells = before.into_iter().zip(after).filter(|(before, after)| before != after).collect();
        let ids = |policy: &Policy| -> BTreeSet<String> {
            policy.summaries().iter().map(|summary| summary.id.to_owned()).collect()
        };
        let (before, after) = (ids(old), ids(new));
        let only = |own: &BTreeSet<String>, other| own.difference(other).cloned().collect();
        Self { cells, added: only(&after, &before), removed: only(&before, &after) }
    }

    /// Whether nothing differs.
    pub(super) fn is_empty(&self) -> bool {
        self.cells.is_empty() && self.added.is_empty() && self.removed.is_empty()
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.added.iter().try_for_each(|id| writeln!(f, "+ policy {id}"))?;
        self.removed.iter().try_for_each(|id| writeln!(f, "- policy {id}"))?;
        for circumstance in Circumstance::ALL {
            let here = || self.cells.iter().filter(move |(_, after)| after.circumstance == circumstance);
            if here().next().is_some() {
                writeln!(f, "{}", circumstance.title())?;
            }
            for (before, after) in here() {
                let Cell { principal, action, .. } = after;
                writeln!(f, "  {principal:<10} {action:<20} {} → {}", words(before), words(after))?;
            }
        }
        let (more, less) = (self.count(wider), self.count(|before, after| wider(after, before)));
        let other = self.cells.len().saturating_sub(more + less);
        write!(f, "{more} fields wider, {less} narrower, {other} by other policies or conditions")
    }
}

impl Difference {
    fn count(&self, counts: impl Fn(&Cell, &Cell) -> bool) -> usize {
        self.cells.iter().filter(|(before, after)| counts(before, after)).count()
    }
}

fn wider(before: &Cell, after: &Cell) -> bool {
    let rank = |cell: &Cell| match cell.standing {
        Standing::Denied => 0,
        Standing::Conditional => 1,
        Standing::Allowed => 2,
    };
    rank(before) < rank(after)
}

fn words(cell: &Cell) -> String {
    let by = cell.policies.join(", ");
    match (cell.standing, by.is_empty()) {
        (Standing::Allowed, _) => format!("always ({by})"),
        (Standing::Conditional, _) => format!("depends on {by}"),
        (Standing::Denied, true) => "never (nothing permits it)".to_owned(),
        (Standing::Denied, false) => format!("never ({by})"),
    }
}
