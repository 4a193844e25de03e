//! Into which kinds of work the days of people go, and which commits stand behind a share.

use std::collections::BTreeMap;

use jiff::civil::Date;
use prodops_core::fact::CommitFact;
use prodops_core::id::PersonId;

use crate::coverage::Reads;
use crate::definition::{Measured, Source, definition};
use crate::exclusion::Exclusion;
use crate::facts::FactSet;
use crate::history::{History, Sample};
use crate::report::ReportOptions;
use crate::value::{ActivityClass, EffortMix, MetricValue};
use crate::window::{Window, day_of};

definition! {
    INVESTMENT_MIX = "investment_mix" @ "1", "Investment",
    question: "Into which kinds of work do the days go?",
    formula: "each day on which a person has commits of commits@1 is one person-day, split evenly over these commits; person-days \
        by label ÷ person-days. A day is a calendar day of the window's zone; a commit without a label, or with one less \
        probable than 0.5, is unclassified and always shown; commits without an author are left out. n counts person-days",
    care: "A day is a day, however long; work that leaves no commit is not seen. Nothing here is about one person.",
    Activity, Share, Effort, NothingWithoutEvents, needs: [Commit], k_limited: false,
    Source::Commits(Reads::Commits, investment_mix)
}

fn investment_mix(sample: &Sample<'_>) -> Measured {
    let mut excluded = sample.left_out.clone();
    let nobodys = sample.work.iter().filter(|commit| commit.author.is_none()).count();
    excluded.add(Exclusion::NoAuthor, crate::history::count(nobodys));
    let mix = effort_of(&sample.work, &sample.window);
    let n = mix.total_days();
    Measured { value: (n > 0).then_some(MetricValue::Effort(mix)), n, excluded }
}

/// The days of people behind these commits, by class.
pub(crate) fn effort_of(commits: &[&CommitFact], window: &Window) -> EffortMix {
    let mut days: BTreeMap<(PersonId, Date), BTreeMap<ActivityClass, u64>> = BTreeMap::new();
    for commit in commits {
        if let Some(author) = commit.author {
            let day = day_of(commit.committed.at, window.zone());
            let touched = days.entry((author, day)).or_default();
            *touched.entry(ActivityClass::of(commit.label.as_ref())).or_default() += 1;
        }
    }
    let mut mix = EffortMix::default();
    days.values().for_each(|touched| mix.take_day(touched));
    mix
}

/// The commits that stand behind the share of a class, newest first: those of `commits@1` in the window that are of it.
///
/// Those without an author are among them: they count in `activity_mix` and not in `investment_mix`.
#[must_use]
pub fn commits_behind<'a>(
    facts: &FactSet<'a>,
    window: &Window,
    options: &ReportOptions,
    class: ActivityClass,
) -> Vec<&'a CommitFact> {
    let repositories = facts.in_scope(options.scope);
    let history = History::new(facts, &repositories, options.as_of);
    let (first, last) = history.ends();
    let narrowed = window.narrowed(first, last, options.as_of);
    history.work(&narrowed).filter(|commit| ActivityClass::of(commit.label.as_ref()) == class).collect()
}
