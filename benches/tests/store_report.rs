//! The report on the store at a size that takes seconds: every row is there, so that the command cannot rot. Nothing is said
//! about times.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a report that fails should stop the test")]

use benches::store_report::{Size, run};
use prodops_store::testing::postgres::skipped;

#[tokio::test(flavor = "multi_thread")]
async fn the_report_has_every_row() {
    if skipped() {
        return;
    }
    let size = Size { facts: 1_200, workspaces: 2, rounds: 1, folder: std::env::temp_dir() };
    let report = run(&size).await.unwrap();
    let rows = [
        "| ingest, batches of 2,000 (arrays) |",
        "| backfill, batches of",
        "awaited single inserts",
        "| embedded ingest",
        "| aggregate of a quarter, both locks |",
        "| page of 500, both locks |",
        "| point read, both locks |",
        "| dashboards of 2 workspaces, index only |",
        "| a tenant's question on Citus |",
        "Index Only Scan",
        "Bitmap Heap Scan",
    ];
    for row in rows {
        assert!(report.contains(row), "no `{row}` in:\n{report}");
    }
    assert!(!report.contains("NaN") && !report.contains("inf"), "{report}");
}
