//! On how many shoulders the work rests.

use std::collections::{BTreeMap, HashMap};

use prodops_core::fact::PathKey;
use prodops_core::id::{PersonId, RepositoryId};

use crate::coverage::Reads;
use crate::definition::{Measured, Source, definition};
use crate::exclusion::Exclusion;
use crate::history::{Sample, count};
use crate::statistic::Share;
use crate::value::MetricValue;
use crate::volume::left_out;

definition! {
    BUS_FACTOR_COMMITS = "bus_factor_commits" @ "1", "Bus factor by commits",
    question: "How many people together wrote more than half of the changes?",
    formula: "least k such that some k people together wrote more than half of the commits of commits@1 that name an \
        author; a count that equal contributions cannot change. n counts those commits",
    care: "Commits are not knowledge, and a window is not the code: who wrote the rest before is not seen.",
    Knowledge, People, LeastMajority, NothingWithoutEvents, needs: [Commit], k_limited: true,
    Source::Commits(Reads::Commits, bus_factor_commits)
}

fn bus_factor_commits(sample: &Sample<'_>) -> Measured {
    let mut excluded = sample.left_out.clone();
    let mut by_person: BTreeMap<PersonId, u64> = BTreeMap::new();
    for commit in &sample.work {
        match commit.author {
            Some(author) => *by_person.entry(author).or_default() += 1,
            None => excluded.add(Exclusion::NoAuthor, 1),
        }
    }
    let mut parts: Vec<u64> = by_person.into_values().collect();
    parts.sort_unstable_by(|a, b| b.cmp(a));
    let n: u64 = parts.iter().sum();
    let mut together = 0;
    let before = parts.iter().take_while(|part| {
        together += **part;
        together * 2 <= n
    });
    let k = count(before.count()) + 1;
    Measured { value: (n > 0).then_some(MetricValue::Count(k)), n, excluded }
}

definition! {
    KNOWLEDGE_SPREAD = "knowledge_spread" @ "1", "Shared files",
    question: "What share of the files that changed was changed by more than one person?",
    formula: "handwritten files with more than one author in the window ÷ handwritten files with any, over the commits \
        of commits@1 that name an author, with a Wilson 95 % interval; a file is a path of a repository. n counts files",
    care: "A moved file is another file. A short window finds fewer files with two authors than a long one.",
    Knowledge, Share, Share, NothingWithoutEvents, needs: [Commit], k_limited: true,
    Source::Commits(Reads::Files, knowledge_spread)
}

fn knowledge_spread(sample: &Sample<'_>) -> Measured {
    let mut excluded = sample.left_out.clone();
    // The first author of a file, and whether another came.
    let mut files: HashMap<(RepositoryId, PathKey), (PersonId, bool)> = HashMap::new();
    for commit in &sample.work {
        let Some(author) = commit.author else {
            excluded.add(Exclusion::NoAuthor, 1);
            continue;
        };
        for change in &commit.changes {
            match left_out(change) {
                // Whoever changes a file that is too large to count has still changed it.
                None | Some(Exclusion::TooLarge | Exclusion::Unreadable) => {
                    let file = files.entry((commit.repository, change.path)).or_insert((author, false));
                    file.1 |= file.0 != author;
                }
                Some(reason) => excluded.add(reason, 1),
            }
        }
    }
    let n = count(files.len());
    let shared = count(files.values().filter(|(_, shared)| *shared).count());
    Measured { value: Share::new(shared, n).map(MetricValue::Share), n, excluded }
}
