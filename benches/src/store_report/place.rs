//! A connection of a workspace, through which generated commits come in.

use std::ops::Range;
use std::time::Duration;

use prodops::core::entropy::Entropy;
use prodops::core::fact::{
    Activity, ActivityLabel, Artefact, CommitFact, CommitId, CommitWork, ComplexityDelta, CountState, Fact,
    FileChange, FileStatus, LabelSource, Language, PathKey, Probability,
};
use prodops::core::id::{PersonId, RepositoryId};
use prodops::core::testing::SeededEntropy;
use prodops::core::time::{OffsetTimestamp, Timestamp};
use prodops_store::testing::{Fixture, Source, Tenant};

use super::Failure;
use super::measure::timed;

/// Two years back from here, commits are spread evenly.
pub(super) const NEWEST: &str = "2026-11-01T00:00:00Z";
const SPAN_MILLIS: i64 = 2 * 365 * 86_400_000;
/// People of a workspace.
const AUTHORS: usize = 30;

/// One repository of one workspace, and who may write it.
pub(super) struct Place {
    pub(super) tenant: Tenant,
    pub(super) repository: RepositoryId,
    source: Source,
    batches: u64,
}

impl Place {
    /// A new workspace in which the repository is known, and nothing of its history.
    pub(super) async fn make(fixture: &Fixture) -> Result<Self, Failure> {
        let tenant = fixture.tenant().await;
        let source = fixture.source(&tenant).await;
        let repository = fixture.generate.history(source.connection, 0, 0).repository;
        let batch = source.batch(None, &0_u64.to_be_bytes(), vec![Fact::Repository(repository.clone())]);
        fixture.inside(&tenant).ingest(batch).await?;
        Ok(Self { tenant, repository: repository.id, source, batches: 0 })
    }

    /// Stores facts in batches of this size, one after the other as a sync does, and answers what storing took.
    pub(super) async fn ingest(
        &mut self,
        fixture: &Fixture,
        facts: &[Fact],
        size: usize,
    ) -> Result<Duration, Failure> {
        let mut took = Duration::ZERO;
        for piece in facts.chunks(size) {
            let at = self.batches.to_be_bytes();
            self.batches += 1;
            let batch = self.source.batch(Some(&at), &self.batches.to_be_bytes(), piece.to_vec());
            let (_, time) = timed(fixture.inside(&self.tenant).ingest(batch)).await?;
            took += time;
        }
        Ok(took)
    }
}

/// Commits of two changed files each, of one repository, in the order of time: `of` numbers of them beginning with `from`, out
/// of `all`.
pub(super) fn commits(
    repository: RepositoryId,
    seed: u64,
    numbers: Range<usize>,
    all: usize,
) -> Result<Vec<Fact>, Failure> {
    let newest: Timestamp = NEWEST.parse()?;
    let entropy = SeededEntropy::new(seed.wrapping_mul(0x9e37_79b9).wrapping_add(numbers.start as u64));
    let step = SPAN_MILLIS / i64::try_from(all.max(1))?;
    let mut facts = Vec::with_capacity(numbers.len());
    for number in numbers {
        let mut bytes = [0_u8; 64];
        entropy.fill(&mut bytes)?;
        let at = newest.as_millis() - SPAN_MILLIS + step * i64::try_from(number)?;
        facts.push(Fact::Commit(commit(repository, seed, Timestamp::from_millis(at)?, &bytes)));
    }
    Ok(facts)
}

fn commit(repository: RepositoryId, seed: u64, at: Timestamp, bytes: &[u8; 64]) -> CommitFact {
    let time = OffsetTimestamp { at, offset_minutes: 120 };
    let mut id = [0; 20];
    id.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    let number = |at: usize| usize::from(bytes.get(at).copied().unwrap_or_default());
    let mut author = [0; 16];
    author.iter_mut().zip(seed.to_be_bytes()).for_each(|(to, from)| *to = from);
    if let Some(last) = author.last_mut() {
        *last = u8::try_from(number(20) % AUTHORS).unwrap_or_default();
    }
    let author = Some(PersonId::from_bytes(author));
    let label = Activity::ALL.get(number(21) % Activity::ALL.len()).copied();
    let label = label.map(|label| ActivityLabel {
        label,
        probability: Probability::from_f64(0.9),
        second: None,
        source: LabelSource::Rule,
        declared: None,
    });
    let changes = [24, 40].map(|at| {
        change(number(at), number(at + 1), (number(at + 2) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    });
    CommitFact {
        repository,
        id: CommitId::Sha1(id),
        parents: vec![CommitId::Sha1(id)],
        author,
        authored: time,
        committer: author,
        committed: time,
        bot: false,
        label,
        model: None,
        changes: changes.to_vec(),
        work: CommitWork::default(),
    }
}

fn change(added: usize, deleted: usize, path: u64) -> FileChange {
    FileChange {
        path: PathKey(path),
        status: FileStatus::Modified,
        artefact: Artefact::ALL.get(added % Artefact::ALL.len()).copied().unwrap_or(Artefact::Binary),
        language: Some(Language(327)),
        added: u32::try_from(added).unwrap_or_default(),
        deleted: u32::try_from(deleted).unwrap_or_default(),
        counted: CountState::Counted,
        turnover: None,
        complexity: Some(ComplexityDelta {
            before: 40,
            after: 40 + u32::try_from(added % 9).unwrap_or_default(),
        }),
    }
}
