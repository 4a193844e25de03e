//! Added and deleted lines, equal to `git log --numstat --no-renames` with git's default diff algorithm.

use prodops_core::fact::CountState;
use prodops_core::source::{Change, Content, Transient};

use super::diff::{Hunk, LineDiff, White};
use super::lines::is_binary;

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

/// Why the lines of a change cannot be looked at, if they cannot.
pub(crate) fn obstacle(change: &Change) -> Option<CountState> {
    let contents = [&change.old, &change.new];
    let has = |wanted: fn(&Content) -> bool| contents.iter().any(|content| wanted(content));
    if has(|content| matches!(content, Content::Submodule)) {
        Some(CountState::Submodule)
    } else if contents.iter().any(|content| read(content, is_binary)) {
        Some(CountState::Binary)
    } else if has(|content| matches!(content, Content::Unreadable)) {
        Some(CountState::Unreadable)
    } else if has(|content| matches!(content, Content::TooLarge { .. })) || is_too_long(change) {
        Some(CountState::TooLarge)
    } else {
        None
    }
}

fn is_too_long(change: &Change) -> bool {
    [&change.old, &change.new].iter().any(|content| read(content, |text| text.len() > LONGEST_TEXT))
}

/// The counts of these hunks.
fn tally(hunks: &[Hunk]) -> Counts {
    let (added, deleted) = hunks
        .iter()
        .fold((0, 0), |(added, deleted), hunk| (added + hunk.new_lines, deleted + hunk.old_lines));
    Counts { added, deleted, state: CountState::Counted }
}

/// Counts the lines of a change, and leaves its hunks in `diff`: none when the lines cannot be looked at.
pub(crate) fn count(diff: &mut LineDiff, change: &Change) -> Counts {
    diff.clear();
    if let Some(state) = obstacle(change) {
        return Counts::none(state);
    }
    tally(read(&change.old, |old| read(&change.new, |new| diff.compare(old, new, White::Counts))))
}

/// Lends the text of a side; a side without text is empty.
pub(crate) fn read<R>(content: &Content, reader: impl FnOnce(&[u8]) -> R) -> R {
    match content {
        Content::Bytes(text) => lend(text, reader),
        Content::Absent | Content::TooLarge { .. } | Content::Submodule | Content::Unreadable => reader(&[]),
    }
}

/// Lends the first of these contents that was read.
pub(crate) fn read_first<'c, R>(
    contents: impl IntoIterator<Item = &'c Content>,
    reader: impl FnOnce(Option<&[u8]>) -> R,
) -> R {
    let was_read = |content: &&Content| matches!(content, Content::Bytes(_));
    match contents.into_iter().find(was_read) {
        Some(content) => read(content, |text| reader(Some(text))),
        None => reader(None),
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
        let change = Change { path: b"f".to_vec(), kind: ChangeKind::Modified, modes: None, old, new };
        super::count(&mut LineDiff::default(), &change)
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
