//! Any bytes through `fuzz::fingerprints`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::fingerprints(data));
