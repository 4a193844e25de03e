//! Features of the subject and of the body.

use super::FeatureSink;
use super::hash::pair;
use super::template::Template;
use super::words::{Word, Words};

/// Words of a subject that are read.
const SUBJECT_WORDS: usize = 48;
/// Bytes of the words of a subject that are cut into grams.
const GRAM_BYTES: usize = 120;
/// Words of a body that are read.
const BODY_WORDS: usize = 60;
/// Bytes that are looked at: the labelled commits are cut there, too.
const SUBJECT_BYTES: usize = 400;
const BODY_BYTES: usize = 500;

/// Reads the words of a subject.
pub(super) fn read_subject(subject: &[u8], words: &mut Words) {
    words.clear();
    words.read(subject.get(..SUBJECT_BYTES).unwrap_or(subject), SUBJECT_WORDS);
}

/// Reads the words of a body, line by line, without trailers.
pub(super) fn read_body(body: &[u8], words: &mut Words) {
    words.clear();
    let mut left = BODY_BYTES;
    for line in body.split(|byte| *byte == b'\n') {
        if left == 0 || words.as_slice().len() >= BODY_WORDS {
            return;
        }
        let line = line.get(..left).unwrap_or(line);
        left -= line.len();
        if !is_trailer(line) {
            words.read(line, BODY_WORDS);
        }
    }
}

/// `Signed-off-by: …` and its kin name people, not work.
fn is_trailer(line: &[u8]) -> bool {
    let end = line.iter().position(|byte| !(byte.is_ascii_alphabetic() || *byte == b'-')).unwrap_or(0);
    let (key, rest) = line.split_at_checked(end).unwrap_or((&[], line));
    let ends = |end: &[u8]| {
        key.len() >= end.len()
            && key.get(key.len() - end.len()..).is_some_and(|key| key.eq_ignore_ascii_case(end))
    };
    rest.starts_with(b":") && (ends(b"-by") || ends(b"change-id"))
}

/// Words, their neighbours and the letters of the subject.
pub(super) fn subject(words: &Words, sink: &mut impl FeatureSink) {
    let all = words.as_slice();
    let name = |word: Word| words.text(word);
    for (place, word) in all.iter().enumerate() {
        sink.put(Template::Word, word.hash, || format!("word “{}”", name(*word)));
        if place < 3 {
            sink.put(Template::WordAt, pair(place as u64, word.hash), || {
                format!("word {} “{}”", place + 1, name(*word))
            });
        }
    }
    if let Some(last) = all.last() {
        sink.put(Template::LastWord, last.hash, || format!("last word “{}”", name(*last)));
    }
    for two in all.windows(2) {
        let [first, second] = two else { continue };
        sink.put(Template::Pair, pair(first.hash, second.hash), || {
            format!("words “{} {}”", name(*first), name(*second))
        });
    }
    for three in all.windows(3) {
        let [first, _, third] = three else { continue };
        sink.put(Template::Around, pair(first.hash, third.hash), || {
            format!("words “{} … {}”", name(*first), name(*third))
        });
    }
    if let [first, second, third, ..] = all {
        let hash = pair(pair(first.hash, second.hash), third.hash);
        sink.put(Template::FirstThree, hash, || {
            format!("starts “{} {} {}”", name(*first), name(*second), name(*third))
        });
    }
    grams(words.joined(), sink);
}

/// Runs of four letters.
fn grams(joined: &[u8], sink: &mut impl FeatureSink) {
    let text = joined.get(..GRAM_BYTES).unwrap_or(joined);
    let mut letters = 0u32;
    for (place, byte) in text.iter().enumerate() {
        letters = (letters >> 8) | (u32::from(*byte) << 24);
        if place >= 3 {
            // A run is its own hash.
            sink.put(Template::Gram, letters.into(), || {
                format!("letters “{}”", String::from_utf8_lossy(&letters.to_le_bytes()))
            });
        }
    }
}

/// Words of the body and their neighbours.
pub(super) fn body(words: &Words, sink: &mut impl FeatureSink) {
    let all = words.as_slice();
    let has_body = !all.is_empty();
    sink.put(Template::HasBody, u64::from(has_body), || {
        if has_body { "has a body" } else { "has no body" }.to_owned()
    });
    for word in all {
        sink.put(Template::BodyWord, word.hash, || format!("word “{}” in the body", words.text(*word)));
    }
    for two in all.windows(2) {
        let [first, second] = two else { continue };
        sink.put(Template::BodyPair, pair(first.hash, second.hash), || {
            format!("words “{} {}” in the body", words.text(*first), words.text(*second))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trailers_are_no_words() {
        let mut words = Words::default();
        read_body(
            b"\nBecause.\n\nSigned-off-by: A Person <a@example.org>\nChange-Id: 12\nWhat for: b",
            &mut words,
        );
        assert_eq!(words.joined(), b" because what for : b ");
        assert!(!is_trailer(b"by: hand") && is_trailer(b"Co-Authored-By: x"));
    }

    #[test]
    fn long_texts_are_cut() {
        let mut words = Words::default();
        read_body(&b"word ".repeat(1 << 18), &mut words);
        assert_eq!(words.as_slice().len(), BODY_WORDS);
        read_subject(&b"x".repeat(1 << 20), &mut words);
        assert_eq!(words.joined().len(), SUBJECT_BYTES + 2);
    }
}
