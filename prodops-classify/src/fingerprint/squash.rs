//! Commits that bring several patches as one: squash merges.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use super::patch_lines::PatchLines;

/// So much of a part has to be in the whole, and so much of the whole in its parts: conflicts are resolved on the way.
const SHARE: f64 = 0.9;

/// Less in common with the whole is chance.
const RELATED: f64 = 0.25;

/// A branch of more commits is not taken apart.
const MOST_PARTS: usize = 512;

/// A line that more commits have changed says nothing of where it comes from.
const COMMON: usize = 32;

/// So many lines are remembered unless something else is said: some 64 MiB.
const REMEMBERED: usize = 1 << 20;

/// A commit that brings the patches of others as one.
#[derive(Debug, Clone, PartialEq)]
pub struct Squash<C> {
    /// Which ones, in the order in which they came.
    pub parts: Vec<C>,
    /// Which share of its lines they have, from 0.9 to 1.
    pub covered: f64,
}

struct Remembered<C> {
    commit: C,
    lines: PatchLines,
}

/// Lines of one side that parts have to bring.
struct Wanted {
    missing: HashSet<u64>,
    owed: HashSet<u64>,
}

impl Wanted {
    fn of(lines: &[u64]) -> Self {
        Self { missing: lines.iter().copied().collect(), owed: HashSet::new() }
    }

    /// Whether any of these lines is wanted; then it is not any more.
    fn take(&mut self, lines: &[u64]) -> bool {
        lines.iter().fold(false, |any, line| any | self.missing.remove(line) | self.owed.remove(line))
    }
}

/// Finds squash merges among the commits of one workspace, as a stream of their lines comes in: a commit whose lines are those of
/// earlier commits together, and in which each of these is contained, but for lines that one of them brings and another takes away.
///
/// A squash of one commit is the same patch, which [`RelatedPatches`](super::RelatedPatches) finds; a merge has no lines. What was
/// changed by hand in more than one line of ten while it was merged is not recognised.
///
/// ```
/// use prodops_classify::{FingerprintKeys, PatchLines, SquashedPatches};
/// use prodops_core::index_key::IndexKey;
/// use prodops_core::source::{Change, ChangeKind, Content, Transient};
///
/// let keys = FingerprintKeys::of(&IndexKey::from_bytes([7; 32]));
/// let patch = |old: &str, new: &str| {
///     let side = |text: &str| Content::Bytes(Transient::new(text.into()));
///     let (path, kind) = (b"a".to_vec(), ChangeKind::Modified);
///     PatchLines::of(&keys, &[Change { path, kind, modes: None, old: side(old), new: side(new) }])
/// };
/// let mut patches = SquashedPatches::default();
/// assert_eq!(patches.add("one", patch("", "first\n")), None);
/// assert_eq!(patches.add("two", patch("first\n", "first\nsecond\n")), None);
/// let squash = patches.add("both", patch("", "first\nsecond\n")).unwrap();
/// assert_eq!(squash.parts, ["one", "two"]);
/// ```
pub struct SquashedPatches<C> {
    /// The number of the first commit that is remembered; each next one has the next number.
    first: u64,
    commits: VecDeque<Remembered<C>>,
    /// Which commits add a line, and which take it away.
    adders: HashMap<u64, Vec<u64>>,
    deleters: HashMap<u64, Vec<u64>>,
    lines: usize,
    most: usize,
}

impl PatchLines {
    /// Which share of its lines another patch has, too.
    fn shared(&self, other: &Self) -> f64 {
        let new = self.added().iter().filter(|line| has(other.added(), line)).count();
        let gone = self.deleted().iter().filter(|line| has(other.deleted(), line)).count();
        share(new + gone, self.len())
    }
}

impl<C> Default for SquashedPatches<C> {
    fn default() -> Self {
        Self::remembering(REMEMBERED)
    }
}

impl<C> SquashedPatches<C> {
    /// One that remembers the last commits with so many lines together.
    #[must_use]
    pub fn remembering(lines: usize) -> Self {
        Self {
            first: 0,
            commits: VecDeque::new(),
            adders: HashMap::new(),
            deleters: HashMap::new(),
            lines: 0,
            most: lines,
        }
    }

    fn get(&self, number: u64) -> Option<&Remembered<C>> {
        self.commits.get(usize::try_from(number.checked_sub(self.first)?).ok()?)
    }

    /// The commits that share lines with this one, and those that bring what these take away again, in the order in which they
    /// came.
    fn candidates(&self, whole: &PatchLines) -> BTreeSet<u64> {
        let added = whole.added().iter().filter_map(|line| self.adders.get(line));
        let deleted = whole.deleted().iter().filter_map(|line| self.deleters.get(line));
        let known = added.chain(deleted).filter(|commits| commits.len() <= COMMON);
        let mut found: BTreeSet<u64> = known.flatten().copied().collect();
        found.retain(|number| self.get(*number).is_some_and(|one| one.lines.shared(whole) >= RELATED));
        let mut open: Vec<u64> = found.iter().copied().collect();
        while let Some(number) = open.pop() {
            for other in self.cancelled_by(number, whole) {
                if found.len() < MOST_PARTS && found.insert(other) {
                    open.push(other);
                }
            }
        }
        found
    }

    /// The earlier commits that bring what this one takes away, and the later ones that take away what it brings, but for what
    /// shows in the whole.
    fn cancelled_by(&self, number: u64, whole: &PatchLines) -> Vec<u64> {
        let Some(one) = self.get(number) else { return Vec::new() };
        let few = |commits: &&Vec<u64>| commits.len() <= COMMON;
        let gone = one.lines.deleted().iter().filter(|line| !has(whole.deleted(), line));
        let earlier = gone.filter_map(|line| self.adders.get(line)).filter(few).flatten();
        let new = one.lines.added().iter().filter(|line| !has(whole.added(), line));
        let later = new.filter_map(|line| self.deleters.get(line)).filter(few).flatten();
        earlier
            .filter(|other| **other < number)
            .chain(later.filter(|other| **other > number))
            .copied()
            .collect()
    }

    /// Those of the candidates that are contained in the whole. Who goes may have excused others, so it is asked again.
    fn contained(&self, whole: &PatchLines, mut parts: BTreeSet<u64>) -> BTreeSet<u64> {
        loop {
            let lines = || parts.iter().filter_map(|part| self.get(*part)).map(|one| &one.lines);
            let added: HashSet<u64> = lines().flat_map(PatchLines::added).copied().collect();
            let deleted: HashSet<u64> = lines().flat_map(PatchLines::deleted).copied().collect();
            let stays = |lines: &PatchLines| {
                let new =
                    lines.added().iter().filter(|line| has(whole.added(), line) || deleted.contains(line));
                let gone =
                    lines.deleted().iter().filter(|line| has(whole.deleted(), line) || added.contains(line));
                share(new.count() + gone.count(), lines.len()) >= SHARE
            };
            let staying: BTreeSet<u64> = parts
                .iter()
                .filter(|part| self.get(**part).is_some_and(|one| stays(&one.lines)))
                .copied()
                .collect();
            if staying.len() == parts.len() {
                return parts;
            }
            parts = staying;
        }
    }

    /// Those of the parts that bring what no later one brings, and how much of the whole they bring together: a patch that was
    /// picked twice counts once.
    fn covering(&self, whole: &PatchLines, parts: &BTreeSet<u64>) -> (Vec<u64>, f64) {
        let (mut added, mut deleted) = (Wanted::of(whole.added()), Wanted::of(whole.deleted()));
        let mut needed = Vec::new();
        for part in parts.iter().rev() {
            let Some(Remembered { lines, .. }) = self.get(*part) else { continue };
            let (new, gone) = (added.take(lines.added()), deleted.take(lines.deleted()));
            if new || gone {
                // What it takes away and the whole does not, an earlier one has to bring, and the other way round.
                added.owed.extend(lines.deleted().iter().filter(|line| !has(whole.deleted(), line)));
                deleted.owed.extend(lines.added().iter().filter(|line| !has(whole.added(), line)));
                needed.push(*part);
            }
        }
        needed.reverse();
        let missing = added.missing.len() + deleted.missing.len();
        (needed, share(whole.len() - missing, whole.len()))
    }

    fn remember(&mut self, commit: C, lines: PatchLines) {
        if lines.is_empty() {
            return;
        }
        let number = self.first + self.commits.len() as u64;
        for (index, side) in [(&mut self.adders, lines.added()), (&mut self.deleters, lines.deleted())] {
            side.iter().for_each(|line| index.entry(*line).or_default().push(number));
        }
        self.lines += lines.len();
        self.commits.push_back(Remembered { commit, lines });
        while self.lines > self.most && self.forget_first() {}
    }

    fn forget_first(&mut self) -> bool {
        let Some(Remembered { lines, .. }) = self.commits.pop_front() else { return false };
        self.lines -= lines.len();
        for (index, side) in [(&mut self.adders, lines.added()), (&mut self.deleters, lines.deleted())] {
            for line in side {
                if let Some(commits) = index.get_mut(line) {
                    commits.retain(|number| *number != self.first);
                }
                if index.get(line).is_some_and(Vec::is_empty) {
                    index.remove(line);
                }
            }
        }
        self.first += 1;
        true
    }
}

impl<C: Copy> SquashedPatches<C> {
    /// What a commit brings together, if it does, of the commits that came before it. They come in the order in which they were
    /// made; each is remembered until others with enough lines have come.
    pub fn add(&mut self, commit: C, lines: PatchLines) -> Option<Squash<C>> {
        let parts = self.contained(&lines, self.candidates(&lines));
        let (parts, covered) = self.covering(&lines, &parts);
        let squash = (parts.len() > 1 && covered >= SHARE).then(|| {
            let parts = parts.iter().filter_map(|part| self.get(*part)).map(|one| one.commit).collect();
            Squash { parts, covered }
        });
        self.remember(commit, lines);
        squash
    }
}

impl<C> std::fmt::Debug for SquashedPatches<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SquashedPatches").field("commits", &self.commits.len()).finish_non_exhaustive()
    }
}

fn has(lines: &[u64], line: &u64) -> bool {
    lines.binary_search(line).is_ok()
}

#[allow(clippy::cast_precision_loss, reason = "numbers of lines are far below 2^52")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_forgotten_is_no_part_of_anything() {
        let lines = |numbers: &[u64]| PatchLines::from_sets(numbers.to_vec(), Vec::new());
        let mut patches = SquashedPatches::remembering(5);
        assert_eq!(patches.add(1, lines(&[1, 2])), None);
        assert_eq!(patches.add(2, lines(&[3, 4])), None);
        assert_eq!(patches.add(3, lines(&[9])), None);
        let both = lines(&[1, 2, 3, 4]);
        assert_eq!(patches.add(4, both.clone()).map(|squash| squash.parts), Some(vec![1, 2]));
        assert_eq!(patches.add(5, both), None, "4 is the same patch, 1 and 2 are forgotten");
        assert_eq!((patches.lines, patches.adders.len(), patches.commits.len()), (4, 4, 1));
    }
}
