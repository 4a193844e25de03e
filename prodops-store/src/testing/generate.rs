//! Rows from seeded entropy: the same for the same seed, with nobody's real data in them.

use prodops_core::clock::Clock;
use prodops_core::entropy::Entropy;
use prodops_core::fact::{
    Activity, ActivityLabel, ActivityShares, Artefact, CommitFact, CommitId, CommitLines, CommitWork,
    ComplexityDelta, ContentKey, CountState, CoverageFact, Entity, Fact, FileChange, FileLines, FileRuns,
    FileStatus, Gap, LabelSource, Language, LineEntry, LineLogFact, LineOwner, LineRun, LineSnapshot,
    LineSpan, LinesAfter, ObjectFormat, PatchId, PathKey, PersonFact, Probability, RepositoryFact, TipFile,
    TipGram, TipGrams,
};
use prodops_core::id::{ConnectionId, PersonId, RepositoryId};
use prodops_core::input::{BranchName, PersonName, RepositoryName};
use prodops_core::testing::{FixedClock, SeededEntropy};
use prodops_core::time::OffsetTimestamp;

/// Makes rows.
#[derive(Debug)]
pub struct Generate {
    pub(super) entropy: SeededEntropy,
    pub(super) clock: FixedClock,
}

/// What a connection might deliver of one repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// The repository.
    pub repository: RepositoryFact,
    /// Its people.
    pub people: Vec<PersonFact>,
    /// Its commits, parents first.
    pub commits: Vec<CommitFact>,
    /// What was read.
    pub coverage: CoverageFact,
    /// Its lines: what the commits do, and what is known then.
    pub lines: Vec<LineLogFact>,
    /// Its files at the head.
    pub tip_files: Vec<TipFile>,
}

impl History {
    /// All of it as facts, in an order that can be stored.
    #[must_use]
    pub fn facts(&self) -> Vec<Fact> {
        let repository = Fact::Repository(self.repository.clone());
        let people = self.people.iter().cloned().map(Fact::Person);
        let commits = self.commits.iter().cloned().map(Fact::Commit);
        let coverage = Fact::Coverage(self.coverage.clone());
        let lines = self.lines.iter().cloned().map(Fact::LineLog);
        let files = self.tip_files.iter().cloned().map(Fact::TipFile);
        let before = std::iter::once(repository).chain(people).chain(commits);
        before.chain([coverage]).chain(lines).chain(files).collect()
    }
}

impl Generate {
    /// A source of rows with this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { entropy: SeededEntropy::new(seed), clock: FixedClock::at("2026-01-05T09:00:00Z") }
    }

    /// Some bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes).expect("seeded entropy never fails");
        bytes
    }

    /// A number below `bound`, which is not zero.
    #[must_use]
    pub fn below(&self, bound: u64) -> u64 {
        u64::from_le_bytes(self.bytes()) % bound
    }

    fn pick<T: Copy>(&self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).expect("an index fits")]
    }

    /// A repository with this many commits, of `changes` changed files each.
    #[must_use]
    pub fn history(&self, connection: ConnectionId, commits: usize, changes: usize) -> History {
        let id = RepositoryId::from_bytes(self.bytes());
        let people: Vec<_> = (0..3).map(|_| self.person()).collect();
        let mut line: Vec<CommitFact> = Vec::with_capacity(commits);
        for _ in 0..commits {
            let commit = self.commit(id, line.last().map(|parent| parent.id), &people, changes);
            line.push(commit);
        }
        let to = self.clock.now();
        let gaps = vec![(Gap::LossyText, self.below(5))];
        let coverage =
            CoverageFact { connection, repository: id, entity: Entity::Commit, from: None, to, gaps };
        let lines = self.lines(&line);
        let repository = self.repository(id, connection, line.last());
        let tip_files = (0..2).map(|_| self.tip_file(id)).collect();
        History { repository, people, commits: line, coverage, lines, tip_files }
    }

    /// A file at the head of a repository.
    #[must_use]
    pub fn tip_file(&self, repository: RepositoryId) -> TipFile {
        let value = |bytes: [u8; 4]| u32::from_le_bytes(bytes);
        let grams = (0..6).map(|n| TipGram { value: value(self.bytes()), token: n * 9, line: 1 + n });
        TipFile {
            repository,
            path: PathKey(u64::from_le_bytes(self.bytes())),
            content: ContentKey(u64::from_le_bytes(self.bytes())),
            artefact: Artefact::Code,
            language: Some(Language(327)),
            counted: CountState::Counted,
            lines: 12,
            grams: TipGrams::pack(grams),
        }
    }

    /// Every commit writes a line of one file.
    fn lines(&self, commits: &[CommitFact]) -> Vec<LineLogFact> {
        let Some(repository) = commits.first().map(|commit| commit.repository) else { return Vec::new() };
        let path = PathKey(self.below(1 << 40));
        let spans = || LinesAfter::Spans { sources: Vec::new(), spans: vec![LineSpan::Written(1)] };
        let edits = commits.iter().map(|commit| CommitLines {
            id: commit.id,
            parents: commit.parents.clone(),
            author: commit.author,
            committed: commit.committed.at.to_jiff().as_second(),
            files: vec![FileLines { path, after: spans() }],
        });
        let edits = LineEntry::Edits { begins: true, commits: edits.collect() };
        let last = commits.last().and_then(|commit| commit.author);
        let snapshot = LineEntry::Snapshot(LineSnapshot {
            authors: last.into_iter().collect(),
            commits: vec![LineOwner { commit: 9, author: last.map(|_| 0), committed: 0 }],
            files: vec![FileRuns { path, runs: vec![LineRun { lines: 1, commit: 0 }] }],
        });
        let fact = |entry| LineLogFact { repository, walk: 0, place: 0, entry };
        vec![fact(edits), fact(snapshot)]
    }

    fn repository(
        &self,
        id: RepositoryId,
        connection: ConnectionId,
        head: Option<&CommitFact>,
    ) -> RepositoryFact {
        let name = format!("repository-{:08x}", self.below(1 << 32));
        RepositoryFact {
            id,
            connection,
            name: RepositoryName::new(&name).expect("a checked name"),
            branch: Some(BranchName::new("main").expect("a checked name")),
            head: head.map(|commit| commit.id),
            shallow: self.below(2) == 0,
            format: ObjectFormat::Sha1,
        }
    }

    /// Somebody.
    #[must_use]
    pub fn person(&self) -> PersonFact {
        let name = format!("Person {:08x}", self.below(1 << 32));
        let name = Some(PersonName::new(&name).expect("a checked name"));
        PersonFact { id: PersonId::from_bytes(self.bytes()), name, bot: self.below(4) == 0 }
    }

    fn commit(
        &self,
        repository: RepositoryId,
        parent: Option<CommitId>,
        people: &[PersonFact],
        changes: usize,
    ) -> CommitFact {
        self.clock.advance_seconds(60);
        let at = OffsetTimestamp { at: self.clock.now(), offset_minutes: 120 };
        let author = people[usize::try_from(self.below(people.len() as u64)).expect("an index fits")].id;
        CommitFact {
            repository,
            id: CommitId::Sha1(self.bytes()),
            parents: parent.into_iter().collect(),
            author: Some(author),
            authored: at,
            committer: Some(author),
            committed: at,
            bot: false,
            label: Some(ActivityLabel {
                label: self.pick(&Activity::ALL),
                probability: Probability::from_f64(0.9),
                second: None,
                source: LabelSource::Rule,
                declared: None,
            }),
            model: Some(ActivityShares([Probability::from_f64(0.1); 10])),
            changes: (0..changes).map(|_| self.change()).collect(),
            work: CommitWork { moved: 3, patch: Some(PatchId(self.bytes())), ..CommitWork::default() },
        }
    }

    fn change(&self) -> FileChange {
        FileChange {
            path: PathKey(self.below(u64::MAX)),
            status: self.pick(&[FileStatus::Added, FileStatus::Modified, FileStatus::Deleted]),
            artefact: self.pick(&Artefact::ALL),
            language: Some(Language(327)),
            added: u32::try_from(self.below(500)).expect("a small number"),
            deleted: u32::try_from(self.below(500)).expect("a small number"),
            counted: CountState::Counted,
            turnover: None,
            complexity: self.pick(&[None, Some(ComplexityDelta { before: 3, after: 300 })]),
        }
    }
}
