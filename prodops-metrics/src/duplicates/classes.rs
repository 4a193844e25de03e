//! Blocks as long as they are: runs of groups that follow each other in every one of their places.

use std::ops::Range;

use super::blocks::Blocks;
use super::corpus::Corpus;

/// Of blocks in more places the ends are left where the places are exactly the same ones.
const MOST_STRETCHED: usize = 1_000;

/// A block with its places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Class {
    /// The first gram in each place, in the order of comparison.
    pub(super) firsts: Vec<u32>,
    /// How many blocks of the shortest length follow the first one, each a gram further on.
    steps: u32,
}

impl Class {
    /// Its grams in a place.
    pub(super) fn at(&self, corpus: &Corpus<'_>, first: u32) -> Range<u32> {
        let last = first + self.steps;
        let window = corpus.window(last, corpus.range(corpus.file_of(first)).end);
        first..window.map_or(last + 1, |window| window.end)
    }

    /// The first gram in each of its places, without places that overlap one before: what repeats itself over a long stretch stands
    /// in itself, shifted.
    pub(super) fn apart(&self, corpus: &Corpus<'_>) -> Vec<u32> {
        let mut apart = Vec::with_capacity(self.firsts.len());
        let mut last: Option<(usize, u32)> = None;
        for first in &self.firsts {
            let (file, tokens) = (corpus.file_of(*first), corpus.tokens(&self.at(corpus, *first)));
            if last.is_none_or(|(before, end)| before != file || end <= tokens.start) {
                apart.push(*first);
                last = Some((file, tokens.end));
            }
        }
        apart
    }

    /// The files that it stands in, each once.
    pub(super) fn files(&self, corpus: &Corpus<'_>) -> Vec<usize> {
        let mut files: Vec<usize> = self.firsts.iter().map(|first| corpus.file_of(*first)).collect();
        files.dedup();
        files
    }
}

/// The blocks with exactly the same places next to each other, put together.
pub(super) fn classes(corpus: &Corpus<'_>, blocks: &Blocks) -> Vec<Class> {
    let groups = u32::try_from(blocks.count()).unwrap_or(u32::MAX);
    let next: Vec<Option<u32>> = (0..groups).map(|group| follower(corpus, blocks, group)).collect();
    let mut begins = vec![true; next.len()];
    for group in next.iter().flatten() {
        if let Some(slot) = begins.get_mut(*group as usize) {
            *slot = false;
        }
    }
    let starts = (0..groups).filter(|group| begins.get(*group as usize).copied().unwrap_or(false));
    let class = |group: u32| {
        let (mut last, mut steps) = (group, 0);
        while let Some(after) = next.get(last as usize).copied().flatten() {
            (last, steps) = (after, steps + 1);
        }
        Class { firsts: blocks.members(group).to_vec(), steps }
    };
    starts.map(class).collect()
}

/// The group that follows in every place, and nowhere else.
fn follower(corpus: &Corpus<'_>, blocks: &Blocks, group: u32) -> Option<u32> {
    let members = blocks.members(group);
    let after = same_group(corpus, blocks, members, |first| first.checked_add(1))?;
    (blocks.members(after).len() == members.len()).then_some(after)
}

/// The group of the blocks that begin beside these, where it is one and the same.
fn same_group(
    corpus: &Corpus<'_>,
    blocks: &Blocks,
    firsts: &[u32],
    beside: impl Fn(u32) -> Option<u32>,
) -> Option<u32> {
    let mut groups = firsts.iter().map(|first| {
        let other = beside(*first)?;
        let file = corpus.range(corpus.file_of(*first));
        blocks.group(other).filter(|_| file.contains(&other))
    });
    let first = groups.next()??;
    groups.all(|group| group == Some(first)).then_some(first)
}

/// The same block on to where its places part, though what is beside it stands elsewhere, too.
pub(super) fn stretch(corpus: &Corpus<'_>, blocks: &Blocks, class: Class) -> Class {
    let Class { mut firsts, mut steps } = class;
    if firsts.len() > MOST_STRETCHED {
        return Class { firsts, steps };
    }
    while same_group(corpus, blocks, &firsts, |first| first.checked_sub(1)).is_some() {
        firsts.iter_mut().for_each(|first| *first -= 1);
        steps += 1;
    }
    while same_group(corpus, blocks, &firsts, |first| first.checked_add(steps + 1)).is_some() {
        steps += 1;
    }
    Class { firsts, steps }
}
