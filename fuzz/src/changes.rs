//! Commits: counts, kinds of change, renames, patches, and what a repository says of its files.

use prodops_classify::{
    Attributes, Classifier, CommitInput, FingerprintKeys, PatchLines, SquashedPatches, git_patch, renames,
};
use prodops_core::fact::CountState;
use prodops_core::index_key::IndexKey;
use prodops_core::source::{Change, ChangeKind, Content, Transient};

/// Parts of an input end with these two bytes, which a fuzzer finds soon.
const END: [u8; 2] = [0xff, 0xfe];

const PATHS: [&str; 6] = ["src/a.rs", "a.py", "docs/b.md", "c.yaml", "Makefile", "d.js"];

fn parts(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(data);
    std::iter::from_fn(move || {
        let whole = rest?;
        let end = whole.windows(END.len()).position(|window| window == END);
        let (part, after) = end.map_or((whole, None), |end| (&whole[..end], Some(&whole[end + END.len()..])));
        rest = after;
        Some(part)
    })
}

fn content(bytes: &[u8]) -> Content {
    Content::Bytes(Transient::new(bytes.to_vec()))
}

/// Files from pairs of parts, before and after.
fn commit(sides: &[&[u8]]) -> Vec<Change> {
    let change = |(place, pair): (usize, &[&[u8]])| Change {
        path: PATHS[place % PATHS.len()].as_bytes().to_vec(),
        kind: match pair {
            [[], _] => ChangeKind::Added,
            [_, []] | [_] => ChangeKind::Deleted,
            _ => ChangeKind::Modified,
        },
        modes: None,
        old: content(pair[0]),
        new: pair.get(1).map_or(Content::Absent, |new| content(new)),
    };
    sides.chunks(2).take(PATHS.len()).enumerate().map(change).collect()
}

fn lines(text: &[u8]) -> i64 {
    text.split_inclusive(|byte| *byte == b'\n').count() as i64
}

/// A message, then files before and after.
pub fn changes(data: &[u8]) {
    let parts: Vec<&[u8]> = parts(data).collect();
    let Some((message, sides)) = parts.split_first() else { return };
    let changes = commit(sides);
    let key = IndexKey::from_bytes([7; 32]);
    let message = Transient::new(message.to_vec());
    let input = CommitInput {
        message: &message,
        merge: false,
        author_name: b"A",
        author_email: b"a@example.org",
        changes: &changes,
    };
    let classified = Classifier::new(&key).classify(input);
    assert_eq!(classified.changes.len(), changes.len());
    for ((pair, counts), kinds) in sides.chunks(2).zip(&classified.changes).zip(&classified.kinds) {
        if counts.counted != CountState::Counted {
            continue;
        }
        let difference = pair.get(1).map_or(0, |new| lines(new)) - lines(pair[0]);
        assert_eq!(i64::from(counts.added) - i64::from(counts.deleted), difference);
        let of_added = [
            kinds.added,
            kinds.updated,
            kinds.replaced,
            kinds.moved,
            kinds.copied,
            kinds.format_only,
            kinds.comment_only,
        ];
        assert_eq!(of_added.iter().sum::<u32>(), counts.added, "every added line counts once");
    }
    let _ = (renames(&changes), git_patch(&changes));
    let patch = PatchLines::of(&FingerprintKeys::of(&key), &changes);
    assert!(patch.added().is_sorted() && patch.deleted().is_sorted());
    let mut patches = SquashedPatches::default();
    assert!(patches.add(1, patch.clone()).is_none());
    assert!(patches.add(2, patch).is_none(), "the same patch again is no squash");
}

/// The text of `.gitattributes`, then paths that are asked for.
pub fn attributes(data: &[u8]) {
    let mut parts = parts(data);
    let text = Transient::new(parts.next().unwrap_or_default().to_vec());
    let mut attributes = Attributes::default();
    attributes.add(b"", &text);
    attributes.add(b"src", &text);
    let change = |path: &[u8]| Change {
        path: path.to_vec(),
        kind: ChangeKind::Added,
        modes: None,
        old: Content::Absent,
        new: content(b"one\n"),
    };
    let changes: Vec<Change> = parts.take(8).chain([&b"src/a.rs"[..]]).map(change).collect();
    let message = Transient::new(Vec::new());
    let input = CommitInput {
        message: &message,
        merge: false,
        author_name: b"A",
        author_email: b"a",
        changes: &changes,
    };
    let classified =
        Classifier::new(&IndexKey::from_bytes([7; 32])).with_attributes(attributes).classify(input);
    assert_eq!(classified.changes.len(), changes.len());
}
