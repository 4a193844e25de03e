//! The content pipeline on one core: lines, tokens, winnowed grams of both views, all of them keyed.
#![allow(clippy::expect_used, reason = "a measurement stops where something is wrong")]

use std::hint::black_box;
use std::time::Duration;

use benches::source_text::chosen;
use criterion::{Criterion, Throughput};
use prodops::classify::{Fingerprinter, Winnowing};
use prodops::core::index_key::IndexKey;

/// How much text is generated, in bytes: more than the caches hold.
const LENGTH: usize = 32 << 20;

fn main() {
    let files = chosen(LENGTH).expect("a corpus that can be read");
    let bytes: usize = files.iter().map(|file| file.text.len()).sum();
    let mut fingerprinter = Fingerprinter::new(&IndexKey::from_bytes([7; 32]), Winnowing::default());
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("classify/content");
    group.sample_size(20).warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(5));
    group.throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("pipeline", |bencher| {
        bencher.iter(|| {
            let (mut lines, mut grams) = (0u64, 0u64);
            for file in &files {
                let text = black_box(&file.text);
                fingerprinter.file(&file.path, text, |line| lines ^= line, |_, gram| grams ^= gram.value);
            }
            (lines, grams)
        });
    });
    group.bench_function("lines", |bencher| {
        bencher.iter(|| {
            let mut lines = 0u64;
            files.iter().for_each(|file| fingerprinter.lines(black_box(&file.text), |line| lines ^= line));
            lines
        });
    });
    group.finish();
    criterion.final_summary();
}
