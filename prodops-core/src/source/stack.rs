//! Work that leaves nothing on the stack of its thread.

use std::hint::black_box;

use zeroize::Zeroize;

/// How much is wiped, in machine words.
const WIPED_WORDS: usize = WIPED_BYTES / size_of::<usize>();

/// How far below its caller [`on_wiped_stack`] wipes, in bytes: several times what the deepest reader of source text uses,
/// and a part of the smallest stack that threads usually get.
pub const WIPED_BYTES: usize = 512 << 10;

/// Runs `work`, then wipes what it left on the stack of the calling thread, also when it panics.
///
/// Whatever reads a text copies pieces of it into its frames: blocks for vector instructions, the head of an object. Nobody
/// owns those copies when the call is over, and the C library keeps the stack of a thread that ended for the next one.
///
/// The thread needs [`WIPED_BYTES`] of stack beside what `work` takes.
///
/// # Security
/// Frames that lay deeper than that stay as they are, and so does what `work` returns.
pub fn on_wiped_stack<R>(work: impl FnOnce() -> R) -> R {
    let wiped = WipeBelow;
    let result = apart(work);
    drop(wiped);
    result
}

struct WipeBelow;

impl Drop for WipeBelow {
    fn drop(&mut self) {
        wipe();
    }
}

/// INVARIANT: neither this nor [`wipe`] becomes a part of the caller's frame: the one has to lie where the other lay.
#[inline(never)]
fn apart<R>(work: impl FnOnce() -> R) -> R {
    work()
}

#[inline(never)]
fn wipe() {
    let mut area = [0_usize; WIPED_WORDS];
    area.as_mut_slice().zeroize();
    black_box(&area);
}

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::os::unix::fs::FileExt;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    /// Leaves a word in a frame far below and tells where it lay.
    #[inline(never)]
    fn sink(depth: usize, word: u64) -> u64 {
        let frame = black_box([word; 64]);
        let place = if depth == 0 { (&raw const frame).addr() as u64 } else { sink(depth - 1, word) };
        black_box(&frame);
        place
    }

    fn word_at(place: u64) -> u64 {
        let mut bytes = [0; 8];
        File::open("/proc/self/mem").unwrap().read_exact_at(&mut bytes, place).unwrap();
        u64::from_ne_bytes(bytes)
    }

    const WORD: u64 = 0x5ec2_e75e_c2e7_5ec2;

    #[test]
    fn what_lay_in_deep_frames_is_gone() {
        let place = apart(|| sink(200, WORD));
        assert_eq!(word_at(place), WORD, "else it stays");
        let place = on_wiped_stack(|| sink(200, WORD));
        assert_eq!(word_at(place), 0);
    }

    #[test]
    fn what_lay_in_deep_frames_is_gone_after_a_panic() {
        let mut place = 0;
        let work = || {
            place = sink(200, WORD);
            assert_eq!(place, 0, "on purpose");
        };
        assert!(catch_unwind(AssertUnwindSafe(|| on_wiped_stack(work))).is_err());
        assert_eq!(word_at(place), 0);
    }
}
