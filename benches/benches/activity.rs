//! The activity label of parsed commits on one core, and that it allocates nothing.
#![allow(clippy::expect_used, reason = "a measurement stops where something is wrong")]

use std::hint::black_box;
use std::time::Duration;

use benches::commit_text::chosen;
use criterion::{Criterion, Throughput};
use prodops::classify::{ActivityClassifier, ActivityModel, CommitSummary, FileSummary};

/// Commits that are generated: their text is more than the caches hold.
const COMMITS: usize = 50_000;

fn main() {
    let texts = chosen(COMMITS).expect("commits that can be read");
    let files: Vec<Vec<FileSummary<'_>>> = texts.iter().map(|text| text.files()).collect();
    let commits: Vec<CommitSummary<'_>> =
        texts.iter().zip(&files).map(|(text, files)| text.summary(files)).collect();
    let mut classifier = ActivityClassifier::new(ActivityModel::shipped());
    let mut label_all = || {
        let labels = commits.iter().map(|commit| classifier.label(black_box(commit), None));
        labels.map(|label| label.label as usize).sum::<usize>()
    };
    label_all();
    let allocations = allocation_counter::measure(|| {
        black_box(label_all());
    });
    assert_eq!(allocations.count_total, 0, "labelling allocates");
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("activity");
    group.sample_size(20).warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(5));
    group.throughput(Throughput::Elements(commits.len() as u64));
    group.bench_function("label", |bencher| bencher.iter(&mut label_all));
    group.finish();
    criterion.final_summary();
}
