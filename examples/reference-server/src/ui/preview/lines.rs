//! The lines of the generated workspace: what the work on them was, and whose are left.

use super::sample::{activity_mix, header, panel, when};
use super::series::Series;
use crate::ui::chart::{Chart, Share, ShareBar, ShareColumn, SharesOverTime};
use crate::ui::number::{Amount, Claim};
use crate::ui::palette::WorkKind;
use crate::ui::view::{
    FolderStep, OwnedPlace, OwnershipPage, Panel, PanelState, Span, Work, WorkCommit, WorkCommits, WorkRow,
};

const LINES: [(WorkKind, &str, u64, &str); 4] = [
    (WorkKind::NewLines, "new", 18_402, "beyond the lines that were taken away in the same place"),
    (WorkKind::OldLines, "refactor", 7_215, "taken away when they were older than 21 days"),
    (WorkKind::OwnRework, "rework_own", 3_908, "taken away by their own author within 21 days"),
    (WorkKind::OthersRework, "rework_others", 1_344, "taken away by somebody else within 21 days"),
];

fn charts() -> Vec<Chart> {
    let share = |(kind, _, n, _): (WorkKind, &str, u64, &str)| Share { kind, weight: n as f64, n };
    let column = |week: u64| ShareColumn {
        label: format!("week {week}"),
        weights: (week != 5).then(|| {
            LINES.map(|(kind, _, n, _)| (kind, n as f64 * (1.0 + ((week * 7 + n) % 5) as f64 / 5.0))).into()
        }),
    };
    vec![
        Chart::ShareBar(ShareBar {
            title: "Lines by what the work on them was".into(),
            unit: "lines".into(),
            shares: LINES.map(share).into(),
        }),
        Chart::SharesOverTime(SharesOverTime {
            title: "Work per week".into(),
            columns: (1..=13).map(column).collect(),
        }),
    ]
}

/// What the work on lines was.
pub(in crate::ui) fn work() -> Work {
    let mut reading = activity_mix(&mut Series::new(12));
    reading.amount = Amount::share(0.17);
    reading.unit = "of lines are rework".into();
    reading.of = "lines".into();
    reading.n = 30_869;
    reading.interval = None;
    reading.comparison.claim = Claim::Untested;
    reading.charts = charts();
    let row = |(kind, name, lines, meaning): (WorkKind, &str, u64, &str)| WorkRow {
        kind,
        name: name.into(),
        lines,
        share: lines as f64 / 30_869.0,
        meaning: meaning.into(),
    };
    let unknown = |id: &str, name: &str, question: &str| Panel {
        id: id.into(),
        name: name.into(),
        question: question.into(),
        span: Span::Half,
        state: PanelState::Empty { sentence: "Nothing of the kind happened in this window.".into() },
    };
    Work {
        header: header(),
        panels: vec![
            panel("work_breakdown", "Work breakdown", "How much of the work is new?", Span::Full, reading),
            unknown(
                "moved_lines",
                "Moved, not written",
                "What share of the added lines was not written but moved or copied?",
            ),
            unknown("replaced_age", "Age of what is replaced", "How old is what a change takes away?"),
        ],
        rows: LINES.map(row).into(),
    }
}

/// The commits with lines of one kind.
pub(in crate::ui) fn work_commits() -> WorkCommits {
    let row = |(n, name, lines): (u64, &str, u64)| WorkCommit {
        id: format!("{:010x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 24),
        repository: name.into(),
        when: when("2026-05-29T08:04:00Z", "2\u{a0}d ago"),
        lines,
        activity: (n % 2 == 0).then_some(WorkKind::Bugfix),
    };
    WorkCommits {
        header: header(),
        kind: WorkKind::OwnRework,
        name: "rework_own".into(),
        total: 254,
        rows: [(1, "billing-api", 61), (2, "billing-api", 7), (3, "checkout-service", 1_204)].map(row).into(),
        older: Some("/w/local/work/rework_own?window=90&skip=100".into()),
    }
}

/// Whose lines are left in a folder.
pub(in crate::ui) fn ownership() -> OwnershipPage {
    let place = |(name, folder, files, lines, said): (&str, bool, u64, u64, [&str; 3])| OwnedPlace {
        name: name.into(),
        folder: folder.then(|| format!("src/{name}")),
        files,
        lines,
        people: said[0].into(),
        bus_factor: said[1].into(),
        largest: said[2].into(),
    };
    let places = [
        ("invoices", true, 48, 12_940, ["11", "2", "41 %"]),
        ("payments", true, 31, 9_112, ["8", "1", "63 %"]),
        ("vendor", true, 3, 0, ["none", "none", "none"]),
        ("lib.rs", false, 1, 86, ["held back", "held back", "held back"]),
    ];
    OwnershipPage {
        id: "0190a5c1-0000-7000-8000-000000000001".into(),
        name: "billing-api".into(),
        steps: vec![FolderStep { name: "src".into(), folder: "src".into() }],
        read: Some(when("2026-05-31T08:04:00Z", "3\u{a0}h ago")),
        places: places.map(place).into(),
        missing: None,
        left_out: vec!["4,180 lines in generated, vendored, lock, minified or binary files".into()],
    }
}
