//! Added and deleted lines, equal to `git log --numstat --no-renames` with git's default diff algorithm.

use gix_imara_diff::{Algorithm, Diff, Token};
use prodops_core::fact::CountState;
use prodops_core::source::{Change, Content, Transient};

use super::lines::{Lines, count_lines, is_binary};
use super::tokens::{Side, TokenTable};
use super::trim::{Trimmed, trim};

/// git leaves a frequent line out of its search only among at least this many lines without a partner.
const ENOUGH_UNMATCHED: usize = 7;

/// Up to this edit cost git's search finds a shortest script; only above it takes short cuts.
const EXACT_COST: usize = 256;

/// The search numbers lines with 32-bit signed integers.
const LONGEST_TEXT: usize = i32::MAX as usize - 1;

/// The lines of one changed file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) added: u32,
    pub(crate) deleted: u32,
    pub(crate) state: CountState,
}

impl Counts {
    const fn none(state: CountState) -> Self {
        Self { added: 0, deleted: 0, state }
    }
}

/// Counts lines; keeps its memory from file to file, and in it nothing of the text but places and numbers of lines.
#[derive(Default)]
pub(crate) struct LineCounter {
    diff: Diff,
    table: TokenTable,
    old: Vec<Token>,
    new: Vec<Token>,
    sides: Vec<u8>,
}

impl LineCounter {
    /// Counts the lines of a change.
    pub(crate) fn count(&mut self, change: &Change) -> Counts {
        let contents = [&change.old, &change.new];
        let has = |wanted: fn(&Content) -> bool| contents.iter().any(|content| wanted(content));
        if has(|content| matches!(content, Content::Submodule)) {
            return Counts::none(CountState::Submodule);
        }
        if contents.iter().any(|content| read(content, is_binary)) {
            return Counts::none(CountState::Binary);
        }
        if has(|content| matches!(content, Content::Unreadable)) {
            return Counts::none(CountState::Unreadable);
        }
        if has(|content| matches!(content, Content::TooLarge { .. })) {
            return Counts::none(CountState::TooLarge);
        }
        read(&change.old, |old| read(&change.new, |new| self.count_text(old, new)))
    }

    /// Counts the lines of a change from one text to another.
    fn count_text(&mut self, old: &[u8], new: &[u8]) -> Counts {
        if old.len().max(new.len()) > LONGEST_TEXT {
            return Counts::none(CountState::TooLarge);
        }
        let parts = trim(old, new);
        let (added, deleted) = if parts.old.is_empty() || parts.new.is_empty() {
            (count_lines(parts.new), count_lines(parts.old))
        } else {
            self.search(old, new, &parts);
            (self.diff.count_additions(), self.diff.count_removals())
        };
        Counts { added, deleted, state: CountState::Counted }
    }

    fn search(&mut self, old: &[u8], new: &[u8], parts: &Trimmed<'_>) {
        let mut numbering = self.table.number(old, new);
        let mut append = |side: Side, start: usize, text: &[u8], tokens: &mut Vec<Token>| {
            let mut at = start;
            tokens.extend(Lines(text).map(|line| {
                let token = numbering.token(side, at, line);
                at += line.len();
                token
            }));
        };
        self.old.clear();
        self.new.clear();
        append(Side::Old, parts.head.len(), parts.old, &mut self.old);
        append(Side::New, parts.head.len(), parts.new, &mut self.new);
        if depends_on_ends(&mut self.sides, &self.old, &self.new) {
            // git counts how often a line occurs in the complete files, so the search gets them complete.
            self.old.clear();
            self.new.clear();
            append(Side::Old, 0, parts.head, &mut self.old);
            self.new.extend_from_slice(&self.old);
            append(Side::Old, parts.head.len(), parts.old, &mut self.old);
            append(Side::New, parts.head.len(), parts.new, &mut self.new);
            let tail = self.old.len();
            append(Side::Old, old.len() - parts.tail.len(), parts.tail, &mut self.old);
            self.new.extend_from_slice(self.old.get(tail..).unwrap_or_default());
        }
        let tokens = u32::try_from(numbering.len()).unwrap_or(u32::MAX);
        self.diff.compute_with(Algorithm::Myers, &self.old, &self.new, tokens);
    }
}

/// Whether the common ends of the files can change what git counts between them.
///
/// They cannot when every line has a partner, or when no frequent line can be left out of a search that is exact.
fn depends_on_ends(sides: &mut Vec<u8>, old: &[Token], new: &[Token]) -> bool {
    const IN_OLD: u8 = 1;
    const IN_NEW: u8 = 2;
    let highest = old.iter().chain(new).map(|token| token.0).max().unwrap_or(0);
    sides.clear();
    sides.resize(highest as usize + 1, 0);
    for (tokens, side) in [(old, IN_OLD), (new, IN_NEW)] {
        for token in tokens {
            if let Some(seen) = sides.get_mut(token.0 as usize) {
                *seen |= side;
            }
        }
    }
    let unmatched = |tokens: &[Token], only: u8| {
        tokens.iter().filter(|token| sides.get(token.0 as usize) == Some(&only)).count()
    };
    let (deleted, added) = (unmatched(old, IN_OLD), unmatched(new, IN_NEW));
    let enough = deleted.max(added) >= ENOUGH_UNMATCHED;
    let may_be_inexact = old.len() + new.len() > EXACT_COST;
    deleted + added > 0 && (enough || may_be_inexact)
}

/// Lends the text of a side; a side without text is empty.
fn read<R>(content: &Content, reader: impl FnOnce(&[u8]) -> R) -> R {
    match content {
        Content::Bytes(text) => lend(text, reader),
        Content::Absent | Content::TooLarge { .. } | Content::Submodule | Content::Unreadable => reader(&[]),
    }
}

#[allow(clippy::disallowed_methods, reason = "counting lines is one of the places where source text is read")]
fn lend<R>(text: &Transient, reader: impl FnOnce(&[u8]) -> R) -> R {
    text.with_bytes(reader)
}

#[cfg(test)]
mod tests {
    use prodops_core::source::ChangeKind;
    use proptest::prelude::*;

    use super::*;

    fn text(bytes: &[u8]) -> Content {
        Content::Bytes(Transient::new(bytes.to_vec()))
    }

    fn count(old: Content, new: Content) -> Counts {
        let change = Change { path: b"f".to_vec(), kind: ChangeKind::Modified, old, new };
        LineCounter::default().count(&change)
    }

    fn counted(added: u32, deleted: u32) -> Counts {
        Counts { added, deleted, state: CountState::Counted }
    }

    #[test]
    fn lines_are_counted_like_git_does() {
        assert_eq!(count(Content::Absent, text(b"a\nb")), counted(2, 0));
        assert_eq!(count(text(b"a\nb\n"), Content::Absent), counted(0, 2));
        assert_eq!(count(text(b"a\nb\n"), text(b"a\nb\n")), counted(0, 0));
        assert_eq!(count(text(b"a\nb"), text(b"a\nb\n")), counted(1, 1));
        assert_eq!(count(text(b"a\nb\n"), text(b"a\r\nb\r\n")), counted(2, 2));
        assert_eq!(count(text(b"a\nb\nc\n"), text(b"c\na\nb\n")), counted(1, 1));
        assert_eq!(count(text(b""), text(b"")), counted(0, 0));
    }

    #[test]
    fn what_cannot_be_counted_says_why() {
        let state = |old, new| count(old, new).state;
        assert_eq!(state(text(b"a\0"), text(b"a")), CountState::Binary);
        assert_eq!(state(Content::TooLarge { bytes: 9 }, text(b"a")), CountState::TooLarge);
        assert_eq!(state(Content::TooLarge { bytes: 9 }, text(b"\0")), CountState::Binary);
        assert_eq!(state(Content::Unreadable, text(b"a")), CountState::Unreadable);
        assert_eq!(state(Content::Submodule, text(b"a")), CountState::Submodule);
        assert_eq!(count(Content::Submodule, text(b"a")).added, 0);
    }

    #[test]
    fn one_line_of_ten_megabytes_is_one_line() {
        let mut long = vec![b'x'; 10 << 20];
        let old = text(&long);
        long[5 << 20] = b'y';
        assert_eq!(count(old, text(&long)), counted(1, 1));
    }

    proptest! {
        #[test]
        fn added_minus_deleted_is_the_difference_in_lines(
            old in prop::collection::vec(0u8..12, 0..400),
            new in prop::collection::vec(0u8..12, 0..400),
        ) {
            let lines = |numbers: &[u8]| numbers.iter().flat_map(|n| [b'a' + n, b'\n']).collect::<Vec<u8>>();
            let counts = count(text(&lines(&old)), text(&lines(&new)));
            let net = i64::from(counts.added) - i64::from(counts.deleted);
            prop_assert_eq!(net, new.len() as i64 - old.len() as i64);
            prop_assert!(counts.added as usize <= new.len());
        }

        #[test]
        fn any_bytes_are_counted(old in prop::collection::vec(any::<u8>(), 0..300), new in prop::collection::vec(any::<u8>(), 0..300)) {
            let counts = count(text(&old), text(&new));
            prop_assert!(matches!(counts.state, CountState::Counted | CountState::Binary));
        }
    }
}
