//! Whose lines are left, and how few people wrote most of them.
//!
//! Nobody is named: results count people, and hold back what would be about few of them.

use std::collections::{BTreeMap, HashMap, HashSet};

use prodops_core::fact::{Artefact, CommitFact, CommitId, LineEntry, LineLogFact, LineSnapshot, PathKey};
use prodops_core::id::{PersonId, RepositoryId};
use prodops_core::time::Timestamp;
use serde::Serialize;

use crate::definition::{Measured, Source, definition};
use crate::exclusion::{Excluded, Exclusion};
use crate::facts::FactSet;
use crate::privacy::{Audience, K_PEOPLE};
use crate::result::{Reading, Unknown};
use crate::statistic::Share;
use crate::value::MetricValue;

definition! {
    BUS_FACTOR_LINES = "bus_factor_lines" @ "1", "Bus factor by lines",
    question: "How many people together wrote more than half of the lines that are left?",
    formula: "least k such that some k people together wrote more than half of the lines of handwritten files at the head \
        that is read; a line is of the author of the commit that wrote it, and keeps it through moves within its file, \
        renames and changes of white space. Lines of bots and of nobody known are left out. n counts lines",
    care: "It speaks of the head, whatever the window. Having written a line years ago is not knowing it; reviewing and \
        running it is not seen.",
    Knowledge, People, LeastMajority, NothingWithoutEvents, needs: [Commit], k_limited: true,
    Source::Lines(bus_factor_lines)
}

fn bus_factor_lines(sample: &LineSample) -> Measured {
    let value = sample.lines.bus_factor().map(MetricValue::Count);
    Measured { value, n: sample.lines.total, excluded: sample.excluded.clone() }
}

/// Lines by the people who wrote them.
#[derive(Debug, Clone, Default)]
pub(crate) struct LinesByPerson {
    by_person: HashMap<PersonId, u64>,
    total: u64,
}

impl LinesByPerson {
    fn add(&mut self, person: PersonId, lines: u64) {
        *self.by_person.entry(person).or_default() += lines;
        self.total += lines;
    }

    pub(crate) fn people(&self) -> u64 {
        crate::history::count(self.by_person.len())
    }

    /// How few people wrote more than half; `None` where there is no line.
    fn bus_factor(&self) -> Option<u64> {
        let mut parts: Vec<u64> = self.by_person.values().copied().collect();
        parts.sort_unstable_by(|a, b| b.cmp(a));
        let mut together = 0;
        let before = parts.iter().take_while(|part| {
            together += **part;
            together * 2 <= self.total
        });
        let before = before.count();
        (self.total > 0).then(|| crate::history::count(before) + 1)
    }

    /// What the one who wrote most wrote.
    fn largest(&self) -> Option<Share> {
        Share::new(self.by_person.values().copied().max()?, self.total)
    }
}

/// The lines that are left in the repositories of a report.
#[derive(Debug, Default)]
pub(crate) struct LineSample {
    pub(crate) lines: LinesByPerson,
    pub(crate) excluded: Excluded,
    /// Handwritten lines by their commit, whoever wrote it.
    by_commit: HashMap<(RepositoryId, u64), u64>,
    /// In how many repositories lines were read.
    pub(crate) read: usize,
}

impl LineSample {
    pub(crate) fn new(facts: &FactSet<'_>, repositories: &HashSet<RepositoryId>) -> Self {
        let mut sample = Self::default();
        let read = facts.lines.iter().map(|fact| fact.repository).filter(|id| repositories.contains(id));
        sample.read = read.collect::<HashSet<_>>().len();
        Left::of(facts).each(repositories, |line| {
            if line.outcome != Err(Exclusion::SeparatedLines) {
                *sample.by_commit.entry(line.commit).or_default() += line.lines;
            }
            match line.outcome {
                Ok(person) => sample.lines.add(person, line.lines),
                Err(reason) => sample.excluded.add(reason, line.lines),
            }
        });
        sample
    }

    /// How many handwritten lines of a commit are left.
    pub(crate) fn of_commit(&self, commit: &CommitFact) -> u64 {
        self.by_commit.get(&(commit.repository, commit.id.prefix())).copied().unwrap_or(0)
    }
}

/// A run of lines that is left.
struct LeftLine {
    path: PathKey,
    lines: u64,
    /// The repository, and what is kept of the commit's id.
    commit: (RepositoryId, u64),
    /// Who wrote it, or why it is not counted.
    outcome: Result<PersonId, Exclusion>,
}

/// When and by which commit something changed: of commits of the same instant the one with the larger id counts.
type LastChange = (Timestamp, CommitId);

/// The lines that are left, with what is known of their files and people.
struct Left<'a> {
    log: &'a [LineLogFact],
    bots: HashSet<PersonId>,
    /// What sort of file each was when it changed last.
    artefacts: HashMap<(RepositoryId, PathKey), (LastChange, Artefact)>,
}

impl<'a> Left<'a> {
    fn of(facts: &FactSet<'a>) -> Self {
        let bots = facts.people.iter().filter(|person| person.bot).map(|person| person.id).collect();
        let mut artefacts: HashMap<_, (LastChange, Artefact)> = HashMap::new();
        // Of files that are gone nothing is asked.
        let files = facts.lines.iter().filter_map(|fact| match &fact.entry {
            LineEntry::Snapshot(part) => Some(part.files.iter().map(|file| (fact.repository, file.path))),
            LineEntry::Edits { .. } => None,
        });
        let files: HashSet<_> = files.flatten().collect();
        for commit in facts.commits.iter().filter(|_| !files.is_empty()) {
            let at = (commit.committed.at, commit.id);
            for change in commit.changes.iter().filter(|one| files.contains(&(commit.repository, one.path))) {
                let known =
                    artefacts.entry((commit.repository, change.path)).or_insert((at, change.artefact));
                if known.0 <= at {
                    *known = (at, change.artefact);
                }
            }
        }
        Self { log: facts.lines, bots, artefacts }
    }

    fn each(&self, repositories: &HashSet<RepositoryId>, mut see: impl FnMut(LeftLine)) {
        let mut owners: HashMap<RepositoryId, Vec<(u64, Option<PersonId>)>> = HashMap::new();
        for fact in self.log.iter().filter(|fact| repositories.contains(&fact.repository)) {
            let LineEntry::Snapshot(part) = &fact.entry else { continue };
            if fact.place == 0 {
                owners.insert(fact.repository, owners_of(part));
            }
            let owners = owners.get(&fact.repository).map_or(&[][..], Vec::as_slice);
            for file in &part.files {
                let handwritten = self.is_handwritten(fact.repository, file.path);
                let mut place = 0i64;
                for run in &file.runs {
                    place += i64::from(run.commit);
                    let owner = usize::try_from(place).ok().and_then(|place| owners.get(place)).copied();
                    let (commit, author) = owner.unwrap_or_default();
                    let (path, lines) = (file.path, u64::from(run.lines));
                    let outcome = self.outcome(author, handwritten);
                    see(LeftLine { path, lines, commit: (fact.repository, commit), outcome });
                }
            }
        }
    }

    fn is_handwritten(&self, repository: RepositoryId, path: PathKey) -> bool {
        self.artefacts.get(&(repository, path)).is_none_or(|(_, artefact)| artefact.is_handwritten())
    }

    fn outcome(&self, owner: Option<PersonId>, handwritten: bool) -> Result<PersonId, Exclusion> {
        match owner {
            _ if !handwritten => Err(Exclusion::SeparatedLines),
            None => Err(Exclusion::NobodysLines),
            Some(person) if self.bots.contains(&person) => Err(Exclusion::BotLines),
            Some(person) => Ok(person),
        }
    }
}

/// Every commit of a snapshot with its author.
fn owners_of(first: &LineSnapshot) -> Vec<(u64, Option<PersonId>)> {
    let author = |at: u32| first.authors.get(at as usize).copied();
    first.commits.iter().map(|owner| (owner.commit, owner.author.and_then(author))).collect()
}

/// Whose lines are left in one place: a folder or a file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlaceOwnership<P> {
    /// Where.
    pub place: P,
    /// Its files.
    pub files: u64,
    /// Handwritten lines of people.
    pub lines: u64,
    /// How many people wrote them.
    pub people: Reading<u64>,
    /// How few of them wrote more than half.
    pub bus_factor: Reading<u64>,
    /// The share of whoever wrote most.
    pub largest: Reading<Share>,
}

/// Whose lines are left, place by place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OwnershipTable<P> {
    /// The places in their order.
    pub places: Vec<PlaceOwnership<P>>,
    /// Files of which it is not known where they lie.
    pub unplaced: u64,
    /// What was left out in the places.
    pub excluded: Excluded,
}

/// Whose lines are left at the head of one repository, by the place that each path has: `Some(None)` is a place that is not
/// asked about, and paths of which nothing is known are counted. `None` when the lines of the repository were not read.
#[must_use]
pub fn ownership<P: Clone + Ord>(
    facts: &FactSet<'_>,
    repository: RepositoryId,
    audience: Audience,
    place: impl Fn(PathKey) -> Option<Option<P>>,
) -> Option<OwnershipTable<P>> {
    let mut places: BTreeMap<P, (HashSet<PathKey>, LinesByPerson)> = BTreeMap::new();
    let (mut unplaced, mut excluded) = (HashSet::new(), Excluded::default());
    let log = facts.lines.iter().any(|fact| fact.repository == repository);
    Left::of(facts).each(&HashSet::from([repository]), |line| match (place(line.path), line.outcome) {
        (None, _) => drop(unplaced.insert(line.path)),
        (Some(None), _) => {}
        (Some(Some(place)), outcome) => {
            let (files, lines) = places.entry(place).or_default();
            files.insert(line.path);
            match outcome {
                Ok(person) => lines.add(person, line.lines),
                Err(reason) => excluded.add(reason, line.lines),
            }
        }
    });
    let row = |(place, (files, lines)): (P, (HashSet<PathKey>, LinesByPerson))| PlaceOwnership {
        place,
        files: crate::history::count(files.len()),
        lines: lines.total,
        people: said(&lines, audience, Some(lines.people())),
        bus_factor: said(&lines, audience, lines.bus_factor()),
        largest: said(&lines, audience, lines.largest()),
    };
    let places = places.into_iter().map(row).collect();
    log.then(|| OwnershipTable { places, unplaced: crate::history::count(unplaced.len()), excluded })
}

fn said<T>(lines: &LinesByPerson, audience: Audience, value: Option<T>) -> Reading<T> {
    if audience.holds_back(lines.people()) {
        return Reading::Unknown(Unknown::TooFewPeople { k: K_PEOPLE });
    }
    value.filter(|_| lines.total > 0).map_or(Reading::Nothing, Reading::Value)
}
