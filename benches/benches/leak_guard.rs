//! A text without a secret past a thousand live secrets, beside the automaton that would keep all of them in plain text.
#![allow(clippy::expect_used, reason = "a measurement stops where something is wrong")]

use std::hint::black_box;
use std::io::Write;
use std::time::Duration;

use aho_corasick::AhoCorasick;
use benches::secrets::{forms, log, secrets};
use criterion::{Criterion, Throughput};
use prodops::core::entropy::SystemEntropy;
use prodops::core::leak_guard::{LeakGuard, OnLeak, Registration};
use prodops::core::secret::Secret;

/// What is scanned, in bytes: more than the caches hold of it.
const LENGTH: usize = 16 << 20;

fn main() {
    let log = log(LENGTH);
    let random = secrets(1, LENGTH).concat();
    let mut criterion = Criterion::default().configure_from_args();
    for live in [10, 1_000, 10_000] {
        let secrets = secrets(live, 40);
        let guard = LeakGuard::new(&SystemEntropy, OnLeak::Count).expect("entropy");
        let _registrations: Vec<Registration> = secrets
            .iter()
            .map(|secret| guard.register(&Secret::new(secret.clone())).expect("long enough"))
            .collect();
        let plain: Vec<Vec<u8>> = secrets.iter().flat_map(|secret| forms(secret)).collect();
        let automaton = AhoCorasick::new(&plain).expect("the forms fit into an automaton");
        for form in &plain {
            assert!(!guard.scan(form).is_empty() && automaton.is_match(form), "a side that misses a form");
        }
        let mut group = criterion.benchmark_group(format!("leak-guard/{live}-secrets"));
        group.sample_size(20).warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(4));
        group.throughput(Throughput::Bytes(LENGTH as u64));
        for (name, text) in [("log", &log), ("random", &random)] {
            group.bench_function(format!("scan/{name}"), |bencher| {
                bencher.iter(|| guard.scan(black_box(text)))
            });
            group.bench_function(format!("aho-corasick/{name}"), |bencher| {
                bencher.iter(|| automaton.is_match(black_box(text.as_slice())));
            });
        }
        group.bench_function("writer/log", |bencher| {
            let mut writer = guard.sink("bench").writer(std::io::sink());
            bencher.iter(|| {
                log.chunks(4096).for_each(|piece| writer.write_all(black_box(piece)).expect("a sink"))
            });
        });
        group.finish();
        let mut group = criterion.benchmark_group(format!("leak-guard/{live}-secrets"));
        let other = Secret::new(benches::secrets::secrets(1, 41).concat());
        group.bench_function("register", |bencher| {
            bencher.iter(|| guard.register(black_box(&other)).expect("long enough"))
        });
        group.finish();
    }
    criterion.final_summary();
}
