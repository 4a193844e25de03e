//! Text into words in lower case.

use zeroize::{DefaultIsZeroes, Zeroize};

use super::hash;

/// A word and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Word {
    pub(super) hash: u64,
    start: u16,
    end: u16,
}

impl DefaultIsZeroes for Word {}

/// The words of a text, joined by blanks. Memory that is used again for one text after another.
#[derive(Default)]
pub(super) struct Words {
    /// A blank, and every word with a blank after it.
    joined: Vec<u8>,
    words: Vec<Word>,
}

impl Words {
    pub(super) fn clear(&mut self) {
        self.joined.clear();
        self.joined.push(b' ');
        self.words.clear();
    }

    /// Overwrites the text.
    pub(super) fn wipe(&mut self) {
        self.joined.zeroize();
        self.words.zeroize();
    }

    /// Adds the words of a text until there are as many as `most`.
    pub(super) fn read(&mut self, text: &[u8], most: usize) {
        let mut rest = text;
        while let Some((first, after)) = rest.split_first() {
            if self.words.len() >= most {
                return;
            }
            if is_in_word(*first) {
                let end = rest.iter().position(|byte| !is_in_word(*byte)).unwrap_or(rest.len());
                let (word, after) = rest.split_at_checked(end).unwrap_or((rest, &[]));
                self.add(word);
                rest = after;
            } else if *first == b'@' && after.first().is_some_and(|next| is_in_word(*next)) {
                // Who is meant tells nothing about the kind of work.
                self.add(b"user");
                let end = after.iter().position(|byte| !is_in_word(*byte) && *byte != b'-');
                rest = end.and_then(|end| after.get(end..)).unwrap_or_default();
            } else {
                if matches!(first, b'`' | b'#' | b'!' | b'?' | b':') {
                    self.add(std::slice::from_ref(first));
                }
                rest = after;
            }
        }
    }

    fn add(&mut self, word: &[u8]) {
        let start = self.joined.len();
        if word.iter().all(u8::is_ascii_digit) {
            // Numbers differ from commit to commit; one digit is often a count, more are often an id.
            self.joined.extend_from_slice(if word.len() > 1 { b"00" } else { b"0" });
        } else {
            self.joined.extend(word.iter().map(u8::to_ascii_lowercase));
        }
        let end = self.joined.len();
        let hash = hash::bytes(self.joined.get(start..).unwrap_or_default());
        self.joined.push(b' ');
        // INVARIANT: callers cut texts at less than 64 KiB, so that places fit.
        self.words.push(Word { hash, start: start as u16, end: end as u16 });
    }

    pub(super) fn as_slice(&self) -> &[Word] {
        &self.words
    }

    /// A blank, and every word with a blank after it.
    pub(super) fn joined(&self) -> &[u8] {
        &self.joined
    }

    /// The text of a word, for people.
    pub(super) fn text(&self, word: Word) -> String {
        let text = self.joined.get(usize::from(word.start)..usize::from(word.end)).unwrap_or_default();
        String::from_utf8_lossy(text).into_owned()
    }
}

/// Which bytes words are made of: letters and digits, the apostrophe of "don't", and whatever is not ASCII: words of other
/// scripts, and pictures. A table, since every byte of a message is asked for.
static IN_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let is = (byte as u8).is_ascii_alphanumeric() || byte as u8 == b'\'' || byte >= 0x80;
        #[allow(clippy::indexing_slicing, reason = "the compiler evaluates it")]
        {
            table[byte] = is;
        }
        byte += 1;
    }
    table
};

fn is_in_word(byte: u8) -> bool {
    IN_WORD.get(usize::from(byte)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str, most: usize) -> Vec<String> {
        let mut words = Words::default();
        words.clear();
        words.read(text.as_bytes(), most);
        words.as_slice().iter().map(|word| words.text(*word)).collect()
    }

    #[test]
    fn text_falls_into_words_and_the_signs_that_tell_something() {
        assert_eq!(
            words("Don't `panic` (#123), 2 Über!", 99),
            ["don't", "`", "panic", "`", "#", "00", "0", "\u{dc}ber", "!"]
        );
        assert_eq!(words("thanks @some-body for it", 99), ["thanks", "user", "for", "it"]);
        assert_eq!(words("one two three", 2), ["one", "two"]);
        assert!(words("", 9).is_empty() && words("@ - ,", 9).is_empty());
    }
}
