//! What is worked on, and by how many.

use std::collections::HashSet;

use prodops_core::fact::CommitFact;

use crate::coverage::Reads;
use crate::definition::{Measured, Source, definition};
use crate::exclusion::{Excluded, Exclusion};
use crate::history::{Kind, Sample, count};
use crate::value::{ActivityClass, ActivityMix, MetricValue};

definition! {
    COMMITS = "commits" @ "1", "Commits",
    question: "How many changes did people bring into the line of history that is read?",
    formula: "number of commits reachable from the head that is read and committed in the window; merges, commits of \
        bots and commits that another repository of the report already holds are left out and counted apart",
    care: "A habit of small commits is not more work. Never compare teams by it.",
    Activity, Commits, Count, ZeroWhenRead, needs: [Commit], k_limited: false,
    Source::Commits(Reads::Commits, commits)
}

fn commits(sample: &Sample<'_>) -> Measured {
    let n = count(sample.work.len());
    Measured { value: Some(MetricValue::Count(n)), n, excluded: sample.left_out.clone() }
}

definition! {
    ACTIVE_PEOPLE = "active_people" @ "1", "Active people",
    question: "How many people wrote something?",
    formula: "number of different authors of commits committed in the window, merges included; bots and commits \
        without an author are left out. n counts the commits",
    care: "One address is one person until somebody links them. Work that leaves no commit is not seen.",
    Activity, People, DistinctCount, ZeroWhenRead, needs: [Commit], k_limited: false,
    Source::Commits(Reads::Commits, active_people)
}

fn active_people(sample: &Sample<'_>) -> Measured {
    let mut excluded = sample.left_out.clone().without(Exclusion::Merge);
    let (mut people, mut n) = (HashSet::new(), 0);
    for entry in sample.entries.iter().filter(|entry| matches!(entry.kind, Kind::Work | Kind::Merge)) {
        match entry.commit.author {
            Some(author) => {
                people.insert(author);
                n += 1;
            }
            None => excluded.add(Exclusion::NoAuthor, 1),
        }
    }
    Measured { value: Some(MetricValue::Count(count(people.len()))), n, excluded }
}

definition! {
    ACTIVITY_MIX = "activity_mix" @ "1", "Kinds of work",
    question: "What kinds of work did the changes do?",
    formula: "commits by label ÷ commits, without merges and bots; a commit without a label, or with one less \
        probable than 0.5, is unclassified and always shown",
    care: "Each commit counts the same, however large. A mixed commit has one label.",
    Activity, Share, Mix, NothingWithoutEvents, needs: [Commit], k_limited: false,
    Source::Commits(Reads::Commits, activity_mix)
}

fn activity_mix(sample: &Sample<'_>) -> Measured {
    let mix = mix_of(sample.work.iter().copied());
    let n = mix.total();
    let value = (n > 0).then_some(MetricValue::Mix(mix));
    Measured { value, n, excluded: sample.left_out.clone() }
}

/// The commits by class.
pub(crate) fn mix_of<'a>(commits: impl Iterator<Item = &'a CommitFact>) -> ActivityMix {
    let mut mix = ActivityMix::default();
    commits.for_each(|commit| mix.take(ActivityClass::of(commit.label.as_ref())));
    mix
}

/// Splits labelled commits from the rest, which it counts as left out.
pub(crate) fn classified(sample: &Sample<'_>, class: ActivityClass) -> (u64, u64, Excluded) {
    let mix = mix_of(sample.work.iter().copied());
    let mut excluded = sample.left_out.clone();
    let unclassified = mix.count(ActivityClass::Unclassified);
    excluded.add(Exclusion::Unclassified, unclassified);
    (mix.count(class), mix.total() - unclassified, excluded)
}
