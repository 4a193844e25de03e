//! The section of RESULTS.md.

use std::fmt::Write as _;
use std::time::Duration;

use super::Size;
use super::dashboard::Dashboard;
use super::ingest::Rates;
use super::locks::Locks;
use super::measure::{Times, human};

/// Rows of the table of figures, and what stands below it.
pub(super) struct Section {
    text: String,
    below: String,
}

impl Section {
    pub(super) fn begin(size: &Size, machine: &str) -> Self {
        let text = format!(
            "`cargo xtask bench-report store --facts {} --workspaces {}`. {machine} Every side of one row is taken in \
             turn, {} times unless the row says otherwise; medians with their ranges. A figure that is missed is marked.\n\n\
             | what | ours | beside | ratio | to reach |\n|---|---|---|---|---|\n",
            size.facts, size.workspaces, size.rounds
        );
        Self { text, below: String::new() }
    }

    /// A row; `ratio` reaches its figure or is marked.
    fn row(&mut self, what: &str, ours: &str, beside: &str, ratio: f64, reach: Reach) {
        let mark = if reach.is_reached(ratio) { "" } else { " **missed**" };
        let _ =
            writeln!(self.text, "| {what} | {ours} | {beside} | {ratio:.2} ×{mark} | {} |", reach.shown());
    }

    pub(super) fn ingest(&mut self, rates: &Rates) {
        let (rows, copy) = (rates.rows, format!("`psql \\copy`: {} rows/s", rates.copy.rate(rates.rows)));
        let shown = |times: &Times| format!("{} rows/s", times.rate(rows));
        let ratio = rates.copy.ratio(&rates.small);
        self.row(
            "ingest, batches of 2,000 (arrays)",
            &shown(&rates.small),
            &copy,
            ratio,
            Reach::AtLeast(0.9),
        );
        let ratio = rates.copy.ratio(&rates.large);
        self.row(
            "backfill, batches of 50,000 (staged `COPY`)",
            &shown(&rates.large),
            &copy,
            ratio,
            Reach::AtLeast(1.0),
        );
        let each = |times: &Times, rows: usize| times.median().as_secs_f64() / rows as f64;
        let ratio = each(&rates.single, rates.singles) / each(&rates.small, rows).max(f64::MIN_POSITIVE);
        let single = format!("awaited single inserts: {} rows/s", rates.single.rate(rates.singles));
        self.row(
            "ingest, batches of 2,000 (arrays)",
            &shown(&rates.small),
            &single,
            ratio,
            Reach::AtLeast(20.0),
        );
    }

    pub(super) fn embedded(&mut self, rates: &Rates, embedded: &Times) {
        let shown = |times: &Times| format!("{} rows/s", times.rate(rates.rows));
        let postgres = format!("PostgreSQL: {}", shown(&rates.large));
        let ratio = rates.large.ratio(embedded);
        self.row(
            "embedded ingest, batches of 50,000, in a file",
            &shown(embedded),
            &postgres,
            ratio,
            Reach::AtLeast(3.0),
        );
    }

    pub(super) fn locks(&mut self, locks: &Locks) {
        let kinds = [
            ("aggregate of a quarter, both locks", &locks.aggregate, 1.10),
            ("page of 500, both locks", &locks.page, 1.10),
            ("point read, both locks", &locks.point, 1.25),
        ];
        for (what, pair, most) in kinds {
            let beside = format!("`WHERE` alone: {}", pair.unlocked.shown());
            let ratio = pair.locked.ratio(&pair.unlocked);
            self.row(what, &pair.locked.shown(), &beside, ratio, Reach::AtMost(most));
        }
    }

    pub(super) fn dashboard(&mut self, board: &Dashboard) {
        let ratio = board.index_only.ratio(&board.bitmap);
        let what = format!("dashboards of {} workspaces, index only", board.workspaces);
        let beside = format!("bitmap heap: {}", board.bitmap.shown());
        self.row(&what, &board.index_only.shown(), &beside, ratio, Reach::AtMost(0.25));
        let plans = [("index only", &board.index_only_plan), ("bitmap heap", &board.bitmap_plan)];
        for (name, plan) in plans {
            let _ = write!(self.below, "\nOne dashboard, {name}:\n\n```\n{plan}\n```\n");
        }
    }

    pub(super) fn citus(&mut self, tasks: Option<&str>) {
        let found = tasks.map_or("not measured: `PRODOPS_TEST_CITUS_URL` is not set".to_owned(), |tasks| {
            format!("{tasks} of the cluster's tasks")
        });
        let _ = writeln!(self.text, "| a tenant's question on Citus | {found} | | | 1 task |");
    }

    pub(super) fn filled(&mut self, size: &Size, took: Duration, vacuum: Duration, table: &str) {
        let rate = (size.of_workspace() * size.workspaces) as f64 / took.as_secs_f64().max(f64::MIN_POSITIVE);
        let _ = write!(
            self.below,
            "\nThe database that was read was filled by two writers at once in {}, {rate:.0} rows/s with their making, and \
             vacuumed in {}; it has {table}.\n",
            human(took),
            human(vacuum)
        );
    }

    pub(super) fn finish(self) -> String {
        self.text + &self.below
    }
}

/// A figure to reach.
#[derive(Debug, Clone, Copy)]
enum Reach {
    AtLeast(f64),
    AtMost(f64),
}

impl Reach {
    fn is_reached(self, ratio: f64) -> bool {
        match self {
            Self::AtLeast(least) => ratio >= least,
            Self::AtMost(most) => ratio <= most,
        }
    }

    fn shown(self) -> String {
        match self {
            Self::AtLeast(least) => format!("≥ {least} ×"),
            Self::AtMost(most) => format!("≤ {most} ×"),
        }
    }
}
