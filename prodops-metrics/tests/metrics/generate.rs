//! Random sets of facts, and plain ones to build tables from.

use prodops_core::fact::{
    Activity, ActivityLabel, Artefact, CommitFact, CommitId, CommitWork, ComplexityDelta, CountState,
    CoverageFact, Entity, FileChange, FileRuns, FileStatus, Gap, LabelSource, LineEntry, LineLogFact,
    LineOwner, LineRun, LineSnapshot, LineTurnover, ObjectFormat, PathKey, PersonFact, Probability,
    RepositoryFact,
};
use prodops_core::id::{ConnectionId, PersonId, RepositoryId};
use prodops_core::input::RepositoryName;
use prodops_core::time::{OffsetTimestamp, Timestamp};
use prodops_metrics::{FactSet, Preset, Window, time_zone};
use proptest::prelude::*;

pub(crate) const DAY: i64 = 86_400_000;

/// A report's present: the day after the clocks went forward in Europe.
pub(crate) fn now() -> Timestamp {
    "2026-03-30T10:15:00Z".parse().unwrap()
}

/// So many milliseconds before [`now`].
pub(crate) fn ago(millis: i64) -> Timestamp {
    Timestamp::from_millis(now().as_millis() - millis).unwrap()
}

pub(crate) fn clock(at: Timestamp) -> OffsetTimestamp {
    OffsetTimestamp { at, offset_minutes: 0 }
}

pub(crate) fn commit_id(number: u64) -> CommitId {
    let mut bytes = [0; 20];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    CommitId::Sha1(bytes)
}

pub(crate) fn person(number: u8) -> PersonId {
    PersonId::from_bytes([number; 16])
}

pub(crate) fn repository_id(number: u8) -> RepositoryId {
    RepositoryId::from_bytes([number; 16])
}

pub(crate) fn repository(number: u8) -> RepositoryFact {
    RepositoryFact {
        id: repository_id(number),
        connection: ConnectionId::from_bytes([1; 16]),
        name: RepositoryName::new("generated").unwrap(),
        branch: None,
        head: None,
        shallow: false,
        format: ObjectFormat::Sha1,
    }
}

/// Everything up to [`now`] was read.
pub(crate) fn read_all(number: u8) -> CoverageFact {
    CoverageFact {
        connection: ConnectionId::from_bytes([1; 16]),
        repository: repository_id(number),
        entity: Entity::Commit,
        from: None,
        to: now(),
        gaps: Vec::new(),
    }
}

/// A plain commit of person 1 in repository 1.
pub(crate) fn commit(number: u64, committed: Timestamp) -> CommitFact {
    CommitFact {
        repository: repository_id(1),
        id: commit_id(number),
        parents: Vec::new(),
        author: Some(person(1)),
        authored: clock(committed),
        committer: Some(person(1)),
        committed: clock(committed),
        bot: false,
        label: None,
        model: None,
        changes: Vec::new(),
        work: CommitWork::default(),
    }
}

pub(crate) fn change(
    path: u64,
    artefact: Artefact,
    counted: CountState,
    added: u32,
    deleted: u32,
) -> FileChange {
    let status = FileStatus::Modified;
    FileChange {
        path: PathKey(path),
        status,
        artefact,
        language: None,
        added,
        deleted,
        counted,
        turnover: None,
        complexity: None,
    }
}

pub(crate) fn label(label: Activity, probability: f64) -> ActivityLabel {
    let probability = Probability::from_f64(probability);
    ActivityLabel { label, probability, second: None, source: LabelSource::Rule, declared: None }
}

/// Facts that a [`FactSet`] borrows from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    pub(crate) repositories: Vec<RepositoryFact>,
    pub(crate) commits: Vec<CommitFact>,
    pub(crate) people: Vec<PersonFact>,
    pub(crate) coverage: Vec<CoverageFact>,
    pub(crate) lines: Vec<LineLogFact>,
}

/// A snapshot in which each of these commits wrote some lines of one file, the files in two parts.
pub(crate) fn snapshot(repository: RepositoryId, commits: &[CommitFact]) -> Vec<LineLogFact> {
    let mut authors: Vec<PersonId> = Vec::new();
    let owner = |commit: &CommitFact| {
        let author = commit.author.map(|author| {
            let known = authors.iter().position(|one| *one == author);
            known.unwrap_or_else(|| {
                authors.push(author);
                authors.len() - 1
            }) as u32
        });
        LineOwner { commit: commit.id.prefix(), author, committed: 1 }
    };
    let owners: Vec<_> = commits.iter().map(owner).collect();
    let file = |path: u64| {
        let (mut before, mut runs) = (0, Vec::new());
        for place in (0..commits.len()).rev().filter(|place| *place as u64 % 9 == path) {
            runs.push(LineRun { lines: place as u32 % 5 + 1, commit: place as i32 - before });
            before = place as i32;
        }
        FileRuns { path: PathKey(path), runs }
    };
    let part = |place, authors, commits, files| {
        let entry = LineEntry::Snapshot(LineSnapshot { authors, commits, files });
        LineLogFact { repository, walk: 3, place, entry }
    };
    vec![
        part(0, authors, owners, (0..4).map(file).collect()),
        part(1, Vec::new(), Vec::new(), (4..9).map(file).collect()),
    ]
}

impl Facts {
    /// One completely read repository with these commits; the last one is its head.
    pub(crate) fn of(commits: Vec<CommitFact>) -> Self {
        let head = commits.last().map(|commit| commit.id);
        let repository = RepositoryFact { head, ..repository(1) };
        let lines = snapshot(repository.id, &commits);
        let coverage = vec![read_all(1)];
        Self { repositories: vec![repository], commits, people: Vec::new(), coverage, lines }
    }

    pub(crate) fn set(&self) -> FactSet<'_> {
        FactSet {
            repositories: &self.repositories,
            commits: &self.commits,
            people: &self.people,
            coverage: &self.coverage,
            lines: &self.lines,
        }
    }
}

fn committed() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        30 => (0..200 * DAY).prop_map(ago),
        // Whole hours hit midnights and the ends of windows.
        10 => (0..100 * 24i64).prop_map(|hours| ago(hours * 3_600_000 + 15 * 60_000)),
        2 => (0..DAY).prop_map(|ahead| ago(-ahead)),
        1 => Just(Timestamp::UNIX_EPOCH),
        1 => Just(ago(-DAY - 1)),
        1 => Just("2106-02-07T06:28:15Z".parse().unwrap()),
        1 => Just("1990-01-01T00:00:00Z".parse().unwrap()),
    ]
}

fn delay() -> impl Strategy<Value = i64> {
    prop_oneof![3 => Just(0), 6 => 0..40 * DAY, 1 => -DAY..0, 1 => Just(-1), 1 => Just(60 * 366 * DAY)]
}

fn changes() -> impl Strategy<Value = Vec<FileChange>> {
    use CountState::{Binary, Counted, Submodule, TooLarge, Unreadable};
    let counted = prop_oneof![
        20 => Just(Counted), 1 => Just(Binary), 1 => Just(TooLarge), 1 => Just(Submodule), 1 => Just(Unreadable)
    ];
    let artefact = prop_oneof![
        3 => Just(Artefact::Code),
        2 => proptest::sample::select(Artefact::ALL.to_vec()),
    ];
    let one = (0..8u64, artefact, counted, 0..40u32, 0..40u32).prop_map(|(path, artefact, counted, a, d)| {
        let (added, deleted) = if counted == Counted { (a, d) } else { (0, 0) };
        let turnover = (counted == Counted && (a + d) % 7 > 0).then(|| LineTurnover {
            written: a - a / 3,
            fresh: (a - a / 3).saturating_sub(d),
            rework_own: d / 3,
            rework_others: d / 5,
            refactored: d / 4,
            age_days: d * 11,
        });
        let points = ComplexityDelta { before: d / 2, after: a / 3 };
        let complexity = (counted == Counted && (a + d) % 5 > 0).then_some(points);
        FileChange { turnover, complexity, ..change(path, artefact, counted, added, deleted) }
    });
    proptest::collection::vec(one, 0..5)
}

fn activity_label() -> impl Strategy<Value = Option<ActivityLabel>> {
    let known = (proptest::sample::select(Activity::ALL.to_vec()), prop_oneof![Just(0.5), 0.3..1.0f64])
        .prop_map(|(activity, probability)| Some(label(activity, probability)));
    prop_oneof![1 => Just(None), 6 => known]
}

/// Which of the earlier commits are parents: distances back, 0 for one that was not read.
fn distances() -> impl Strategy<Value = Vec<usize>> {
    let merge = proptest::collection::vec(1..8usize, 2);
    prop_oneof![
        1 => Just(Vec::new()),
        12 => Just(vec![1]),
        4 => proptest::collection::vec(1..6usize, 1),
        8 => merge,
        1 => proptest::collection::vec(0..6usize, 1..4),
    ]
}

fn one_commit() -> impl Strategy<Value = (CommitFact, Vec<usize>)> {
    let author = prop_oneof![12 => (1..8u8).prop_map(Some), 1 => Just(None)];
    let who = (author, proptest::bool::weighted(0.1));
    let when = (committed(), delay(), -24..28i16);
    (who, when, changes(), activity_label(), distances()).prop_map(
        |((author, bot), (committed, delay, offset), changes, label, distances)| {
            let authored = Timestamp::from_millis(committed.as_millis() - delay).unwrap();
            let authored = OffsetTimestamp { at: authored, offset_minutes: offset * 30 };
            let author = author.map(person);
            let plain = commit(0, committed);
            (CommitFact { author, authored, bot, label, changes, ..plain }, distances)
        },
    )
}

/// A repository's commits; ids overlap with those of other repositories, as forks' do.
fn commits(repository: u8) -> impl Strategy<Value = Vec<CommitFact>> {
    (proptest::collection::vec(one_commit(), 0..22), 0..60u64).prop_map(move |(drafts, base)| {
        let parents_of = |position: usize, distances: &[usize]| {
            let distances = distances.iter().filter(|distance| **distance <= position);
            let parent = |distance: &usize| match *distance {
                0 => commit_id(1_000_000),
                distance => commit_id(base + (position - distance) as u64),
            };
            distances.map(parent).collect()
        };
        let finish = |(position, (commit, distances)): (usize, (CommitFact, Vec<usize>))| CommitFact {
            repository: repository_id(repository),
            id: commit_id(base + position as u64),
            parents: parents_of(position, &distances),
            ..commit
        };
        drafts.into_iter().enumerate().map(finish).collect()
    })
}

fn gaps() -> impl Strategy<Value = Vec<(Gap, u64)>> {
    prop_oneof![
        8 => Just(Vec::new()),
        1 => Just(vec![(Gap::Shallow, 1)]),
        1 => Just(vec![(Gap::UnreadableObject, 2), (Gap::TooLargeFile, 1)]),
        1 => Just(vec![(Gap::Shallow, 0), (Gap::LossyText, 4)]),
    ]
}

fn coverage(repository: u8) -> impl Strategy<Value = Vec<CoverageFact>> {
    let from = prop_oneof![4 => Just(None), 1 => (0..200 * DAY).prop_map(|back| Some(ago(back)))];
    let to =
        prop_oneof![4 => Just(now()), 1 => (0..2 * DAY).prop_map(ago), 1 => (0..150 * DAY).prop_map(ago)];
    let entity = prop_oneof![15 => Just(Entity::Commit), 1 => Just(Entity::Deployment)];
    let one = (from, to, gaps(), entity).prop_map(move |(from, to, gaps, entity)| CoverageFact {
        from,
        to,
        gaps,
        entity,
        ..read_all(repository)
    });
    prop_oneof![
        3 => Just(vec![read_all(repository)]),
        3 => proptest::collection::vec(one, 0..4),
    ]
}

fn one_repository(number: u8) -> impl Strategy<Value = Facts> {
    let head = prop_oneof![8 => Just(Some(0usize)), 1 => (0..9usize).prop_map(Some), 1 => Just(None)];
    (commits(number), coverage(number), head, proptest::bool::weighted(0.05)).prop_map(
        move |(commits, coverage, head, shallow)| {
            let head = head.and_then(|back| commits.iter().rev().nth(back)).map(|commit| commit.id);
            let repository = RepositoryFact { head, shallow, ..repository(number) };
            let lines = if number == 2 && shallow { Vec::new() } else { snapshot(repository.id, &commits) };
            Facts { repositories: vec![repository], commits, people: Vec::new(), coverage, lines }
        },
    )
}

/// One to three repositories, one of them perhaps not listed, with a program among the people.
pub(crate) fn facts() -> impl Strategy<Value = Facts> {
    let all = (one_repository(1), one_repository(2), one_repository(3));
    (all, 0..4usize, any::<bool>()).prop_map(|((a, b, c), listed, bot)| {
        let mut facts = Facts::default();
        // Not by rising id, and with commits of repositories that are not listed.
        for part in [c, a, b] {
            facts.repositories.extend(part.repositories);
            facts.commits.extend(part.commits);
            facts.coverage.extend(part.coverage);
            facts.lines.extend(part.lines);
        }
        facts.repositories.truncate(listed);
        facts.people = vec![PersonFact { id: person(7), name: None, bot }];
        facts
    })
}

pub(crate) fn window() -> impl Strategy<Value = Window> {
    let zones = ["UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kolkata", "Asia/Beirut"];
    let zone = proptest::sample::select(zones.to_vec()).prop_map(|name| time_zone(name).unwrap());
    (zone, 0..4u8, 1..150u16, 0..220 * DAY, 1..220 * DAY).prop_map(|(zone, kind, days, back, length)| {
        match kind {
            0 => Window::preset(Preset::AllHistory, now(), zone).unwrap(),
            1 => Window::between(ago(back), ago(back - length), zone).unwrap(),
            _ => Window::last_days(days, now(), zone).unwrap(),
        }
    })
}
