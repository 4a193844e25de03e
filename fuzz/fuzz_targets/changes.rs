//! Any bytes through `fuzz::changes`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::changes(data));
