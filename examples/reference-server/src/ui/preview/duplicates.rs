//! Blocks of a generated repository.

use super::sample::when;
use crate::ui::view::{DuplicatedPlace, DuplicatedRow, DuplicatedShare, DuplicatesPage, WindowChoice};

const OWN: &str = "0190a5c1-0000-7000-8000-000000000001";
const OTHER: &str = "0190a5c1-0000-7000-8000-000000000002";

/// Whether it is in the repository itself, its path and its lines.
type Sample = (bool, &'static str, u32, u32);

/// What of a repository is written more than once.
pub(in crate::ui) fn duplicates() -> DuplicatesPage {
    let place = |(own, path, from, to): Sample| DuplicatedPlace {
        elsewhere: (!own).then(|| ("checkout-service".into(), OTHER.to_owned())),
        repository: if own { OWN } else { OTHER }.to_owned(),
        path: Some(path.into()),
        folder: path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned(),
        from,
        to,
    };
    let row = |(places, more, lines, commits): (&[Sample], u64, u64, u64)| DuplicatedRow {
        places: places.iter().copied().map(place).collect(),
        more,
        lines,
        commits,
    };
    let rows: [(&[Sample], u64, u64, u64); 3] = [
        (
            &[(true, "src/invoices/render.rs", 40, 131), (false, "src/receipts/render.rs", 22, 112)],
            0,
            183,
            61,
        ),
        (
            &[(true, "src/payments/retry.rs", 8, 61), (true, "src/payments/refund.rs", 1_004, 1_057)],
            0,
            108,
            34,
        ),
        (&[(true, "tests/fixtures.rs", 1, 12), (true, "tests/more_fixtures.rs", 1, 12)], 38, 480, 2),
    ];
    DuplicatesPage {
        id: OWN.to_owned(),
        name: "billing-api".into(),
        read: Some(when("2026-05-31T08:04:00Z", "3\u{a0}h ago")),
        choice: WindowChoice::Days(90),
        share: Some(DuplicatedShare { share: 0.043, duplicated: 1_204, lines: 28_000, blocks: 41 }),
        rows: rows.into_iter().map(row).collect(),
        missing: None,
        left_out: vec!["12 files generated, vendored, lock, minified or binary".to_owned()],
        named: true,
    }
}
