//! Looking for a text in the memory of the process, without being what is found.

use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::FileExt;

use prodops::core::entropy::{Entropy, SystemEntropy};

/// Letters of a marker that are looked for; what follows them tells where it stood.
const LOOKED_FOR: usize = 10;

/// What a needle is laid over with, so that a search does not find the needle.
const MASK: u8 = 0xa5;

/// Random letters, made anew for every run.
pub(super) fn letters() -> String {
    let mut bytes = [0; LOOKED_FOR];
    SystemEntropy.fill(&mut bytes).unwrap();
    bytes.iter().map(|byte| char::from(b'a' + byte % 26)).collect()
}

pub(super) fn masked(text: &str) -> Vec<u8> {
    text.bytes().map(|byte| byte ^ MASK).collect()
}

pub(super) fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    let [first, rest @ ..] = needle else { return false };
    memchr::memchr_iter(first ^ MASK, bytes).any(|place| {
        let there = bytes.get(place + 1..place + 1 + rest.len());
        there.is_some_and(|there| there.iter().zip(rest).all(|(byte, masked)| byte ^ MASK == *masked))
    })
}

/// Whether threads of the process still read a repository.
pub(super) fn is_read() -> bool {
    std::fs::read_dir("/proc/self/task").unwrap().any(|thread| {
        let name = std::fs::read(thread.unwrap().path().join("comm"));
        name.is_ok_and(|name| name.starts_with(b"git-reader"))
    })
}

/// What the process holds of the needle, in words. What a thread holds that was just told to stop goes with its next step.
pub(super) async fn told(needle: &[u8]) -> String {
    let mut found = found_in_memory(needle);
    for _ in 0..20 {
        if found.is_empty() {
            return "nothing".to_owned();
        }
        tokio::task::yield_now().await;
        found = found_in_memory(needle);
    }
    format!("{found:?}")
}

/// Parts of the process's memory that it can write to and that hold the needle, by range and name: heaps, stacks of living and of
/// ended threads, private copies of files. A file that is mapped to be read is the repository itself and no copy of it.
pub(super) fn found_in_memory(needle: &[u8]) -> BTreeMap<String, usize> {
    let memory = File::open("/proc/self/mem").unwrap();
    let mut found = BTreeMap::new();
    let mut buffer = vec![0; 1 << 20];
    for line in std::fs::read_to_string("/proc/self/maps").unwrap().lines() {
        let mut fields = line.split_whitespace();
        let (Some(range), Some(rights)) = (fields.next(), fields.next()) else { continue };
        if !rights.starts_with("rw") {
            continue;
        }
        let (from, to) = range.split_once('-').unwrap();
        let place = |text: &str| u64::from_str_radix(text, 16).unwrap();
        let count = count_within(&memory, place(from)..place(to), &mut buffer, needle);
        if count > 0 {
            let name = fields.nth(3).unwrap_or("anonymous");
            found.insert(format!("{range} {name}"), count);
        }
    }
    buffer.fill(0);
    found
}

/// How many pieces of a range hold the needle.
fn count_within(memory: &File, range: std::ops::Range<u64>, buffer: &mut [u8], needle: &[u8]) -> usize {
    let (mut at, mut count) = (range.start, 0);
    while at < range.end {
        let length = buffer.len().min((range.end - at) as usize);
        let Ok(read) = memory.read_at(&mut buffer[..length], at) else { break };
        count += usize::from(contains(&buffer[..read], needle));
        if read < length || at + read as u64 >= range.end {
            break;
        }
        // The next piece begins before the end of this one, so that nothing is cut in two.
        at += (read - needle.len()) as u64;
    }
    count
}
