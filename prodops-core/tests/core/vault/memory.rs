//! Streams longer than the memory that they may use.

use std::io::{self, BufRead, BufReader, PipeWriter, Write};
use std::process::Command;
use std::thread;

use prodops_core::vault::{SealedStream, SealingWriter};

use super::draw::Draw;

const MIB: usize = 1024 * 1024;
const SHORT: usize = 6;
const LONG: usize = 2048;

#[test]
fn a_stream_needs_less_memory_than_its_length() {
    let (before, after) = peaks("seals_and_opens_a_short_stream");
    assert!(after - before <= SHORT * MIB / 2, "{} bytes more for a stream of {SHORT} MiB", after - before);
}

#[test]
#[ignore = "gigabytes: cargo xtask soak"]
fn soak_two_gibibytes_need_no_more_memory_than_allowed() {
    let (_, after) = peaks("seals_and_opens_a_long_stream");
    println!("stream: {LONG} MiB sealed and opened, peak of the process {} KiB", after / 1024);
    assert!(after <= 32 * MIB);
}

/// The peaks of a process that seals and opens a stream, before and after. It is a process of its own: nobody else's
/// memory counts.
fn peaks(name: &str) -> (usize, usize) {
    let name = format!("vault::memory::{name}");
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", &name, "--nocapture"])
        .output()
        .unwrap();
    let output = String::from_utf8(child.stdout).unwrap();
    assert!(child.status.success(), "{output}");
    let line = output.lines().find_map(|line| line.strip_prefix("peaks ")).unwrap();
    let (before, after) = line.split_once(' ').unwrap();
    (before.parse().unwrap(), after.parse().unwrap())
}

#[test]
#[ignore = "run by another test in a process of its own"]
fn seals_and_opens_a_short_stream() {
    seal_and_open(SHORT);
}

#[test]
#[ignore = "run by another test in a process of its own"]
fn seals_and_opens_a_long_stream() {
    seal_and_open(LONG);
}

/// One thread seals into a pipe, the other opens what comes out of it.
fn seal_and_open(pieces: usize) {
    let draw = Draw::new(1);
    let (key, place) = (draw.key(), draw.place());
    // Not a multiple of a chunk.
    let piece = draw.bytes(MIB - 1);
    let before = peak();
    let (receiver, sender) = io::pipe().unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            let writer = SealingWriter::begin(sender, &key, &place.context(), draw.entropy()).unwrap();
            write(writer, &piece, pieces);
        });
        let stream = SealedStream::begin(receiver).unwrap();
        let reader = stream.open(&key, &place.context()).unwrap();
        assert_eq!(read(reader, &piece), pieces * piece.len());
    });
    println!("\npeaks {before} {}", peak());
}

fn write(mut writer: SealingWriter<PipeWriter>, piece: &[u8], pieces: usize) {
    for _ in 0..pieces {
        writer.write_all(piece).unwrap();
    }
    writer.finish().unwrap();
}

/// How many bytes there are; each is compared.
fn read(mut reader: impl BufRead, piece: &[u8]) -> usize {
    let (mut count, mut expected) = (0, piece);
    loop {
        let text = reader.fill_buf().unwrap();
        if text.is_empty() {
            return count;
        }
        let length = text.len().min(expected.len());
        assert!(text[..length] == expected[..length], "behind {count} bytes");
        expected = if length == expected.len() { piece } else { &expected[length..] };
        count += length;
        reader.consume(length);
    }
}

/// The most memory that this process has had, in bytes.
fn peak() -> usize {
    let status = BufReader::new(std::fs::File::open("/proc/self/status").unwrap());
    let line =
        status.lines().map(Result::unwrap).find_map(|line| Some(line.strip_prefix("VmHWM:")?.to_owned()));
    line.unwrap().trim().strip_suffix(" kB").unwrap().parse::<usize>().unwrap() * 1024
}
