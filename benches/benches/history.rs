//! A whole history into the store, beside `git log --numstat` on the same repository.
#![allow(clippy::expect_used, reason = "a measurement stops where something is wrong")]

use std::path::Path;
use std::time::Duration;

use benches::corpus::Corpus;
use benches::git::Git;
use benches::reading::{Error, Reading};
use criterion::{BatchSize, Criterion, SamplingMode, Throughput};
use tokio::runtime::Runtime;

fn main() -> Result<(), Error> {
    let corpus = Corpus::chosen(Path::new(env!("CARGO_TARGET_TMPDIR")))?;
    let git = Git::at(&corpus.folder);
    let commits = git.commits()?;
    let runtime = Runtime::new()?;
    assert_reads_everything(&runtime, &corpus, commits)?;

    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group(format!("history/{}", corpus.name));
    group.throughput(Throughput::Elements(commits)).sampling_mode(SamplingMode::Flat);
    group.sample_size(20).warm_up_time(Duration::from_secs(2)).measurement_time(Duration::from_secs(30));
    group.bench_function("engine", |bencher| {
        bencher.iter_batched(
            || runtime.block_on(Reading::of(&corpus.folder)).expect("the corpus can be connected"),
            |reading| {
                runtime.block_on(reading.run()).expect("the corpus can be read");
                // Given back, so that dropping the store is not measured.
                reading
            },
            BatchSize::PerIteration,
        );
    });
    group.bench_function("git-log-numstat", |bencher| {
        bencher.iter(|| git.numstat().expect("git can read the corpus"));
    });
    group.finish();
    criterion.final_summary();
    Ok(())
}

/// A fast reading that left something out would be no measurement.
fn assert_reads_everything(runtime: &Runtime, corpus: &Corpus, commits: u64) -> Result<(), Error> {
    let stored = runtime.block_on(async {
        let reading = Reading::of(&corpus.folder).await?;
        reading.run().await?;
        reading.stored().await
    })?;
    if stored == commits { Ok(()) } else { Err(format!("{stored} of {commits} commits are stored").into()) }
}
