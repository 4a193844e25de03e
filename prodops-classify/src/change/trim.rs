//! The part of two texts that differs, in whole lines.

use bstr::ByteSlice;

/// Bytes compared in one go; equal blocks are found by `memcmp`.
const BLOCK: usize = 256;

/// Two texts taken apart into what they share at both ends and what is left between.
pub(crate) struct Trimmed<'a> {
    /// Whole lines at the start of both.
    pub(crate) head: &'a [u8],
    /// What is left of the old text.
    pub(crate) old: &'a [u8],
    /// What is left of the new text.
    pub(crate) new: &'a [u8],
    /// Whole lines at the end of both.
    pub(crate) tail: &'a [u8],
}

/// Takes common whole lines off both ends.
pub(crate) fn trim<'a>(old: &'a [u8], new: &'a [u8]) -> Trimmed<'a> {
    let common = prefix_length(old, new);
    // Of the common bytes only complete lines count; of equal texts everything does.
    let head = if common == old.len() && common == new.len() {
        common
    } else {
        old.get(..common).and_then(|bytes| bytes.rfind_byte(b'\n')).map_or(0, |end| end + 1)
    };
    let (head, old) = split(old, head);
    let (_, new) = split(new, head.len());
    let tail = tail_length(old, new);
    let (old, tail) = split(old, old.len() - tail);
    let (new, _) = split(new, new.len() - tail.len());
    Trimmed { head, old, new, tail }
}

fn split(text: &[u8], at: usize) -> (&[u8], &[u8]) {
    text.split_at_checked(at).unwrap_or((text, &[]))
}

fn prefix_length(a: &[u8], b: &[u8]) -> usize {
    let blocks = a.chunks_exact(BLOCK).zip(b.chunks_exact(BLOCK)).take_while(|(x, y)| x == y).count();
    let start = blocks * BLOCK;
    start + a.iter().skip(start).zip(b.iter().skip(start)).take_while(|(x, y)| x == y).count()
}

fn suffix_length(a: &[u8], b: &[u8]) -> usize {
    let blocks = a.rchunks_exact(BLOCK).zip(b.rchunks_exact(BLOCK)).take_while(|(x, y)| x == y).count();
    let start = blocks * BLOCK;
    let bytes = a.iter().rev().skip(start).zip(b.iter().rev().skip(start));
    start + bytes.take_while(|(x, y)| x == y).count()
}

/// The length of the common whole lines at the end.
fn tail_length(old: &[u8], new: &[u8]) -> usize {
    let common = suffix_length(old, new);
    let (old_rest, shared) = split(old, old.len() - common);
    let (new_rest, _) = split(new, new.len() - common);
    if at_line_start(old_rest) && at_line_start(new_rest) {
        return common;
    }
    // The first shared line is cut in one of the texts, so it is not shared.
    shared.find_byte(b'\n').map_or(0, |end| shared.len() - end - 1)
}

fn at_line_start(before: &[u8]) -> bool {
    before.last().is_none_or(|&byte| byte == b'\n')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::lines::Lines;
    use super::*;

    #[test]
    fn only_whole_lines_are_taken_off() {
        let parts = trim(b"a\nb1\nc\nd", b"a\nb2\nc\nd");
        assert_eq!(
            (parts.head, parts.old, parts.new, parts.tail),
            (&b"a\n"[..], &b"b1\n"[..], &b"b2\n"[..], &b"c\nd"[..])
        );
        let parts = trim(b"y", b"zy");
        assert_eq!((parts.old, parts.new, parts.tail), (&b"y"[..], &b"zy"[..], &b""[..]));
        let parts = trim(b"a", b"a\n");
        assert_eq!((parts.head, parts.old, parts.new), (&b""[..], &b"a"[..], &b"a\n"[..]));
    }

    fn text() -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(prop::sample::select(vec![b'a', b'b', b'\n']), 0..700)
    }

    proptest! {
        #[test]
        fn the_parts_make_up_the_texts_and_share_no_outer_line(old in text(), new in text(), shared in text()) {
            let old = [&shared[..], &old, &shared].concat();
            let new = [&shared[..], &new, &shared].concat();
            let parts = trim(&old, &new);
            prop_assert_eq!([parts.head, parts.old, parts.tail].concat(), &old[..]);
            prop_assert_eq!([parts.head, parts.new, parts.tail].concat(), &new[..]);
            if !parts.old.is_empty() && !parts.new.is_empty() {
                prop_assert_ne!(Lines(parts.old).next(), Lines(parts.new).next());
                prop_assert_ne!(Lines(parts.old).last(), Lines(parts.new).last());
            }
        }
    }
}
