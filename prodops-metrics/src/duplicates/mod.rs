//! What is written more than once at the heads of repositories, and which of it costs work.
//!
//! Blocks are found from keyed fingerprints alone: nothing here has seen a line of them.

mod blocks;
mod classes;
mod corpus;
mod hot_spots;
#[cfg(test)]
mod tests;

use prodops_core::fact::{CountState, Entity, PathKey, TipFile};
use prodops_core::id::RepositoryId;
use serde::Serialize;

use crate::coverage::{Coverage, CoverageState};
use crate::definition::{Source, definition};
use crate::exclusion::{Excluded, Exclusion};
use crate::facts::FactSet;
use crate::report::ReportOptions;
use crate::result::{MetricResult, Reading, Unknown};
use crate::statistic::Share;
use crate::value::MetricValue;
use crate::window::Window;
use blocks::Blocks;
use corpus::Corpus;

/// A block has at least so many tokens in common.
pub const MIN_TOKENS: u32 = 50;
/// And so many lines in each place.
pub const MIN_LINES: u32 = 5;
/// So many hot spots are told at most.
pub const MOST_HOT_SPOTS: usize = 100;
/// So many places of each.
pub const MOST_PLACES: usize = 20;
/// So many grams are compared at once: those of some 300 MB of source.
const MOST_GRAMS: usize = 8_000_000;

definition! {
    DUPLICATED_LINES = "duplicated_lines" @ "1", "Duplicated lines",
    question: "What share of the source is written more than once?",
    formula: "lines at the head that lie in a duplicated block ÷ lines of all code and tests at the head that were read. A block \
        is a run of 50 tokens or more, over 5 lines or more, that stands in at least two places that do not overlap: in one \
        file, across files, or across the repositories of the workspace. Names, numbers, strings, white space and comments \
        are as good as any other, keywords and operators are not. What repeats a run of 16 tokens within 50 is a list, and \
        no block. Every common run of 80 tokens is found, shorter ones mostly; blocks begin up to 15 tokens before, and \
        end up to 31 after what is told. n counts lines",
    care: "It speaks of the head, whatever the window. Not every copy is a fault: what only looks the same today may have \
        reasons to part tomorrow. What is generated, vendored, prose or settings is not looked at.",
    Quality, Share, Share, NothingWithoutEvents, needs: [TipFile], k_limited: false,
    Source::Files
}

/// A part of a file that stands elsewhere, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Place {
    /// In which repository.
    pub repository: RepositoryId,
    /// In which file.
    pub path: PathKey,
    /// Its first line, from 1.
    pub from: u32,
    /// Its last line.
    pub to: u32,
}

/// One block with all its places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HotSpot {
    /// Where it stands: at most [`MOST_PLACES`], those of the repository that was asked about first.
    pub places: Vec<Place>,
    /// In how many places it stands.
    pub copies: u64,
    /// Its tokens.
    pub tokens: u32,
    /// Its lines in all places together.
    pub lines: u64,
    /// The commits of people in the window that touched one of its files; of a block in more than a thousand places, those of
    /// its first thousand.
    pub commits: u64,
}

/// What of a repository is written more than once.
#[derive(Debug, Clone, PartialEq)]
pub struct Duplicates {
    /// `duplicated_lines@1` of it.
    pub lines: MetricResult,
    /// The blocks that stand in it, those first whose lines times commits are most.
    pub hot_spots: Vec<HotSpot>,
    /// How many blocks there are, told or not; where they are more than 400, parts of a block that stand elsewhere, too, count
    /// by themselves.
    pub blocks: u64,
}

/// Looks for blocks of a repository in all `files` of the workspace that whoever asks may see. Commits count that lie in the window.
///
/// It takes O(n log n) of the grams in time and O(n) in memory, however often anything is repeated.
#[must_use]
pub fn duplicates(
    facts: &FactSet<'_>,
    files: &[TipFile],
    window: &Window,
    options: &ReportOptions,
    repository: RepositoryId,
) -> Duplicates {
    let read = facts.coverage.iter().filter(|one| one.repository == repository);
    let read = read.filter(|one| one.entity == Entity::TipFile).map(|one| one.to).max();
    let (state, complete) = match read {
        Some(_) => (CoverageState::Complete, 1),
        None => (CoverageState::None, 0),
    };
    let coverage = Coverage { state, repositories: 1, complete, gaps: Default::default() };
    let lines = |reading, n, excluded| MetricResult {
        definition: &DUPLICATED_LINES,
        reading,
        n,
        excluded,
        coverage,
        as_of: read.unwrap_or(options.as_of).min(options.as_of),
        before: None,
    };
    if read.is_none() {
        let unknown = Reading::Unknown(Unknown::NotRead { entity: Entity::TipFile });
        return Duplicates {
            lines: lines(unknown, 0, Excluded::default()),
            hot_spots: Vec::new(),
            blocks: 0,
        };
    }
    let corpus = Corpus::new(files, repository, MOST_GRAMS);
    let found = Blocks::find(&corpus);
    let (n, excluded) = counted(files, repository, &corpus);
    let share = Share::new(found.lines(&corpus, repository).min(n), n).map(MetricValue::Share);
    let reading = share.map_or(Reading::Nothing, Reading::Value);
    let (hot_spots, blocks) = hot_spots::rank(&corpus, &found, (facts, window), repository);
    Duplicates { lines: lines(reading, n, excluded), hot_spots, blocks }
}

/// The lines that are looked at, and the files that are not.
fn counted(files: &[TipFile], repository: RepositoryId, corpus: &Corpus<'_>) -> (u64, Excluded) {
    let (mut n, mut excluded) = (0, Excluded::default());
    for file in files.iter().filter(|file| file.repository == repository) {
        match left_out(file) {
            Some(reason) => excluded.add(reason, 1),
            None if corpus.is_beyond(file) => excluded.add(Exclusion::BeyondComparison, 1),
            None => n += u64::from(file.lines),
        }
    }
    (n, excluded)
}

/// Why a file is not looked at; `None` when it is.
fn left_out(file: &TipFile) -> Option<Exclusion> {
    match file.counted {
        CountState::Unreadable => Some(Exclusion::UnreadableFile),
        _ if !file.artefact.is_handwritten() => Some(Exclusion::SeparatedFile),
        _ if !file.artefact.is_source() => Some(Exclusion::NoSource),
        CountState::TooLarge => Some(Exclusion::TooLargeFile),
        CountState::Binary | CountState::Submodule => Some(Exclusion::SeparatedFile),
        CountState::Counted => None,
    }
}
