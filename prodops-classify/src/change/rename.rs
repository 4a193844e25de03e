//! Renamed and copied files of a commit, as `git diff -M -C` finds them.

use prodops_core::source::{Change, ChangeKind, Content};

use super::alike::{LEAST, MOST_PAIRS, Pieces, Sources, WHOLE};
use super::count::read;

/// A new file that came from another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rename {
    /// The place of the change that has the file before.
    pub from: usize,
    /// The place of the change that brings the new file.
    pub to: usize,
    /// How much of the larger file is in both, in percent.
    pub similarity: u8,
    /// Whether the file before is still there, or became another one already.
    pub copy: bool,
}

/// A possible pair while the best ones are looked for.
struct Pair {
    score: u64,
    /// Places in the lists of sources and of new files.
    from: usize,
    to: usize,
}

/// The new files of a commit that were renamed or copied, in order. A file that the commit deletes can be renamed once; copies
/// are found of what it deletes or changes. With more than a million pairs of files only equal contents are found.
///
/// ```
/// use prodops_classify::{Rename, renames};
/// use prodops_core::source::{Change, ChangeKind, Content, Transient};
///
/// let text = || Content::Bytes(Transient::new(b"one\ntwo\nthree\n".to_vec()));
/// let change = |path: &[u8], kind, old, new| Change { path: path.to_vec(), kind, modes: None, old, new };
/// let changes = [
///     change(b"old.txt", ChangeKind::Deleted, text(), Content::Absent),
///     change(b"new.txt", ChangeKind::Added, Content::Absent, text()),
/// ];
/// assert_eq!(renames(&changes), [Rename { from: 0, to: 1, similarity: 100, copy: false }]);
/// ```
#[must_use]
pub fn renames(changes: &[Change]) -> Vec<Rename> {
    let places = |kind: ChangeKind, side: fn(&Change) -> &Content| {
        let has = move |change: &Change| change.kind == kind && matches!(side(change), Content::Bytes(_));
        changes.iter().enumerate().filter(move |(_, change)| has(change)).map(|(place, _)| place)
    };
    let new: Vec<usize> = places(ChangeKind::Added, |change| &change.new).collect();
    let mut old: Vec<usize> = places(ChangeKind::Deleted, |change| &change.old).collect();
    let gone = old.len();
    old.extend(places(ChangeKind::Modified, |change| &change.old));
    if new.is_empty() || old.is_empty() {
        return Vec::new();
    }
    let sources = Sources::new(old.iter().filter_map(|place| changes.get(*place)).map(|change| {
        let pieces = read(&change.old, Pieces::of);
        (change.path.as_slice(), pieces)
    }));
    let compare = new.len().saturating_mul(old.len()) <= MOST_PAIRS;
    let mut pairs = Vec::new();
    for (to, change) in new.iter().filter_map(|place| changes.get(*place)).enumerate() {
        candidates(&sources, change, to, compare, &mut pairs);
    }
    let mut found = chosen(pairs, gone, old.len(), new.len());
    for rename in &mut found {
        rename.from = old.get(rename.from).copied().unwrap_or_default();
        rename.to = new.get(rename.to).copied().unwrap_or_default();
    }
    found
}

fn candidates(sources: &Sources<'_>, change: &Change, to: usize, compare: bool, pairs: &mut Vec<Pair>) {
    let mine = read(&change.new, Pieces::of);
    if let Some(from) = sources.same(&change.path, &mine) {
        pairs.push(Pair { score: WHOLE, from, to });
    }
    if compare {
        let scores = sources.scores(&mine).enumerate().filter(|(_, score)| *score >= LEAST);
        pairs.extend(scores.map(|(from, score)| Pair { score, from, to }));
    }
}

/// The best pairs: every new file once, what is gone as a rename before anything as a copy.
fn chosen(mut pairs: Vec<Pair>, gone: usize, old: usize, new: usize) -> Vec<Rename> {
    pairs.sort_by_key(|pair| (std::cmp::Reverse(pair.score), pair.to, pair.from));
    let (mut used, mut settled) = (vec![false; old], vec![None; new]);
    for copy in [false, true] {
        for pair in &pairs {
            let free = pair.from < gone && used.get(pair.from) == Some(&false);
            let Some(slot) = settled.get_mut(pair.to).filter(|slot| slot.is_none() && (copy || free)) else {
                continue;
            };
            let similarity = (pair.score * 100 / WHOLE) as u8;
            *slot = Some(Rename { from: pair.from, to: pair.to, similarity, copy });
            if let Some(used) = used.get_mut(pair.from) {
                *used = true;
            }
        }
    }
    settled.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use prodops_core::source::Transient;

    use super::*;

    fn change(path: &str, old: Option<&str>, new: Option<&str>) -> Change {
        let content = |text: Option<&str>| {
            text.map_or(Content::Absent, |text| Content::Bytes(Transient::new(text.as_bytes().to_vec())))
        };
        let kind = match (old, new) {
            (None, _) => ChangeKind::Added,
            (_, None) => ChangeKind::Deleted,
            _ => ChangeKind::Modified,
        };
        Change { path: path.as_bytes().to_vec(), kind, modes: None, old: content(old), new: content(new) }
    }

    fn lines(from: u32, to: u32) -> String {
        (from..to).map(|n| format!("a line with the number {n}\n")).collect()
    }

    #[test]
    fn what_is_gone_is_renamed_once_and_copied_after_that() {
        let (whole, most) = (lines(0, 100), lines(20, 120));
        let changes = [
            change("gone", Some(&whole), None),
            change("kept", Some(&lines(500, 600)), Some("x\n")),
            change("most", None, Some(&most)),
            change("same", None, Some(&whole)),
            change("copy", None, Some(&lines(500, 600))),
            change("new", None, Some("something else\n")),
            change("empty", None, Some("")),
        ];
        let found = renames(&changes);
        let rename = |from, to, copy| (from, to, copy);
        let found: Vec<_> = found.iter().map(|found| rename(found.from, found.to, found.copy)).collect();
        assert_eq!(found, [(0, 2, true), (0, 3, false), (1, 4, true)]);
    }

    #[test]
    fn two_files_that_change_places_are_two_changes() {
        let (a, b) = (lines(0, 50), lines(100, 150));
        assert_eq!(renames(&[change("a", Some(&a), Some(&b)), change("b", Some(&b), Some(&a))]), []);
    }
}
