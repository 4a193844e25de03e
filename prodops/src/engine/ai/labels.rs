//! Gives commits a provider's labels, where the order of decision allows it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::pin::pin;

use futures_util::TryStreamExt;
use prodops_core::audit::{AuditObject, Decision};
use prodops_core::fact::{ActivityLabel, AssignedLabel, Assigner, CommitFact, CommitId, LabelSource};
use prodops_core::input::{InputError, StreamName};
use prodops_core::tenancy::JobLease;
use prodops_core::time::Timestamp;
use prodops_policy::{Action, ClassifyActivity, Permit};
use prodops_store::StoreError;
use prodops_store::contract::IngestBatch;
use serde::{Deserialize, Serialize};

use super::super::entry::Engine;
use super::super::error::EngineError;
use super::super::guarded::Guarded;
use super::batch::Batch;
use crate::ai::{Outcome, merge};

/// So many commits that brought no label are remembered, so that they are not asked about again and again.
const PASSED: usize = 2_000;

/// The stream whose cursor says what brought no label.
fn label_stream() -> Result<StreamName, InputError> {
    StreamName::new("activity-labels")
}

/// Where the labels of a connection stand: ids and a number.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct LabelCursor {
    /// Labels that were written.
    labelled: u64,
    /// Commits that were asked about, or could not be read again, and got no label; the latest last.
    passed: VecDeque<CommitId>,
}

impl LabelCursor {
    /// A cursor of another version is none: some commits are asked about once more.
    fn decode(stored: Option<&[u8]>) -> Self {
        stored.and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or_default()
    }

    fn after(mut self, batch: &Batch, outcome: &Outcome, written: u64) -> Self {
        let asked = batch.commits.iter().zip(&outcome.labels);
        let unlabelled = asked.filter(|(_, label)| label.is_none()).map(|(id, _)| *id);
        self.passed.extend(unlabelled.chain(batch.unreadable.iter().copied()));
        while self.passed.len() > PASSED {
            self.passed.pop_front();
        }
        self.labelled = self.labelled.saturating_add(written);
        self
    }
}

/// What was written of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Written {
    pub(super) labelled: u64,
    pub(super) differing: u64,
    pub(super) contradicting: u64,
    /// Labels for commits that are gone or decided otherwise by now.
    pub(super) passed_over: u64,
}

impl Written {
    /// The provider's label for a commit that still has the model's.
    fn take(&mut self, commit: &CommitFact, asked: &ActivityLabel, at: Timestamp) -> Option<AssignedLabel> {
        let local = commit.label.filter(|label| label.source == LabelSource::Model);
        let Some(local) = local else {
            self.passed_over += 1;
            return None;
        };
        let merged = merge(&local, asked);
        self.labelled += 1;
        self.differing += u64::from(merged.differs);
        self.contradicting += u64::from(merged.contradicts_declared);
        Some(AssignedLabel {
            repository: commit.repository,
            commit: commit.id,
            by: Assigner::Ai,
            activity: asked.label,
            probability: asked.probability,
            at,
        })
    }
}

/// The way to the labels of one repository, for as long as the connection is held.
pub(super) struct Labels<'l> {
    pub(super) engine: &'l Engine,
    pub(super) guarded: &'l Guarded<'l>,
    pub(super) permit: &'l Permit<ClassifyActivity>,
    pub(super) lease: &'l JobLease,
}

impl Labels<'_> {
    /// The commits that were asked about without a label.
    pub(super) async fn passed(&self) -> Result<BTreeSet<CommitId>, EngineError> {
        let stored = self.cursor(&label_stream()?).await?;
        Ok(LabelCursor::decode(stored.as_deref()).passed.into_iter().collect())
    }

    /// Writes what a batch brought: its labels, all of them or none, and then which commits brought none. Killed in between, it
    /// asks about those once more.
    pub(super) async fn write(&self, batch: &Batch, outcome: &Outcome) -> Result<Written, EngineError> {
        let (labels, written) = self.answered(batch, outcome).await?;
        if !labels.is_empty() {
            let object = AuditObject::Repository(batch.repository);
            let scope = self.lease.scope();
            let event =
                self.engine.system_event(&scope, ClassifyActivity::NAME, object, Decision::Allowed)?;
            self.guarded.give_labels(self.permit, &labels, &event).await?;
        }
        let stream = label_stream()?;
        let stored = self.cursor(&stream).await?;
        let next = LabelCursor::decode(stored.as_deref()).after(batch, outcome, written.labelled);
        let passed = IngestBatch {
            connection: self.lease.connection(),
            stream,
            epoch: self.lease.epoch(),
            expected_cursor: stored,
            next_cursor: serde_json::to_vec(&next).map_err(|_| EngineError::Report)?,
            facts: Vec::new(),
        };
        self.guarded.note_passed(self.permit, passed).await?;
        Ok(written)
    }

    async fn answered(
        &self,
        batch: &Batch,
        outcome: &Outcome,
    ) -> Result<(Vec<AssignedLabel>, Written), EngineError> {
        let answered = batch.commits.iter().zip(&outcome.labels);
        let mut asked: BTreeMap<CommitId, _> =
            answered.filter_map(|(id, label)| label.map(|label| (*id, label))).collect();
        let (mut labels, mut written) = (Vec::new(), Written::default());
        if asked.is_empty() {
            return Ok((labels, written));
        }
        let now = self.engine.parts().clock.now();
        let mut commits = pin!(self.guarded.commits_to_classify(self.permit, batch.repository)?);
        while let Some(commit) = commits.try_next().await? {
            if let Some(label) = asked.remove(&commit.id) {
                labels.extend(written.take(&commit, &label, now));
            }
        }
        written.passed_over += asked.len() as u64;
        Ok((labels, written))
    }

    async fn cursor(&self, stream: &StreamName) -> Result<Option<Vec<u8>>, StoreError> {
        self.guarded.label_cursor(self.permit, self.lease.connection(), stream).await
    }
}

#[cfg(test)]
mod tests {
    use prodops_core::id::RepositoryId;

    use super::*;
    use crate::ai::Cost;

    #[test]
    fn what_brought_no_label_is_remembered_up_to_a_number() {
        let id = |number: u32| CommitId::from_bytes(&[number.to_be_bytes(); 5].concat()).unwrap();
        let commits: Vec<CommitId> = (0..1_500).map(id).collect();
        let batch = Batch {
            repository: RepositoryId::from_bytes([1; 16]),
            metadata: Vec::new(),
            unreadable: vec![id(9_000)],
            cost: Cost::default(),
            out_of_budget: false,
            commits,
        };
        let outcome = Outcome { labels: vec![None; 1_500], ..Outcome::default() };
        let once = LabelCursor::default().after(&batch, &outcome, 3);
        assert_eq!((once.passed.len(), once.labelled), (1_501, 3));
        let twice = once.after(&batch, &outcome, 4);
        assert_eq!((twice.passed.len(), twice.labelled, twice.passed.back()), (PASSED, 7, Some(&id(9_000))));
        let stored = serde_json::to_vec(&twice).unwrap();
        assert_eq!(LabelCursor::decode(Some(&stored)), twice);
        assert_eq!(LabelCursor::decode(Some(b"of another version")), LabelCursor::default());
    }
}
