//! Which blocks cost work: their lines, by the commits that touched their files.

use std::collections::{HashMap, HashSet};

use prodops_core::fact::PathKey;
use prodops_core::id::RepositoryId;

use super::blocks::Blocks;
use super::classes::{Class, classes, stretch};
use super::corpus::Corpus;
use super::{HotSpot, MIN_LINES, MOST_HOT_SPOTS, MOST_PLACES, Place};
use crate::facts::FactSet;
use crate::window::Window;

/// Of so many that look hottest it is told exactly how hot they are.
const CANDIDATES: usize = 4 * MOST_HOT_SPOTS;

/// The commits of so many files of a block are looked at.
const MOST_FILES: usize = 1_000;

/// The commits of people in a window, by the files that they touched.
type Touches = HashMap<(RepositoryId, PathKey), Vec<u32>>;

/// The hottest blocks of a repository, and how many there are.
pub(super) fn rank(
    corpus: &Corpus<'_>,
    blocks: &Blocks,
    (facts, window): (&FactSet<'_>, &Window),
    repository: RepositoryId,
) -> (Vec<HotSpot>, u64) {
    // The files of the repository come first.
    let inside = |class: &Class| {
        let file = class.firsts.first().and_then(|first| corpus.files.get(corpus.file_of(*first)));
        file.is_some_and(|file| file.repository == repository)
    };
    let touches = touches(facts, window);
    let all = classes(corpus, blocks).into_iter().filter(inside);
    let mut rough: Vec<(u64, Class)> = all.map(|class| (roughly(corpus, &touches, &class), class)).collect();
    rough.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.firsts.cmp(&b.1.firsts)));
    let total = rough.len();
    let (mut spots, mut seen) = (Vec::new(), HashSet::new());
    for (_, class) in rough.into_iter().take(CANDIDATES) {
        let class = stretch(corpus, blocks, class);
        if let Some(spot) = spot(corpus, &touches, &class).filter(|spot| seen.insert(spot.places.clone())) {
            spots.push(spot);
        }
    }
    let known = if total <= CANDIDATES { spots.len() } else { total };
    spots.sort_by(|a, b| heat(b).cmp(&heat(a)).then_with(|| a.places.cmp(&b.places)));
    let mut told: Vec<HotSpot> = Vec::new();
    for spot in spots {
        if told.len() < MOST_HOT_SPOTS && !told.iter().any(|before| is_in(&spot, before)) {
            told.push(spot);
        }
    }
    (told, crate::history::count(known))
}

/// Whether one that was told before says nearly the same: each place lies in one of its places by half or more.
fn is_in(spot: &HotSpot, before: &HotSpot) -> bool {
    let lies_in = |place: &Place, other: &Place| {
        let common = (place.to.min(other.to) + 1).saturating_sub(place.from.max(other.from));
        (place.repository, place.path) == (other.repository, other.path) && common * 2 > place.to - place.from
    };
    spot.copies <= before.copies
        && spot.places.iter().all(|place| before.places.iter().any(|other| lies_in(place, other)))
}

/// What blocks are ordered by: where nothing was touched, by their lines.
const fn heat(spot: &HotSpot) -> (u64, u64) {
    (spot.lines.saturating_mul(spot.commits), spot.lines)
}

fn touches(facts: &FactSet<'_>, window: &Window) -> Touches {
    let mut touches = Touches::new();
    let inside = facts.commits.iter().filter(|commit| {
        !commit.bot && window.from() <= commit.committed.at && commit.committed.at < window.to()
    });
    for (number, commit) in (0u32..).zip(inside) {
        for change in &commit.changes {
            let commits = touches.entry((commit.repository, change.path)).or_default();
            if commits.last() != Some(&number) {
                commits.push(number);
            }
        }
    }
    touches
}

/// No less than its lines times its commits, but for how much longer it may be.
fn roughly(corpus: &Corpus<'_>, touches: &Touches, class: &Class) -> u64 {
    let (first, last) = class.firsts.first().map_or((0, 0), |first| corpus.lines(&class.at(corpus, *first)));
    let lines = u64::from(last - first + 1) * crate::history::count(class.firsts.len());
    let files = class.files(corpus).into_iter().take(MOST_FILES).filter_map(|file| corpus.files.get(file));
    let commits = files.filter_map(|file| touches.get(&(file.repository, file.path)));
    lines.saturating_mul(1 + commits.map(|commits| crate::history::count(commits.len())).sum::<u64>())
}

/// The block for people; `None` where it is too short in one of its places, or they are less than two.
fn spot(corpus: &Corpus<'_>, touches: &Touches, class: &Class) -> Option<HotSpot> {
    let place = |first: &u32| {
        let file = corpus.files.get(corpus.file_of(*first))?;
        let (from, to) = corpus.lines(&class.at(corpus, *first));
        Some(Place { repository: file.repository, path: file.path, from, to })
    };
    let all: Vec<Place> = class.apart(corpus).iter().filter_map(place).collect();
    if all.len() < 2 {
        return None;
    }
    let lines = |place: &Place| place.to - place.from + 1;
    if all.iter().any(|place| lines(place) < MIN_LINES) {
        return None;
    }
    let files: HashSet<_> = all.iter().take(MOST_FILES).map(|place| (place.repository, place.path)).collect();
    let commits: HashSet<u32> =
        files.iter().filter_map(|file| touches.get(file)).flatten().copied().collect();
    let first = class.firsts.first().copied().unwrap_or(0);
    let tokens = corpus.tokens(&class.at(corpus, first));
    Some(HotSpot {
        copies: crate::history::count(all.len()),
        tokens: tokens.end - tokens.start,
        lines: all.iter().map(|place| u64::from(lines(place))).sum(),
        commits: crate::history::count(commits.len()),
        places: all.into_iter().take(MOST_PLACES).collect(),
    })
}
