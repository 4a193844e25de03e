//! Sealing and opening of records, rows and streams, beside the same construction on AWS-LC and on ring.
#![allow(clippy::expect_used, reason = "a measurement stops where something is wrong")]

use std::hint::black_box;
use std::io::{self, Read, Write};

use benches::peer::{AwsLc, Error, Library, Peer, Ring};
use benches::token::{PLACE, TOKEN, assert_same_bytes, peer};
use criterion::{BenchmarkGroup, Criterion, Throughput, measurement::WallTime};
use prodops_core::entropy::SystemEntropy;
use prodops_core::environment::Environment;
use prodops_core::vault::{
    Purpose, RowKey, RowPlace, SealedRecord, SealedStream, SealingWriter, VaultKey, open, seal,
};

const ROW: RowPlace<'static> =
    RowPlace { environment: Environment::Production, table: "commit", key: &[3; 52] };
const STREAM: usize = 256 * 1024 * 1024;

fn main() -> Result<(), Error> {
    let key = VaultKey::generate(&SystemEntropy)?;
    assert_same_bytes(&key)?;
    let mut criterion = Criterion::default().configure_from_args();
    records(&mut criterion, &key)?;
    rows(&mut criterion, &key)?;
    streams(&mut criterion, &key)?;
    criterion.final_summary();
    Ok(())
}

fn records(criterion: &mut Criterion, key: &VaultKey) -> Result<(), Error> {
    let record = seal(key, Purpose::Token, &PLACE, &TOKEN, &SystemEntropy)?;
    let mut group = criterion.benchmark_group("record-200-bytes");
    group.throughput(Throughput::Elements(1));
    let sealing = || seal(key, Purpose::Token, &PLACE, black_box(&TOKEN), &SystemEntropy).expect("it seals");
    let opening = |record: &SealedRecord| open(key, Purpose::Token, &PLACE, record).expect("it opens");
    group.bench_function("seal/prodops", |bencher| bencher.iter(sealing));
    group.bench_function("open/prodops", |bencher| bencher.iter(|| opening(black_box(&record))));
    group.bench_function("both/prodops", |bencher| bencher.iter(|| opening(&sealing())));
    peer_records(&mut group, "aws-lc-rs", &peer::<AwsLc>(key)?);
    peer_records(&mut group, "ring", &peer::<Ring>(key)?);
    group.finish();
    Ok(())
}

fn peer_records<L: Library>(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, peer: &Peer<L>) {
    let sealing = || peer.seal(black_box(&TOKEN), &SystemEntropy).expect("it seals");
    let opening = |record: &[u8]| peer.open(record).expect("it opens");
    let record = sealing();
    group.bench_function(format!("seal/{name}"), |bencher| bencher.iter(sealing));
    group.bench_function(format!("open/{name}"), |bencher| bencher.iter(|| opening(black_box(&record))));
    group.bench_function(format!("both/{name}"), |bencher| bencher.iter(|| opening(&sealing())));
}

fn rows(criterion: &mut Criterion, key: &VaultKey) -> Result<(), Error> {
    let rows = RowKey::new(key);
    let mut group = criterion.benchmark_group("row");
    for length in [64, 200, 1000] {
        let row = vec![7; length];
        let sealed = rows.seal_row(&ROW, &row, &SystemEntropy)?;
        group.throughput(Throughput::Bytes(u64::try_from(length)?));
        group.bench_function(format!("seal/{length}"), |bencher| {
            bencher.iter(|| rows.seal_row(&ROW, black_box(&row), &SystemEntropy).expect("it seals"));
        });
        group.bench_function(format!("open/{length}"), |bencher| {
            bencher.iter(|| rows.open_row(&ROW, black_box(&sealed)).expect("it opens"));
        });
    }
    group.finish();
    Ok(())
}

fn streams(criterion: &mut Criterion, key: &VaultKey) -> Result<(), Error> {
    let text = vec![5u8; STREAM];
    let mut sealed = Vec::with_capacity(STREAM + STREAM / 512);
    let mut writer = SealingWriter::begin(&mut sealed, key, &PLACE, &SystemEntropy)?;
    writer.write_all(&text)?;
    writer.finish()?;

    let mut group = criterion.benchmark_group("stream-256-MiB");
    group.throughput(Throughput::Bytes(u64::try_from(STREAM)?)).sample_size(10);
    group.bench_function("seal/prodops", |bencher| {
        bencher.iter(|| {
            let mut writer =
                SealingWriter::begin(io::sink(), key, &PLACE, &SystemEntropy).expect("it begins");
            writer.write_all(black_box(&text)).expect("it seals");
            writer.finish().expect("it ends")
        });
    });
    group.bench_function("open/prodops", |bencher| {
        bencher.iter(|| {
            let stream = SealedStream::begin(black_box(sealed.as_slice())).expect("it begins");
            let mut reader = stream.open(key, &PLACE).expect("it opens");
            let mut buffer = vec![0u8; 64 * 1024];
            while reader.read(&mut buffer).expect("it is whole") > 0 {}
        });
    });
    let (aws, ring) = (peer::<AwsLc>(key)?, peer::<Ring>(key)?);
    group.bench_function("seal/aws-lc-rs", |bencher| {
        bencher.iter(|| aws.stream(black_box(&text), &[9; 24]).expect("it seals"));
    });
    group.bench_function("seal/ring", |bencher| {
        bencher.iter(|| ring.stream(black_box(&text), &[9; 24]).expect("it seals"));
    });
    group.finish();
    Ok(())
}
