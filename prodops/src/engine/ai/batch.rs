//! What one run sends: commits that the offline model is unsure of, the newest first, read again through their connector.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::TryStreamExt;
use prodops_classify::metadata::CommitMetadata;
use prodops_classify::settle_labels;
use prodops_connectors::contract::{Api, Connector, Stream};
use prodops_core::fact::{CommitFact, CommitId, Probability};
use prodops_core::id::RepositoryId;
use prodops_core::index_key::IndexKey;
use prodops_core::time::Timestamp;
use prodops_policy::{ClassifyActivity, Permit};
use prodops_store::contract::ConnectionRecord;
use tokio_util::sync::CancellationToken;

use super::super::entry::Engine;
use super::super::error::EngineError;
use super::super::guarded::Guarded;
use crate::ai::{Budget, Cost, Estimate, Price, is_unsure};
use crate::ingest::MetadataIntake;

/// Commits on their way to a provider, of one repository.
pub(super) struct Batch {
    pub(super) repository: RepositoryId,
    /// Which, in the order of `metadata`.
    pub(super) commits: Vec<CommitId>,
    pub(super) metadata: Vec<CommitMetadata>,
    /// Those that could not be read again.
    pub(super) unreadable: Vec<CommitId>,
    /// What sending it costs, about.
    pub(super) cost: Cost,
    /// Whether the budget kept some back.
    pub(super) out_of_budget: bool,
}

impl Batch {
    /// What it takes of a budget.
    pub(super) fn amount(&self) -> Budget {
        Budget { commits: self.commits.len() as u64, cost: self.cost }
    }

    /// As many of what was read as the budget covers.
    pub(super) fn within(
        repository: RepositoryId,
        wanted: Vec<CommitId>,
        mut read: BTreeMap<CommitId, CommitMetadata>,
        (price, left): (Price, Budget),
    ) -> Self {
        let mut batch = Self {
            repository,
            commits: Vec::new(),
            metadata: Vec::new(),
            unreadable: Vec::new(),
            cost: Cost::default(),
            out_of_budget: false,
        };
        for id in wanted {
            let Some(metadata) = read.remove(&id) else {
                batch.unreadable.push(id);
                continue;
            };
            let cost = batch.cost.plus(Estimate::of(std::slice::from_ref(&metadata), price).cost);
            if batch.commits.len() as u64 >= left.commits || cost > left.cost {
                batch.out_of_budget = true;
                break;
            }
            batch.cost = cost;
            batch.commits.push(id);
            batch.metadata.push(metadata);
        }
        batch
    }
}

/// The newest commits of a repository that are to be asked about: the label that stands is the model's, and unsure.
pub(super) async fn unsure(
    guarded: &Guarded<'_>,
    permit: &Permit<ClassifyActivity>,
    repository: RepositoryId,
    (threshold, passed): (Probability, &BTreeSet<CommitId>),
    most: usize,
) -> Result<Vec<CommitId>, EngineError> {
    let mut commits: Vec<CommitFact> = guarded.commits_to_classify(permit, repository)?.try_collect().await?;
    settle_labels(&mut commits, &guarded.labels_given(permit, repository).await?);
    let mut found = unsure_of(&commits, threshold);
    found.retain(|(_, id)| !passed.contains(id));
    Ok(newest(found, most))
}

/// Those of which the label that stands is the model's and unsure, with when they were committed.
pub(super) fn unsure_of(commits: &[CommitFact], threshold: Probability) -> Vec<(Timestamp, CommitId)> {
    let is_unsure = |commit: &&CommitFact| commit.label.is_some_and(|label| is_unsure(&label, threshold));
    commits.iter().filter(is_unsure).map(|commit| (commit.committed.at, commit.id)).collect()
}

/// The newest of them, no more than so many.
pub(super) fn newest(mut commits: Vec<(Timestamp, CommitId)>, most: usize) -> Vec<CommitId> {
    commits.sort_unstable_by_key(|(time, id)| (Reverse(*time), *id));
    commits.into_iter().take(most).map(|(_, id)| id).collect()
}

/// Reads commits again, and keeps of them what may be told outside.
pub(super) async fn read_again(
    engine: &Engine,
    connector: &dyn Connector,
    row: &ConnectionRecord,
    repository: RepositoryId,
    commits: Vec<CommitId>,
    stop: CancellationToken,
) -> Result<BTreeMap<CommitId, CommitMetadata>, EngineError> {
    let parts = engine.parts();
    let intake = Arc::new(MetadataIntake::new(IndexKey::generate(parts.entropy.as_ref())?));
    let api = Api::new(row.id, row.target.clone(), parts.limits, stop);
    for stream in connector.streams() {
        if let Stream::Content(source) = stream {
            let out: Arc<dyn prodops_connectors::contract::Intake> = intake.clone();
            source.read_again(&api, repository, commits.clone(), out).await?;
        }
    }
    Ok(intake.take())
}

#[cfg(test)]
mod tests {
    use prodops_core::source::Transient;

    use super::*;

    fn id(number: u8) -> CommitId {
        CommitId::Sha1([number; 20])
    }

    fn read(numbers: &[u8]) -> BTreeMap<CommitId, CommitMetadata> {
        let told = CommitMetadata::of(&Transient::new(b"fix: wait".to_vec()), []);
        numbers.iter().map(|number| (id(*number), told.clone())).collect()
    }

    #[test]
    fn a_batch_is_no_more_than_the_budget_and_says_what_was_kept_back() {
        let price = Price { input: Cost::from_millionths(1_000_000), output: Cost::default() };
        let one = Estimate::of(&read(&[1]).into_values().collect::<Vec<_>>(), price).cost;
        let repository = RepositoryId::from_bytes([1; 16]);
        let of = |commits, cost| {
            let left = Budget { commits, cost: Cost::from_millionths(cost) };
            Batch::within(repository, vec![id(1), id(2), id(3)], read(&[1, 3]), (price, left))
        };
        let all = of(2, 2 * one.as_millionths());
        assert_eq!((all.commits.as_slice(), all.out_of_budget), ([id(1), id(3)].as_slice(), false));
        assert_eq!((all.unreadable.as_slice(), all.cost), ([id(2)].as_slice(), one.plus(one)));
        for less in [of(1, u64::MAX), of(2, 2 * one.as_millionths() - 1)] {
            assert_eq!((less.commits.as_slice(), less.out_of_budget), ([id(1)].as_slice(), true));
        }
        assert!(of(0, u64::MAX).commits.is_empty() && of(9, 0).out_of_budget);
    }
}
