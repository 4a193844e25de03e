//! Deleting what lies at a provider, and seeing that it is gone: after a run, and after a run that died.

use std::collections::BTreeSet;

use prodops_core::time::Timestamp;
use prodops_store::contract::{
    BatchTag, RemoteObjectId, RemoteObjectKind, RemoteObjectRecord, RemoteObjectState,
};

use super::driver::BatchDriver;
use super::error::{AiError, CallError};
use super::provider::{Progress, RemoteObject, Storage};

/// Seconds without a sign of life after which a run counts as dead: longer than all attempts at one call may take.
const DEAD: i64 = 2 * 3_600;
/// Seconds after which a request that nobody knows the end of has left what it leaves: more than any request may take.
const LATE: i64 = 900;

/// Whether somebody else may be running batches while a sweep goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Others {
    /// Runs of this or of another process may be alive; those that gave a sign of life of late are left alone.
    MayRun,
    /// Nobody runs anything: the only process of a deployment has just begun.
    NoneRun,
    /// This is the deployment's only process, and it began then: whoever gave its last sign of life before is dead.
    NoneBefore(Timestamp),
}

impl Others {
    /// Whether a run that gave a sign of life then can be alive.
    fn may_live(self, alive: Timestamp) -> bool {
        match self {
            Self::MayRun => true,
            Self::NoneRun => false,
            Self::NoneBefore(begun) => alive >= begun,
        }
    }
}

/// What a sweep did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Swept {
    /// Objects that are now seen to be gone.
    pub gone: usize,
    /// What may still be there, with a run alive or with the provider slow or out of reach.
    pub left: Vec<RemoteObjectRecord>,
}

impl BatchDriver {
    /// Finishes what runs of this provider left that died. Call it at the start and now and then.
    ///
    /// # Errors
    /// When the journal fails. A provider that is out of reach is no error: its objects stay in the journal.
    pub async fn sweep(&self, others: Others) -> Result<Swept, AiError> {
        let now = self.clock.now();
        let entries = self.own().await?;
        let before = entries.len();
        let is_alive = |entry: &RemoteObjectRecord| {
            entry.alive.is_some_and(|alive| others.may_live(alive) && now.seconds_since(alive) < DEAD)
        };
        let alive: BTreeSet<&BatchTag> =
            entries.iter().filter(|entry| is_alive(entry)).map(|entry| &entry.tag).collect();
        let tags: BTreeSet<&BatchTag> = entries.iter().map(|entry| &entry.tag).collect();
        for tag in tags.difference(&alive) {
            self.clear_or_leave(tag).await?;
        }
        let left = self.own().await?;
        Ok(Swept { gone: before.saturating_sub(left.len()), left })
    }

    /// Deletes what a run made; how many objects are left for a sweep.
    pub(super) async fn clear_run(&self, tag: &BatchTag) -> Result<usize, AiError> {
        self.clear_or_leave(tag).await?;
        self.leave_run(tag).await
    }

    /// Leaves what a run made to a sweep; how many objects that are.
    pub(super) async fn leave_run(&self, tag: &BatchTag) -> Result<usize, AiError> {
        let left = self.of(tag).await?;
        for entry in &left {
            self.journal.write(&RemoteObjectRecord { alive: None, ..entry.clone() }).await?;
        }
        Ok(left.len())
    }

    async fn clear_or_leave(&self, tag: &BatchTag) -> Result<(), AiError> {
        match self.clear(tag).await {
            Err(AiError::Journal(error)) => Err(error.into()),
            Err(error) => {
                tracing::warn!(%tag, %error, "what lies at an AI provider is not deleted yet");
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    /// Says that the run goes on.
    pub(super) async fn sign_of_life(&self, tag: &BatchTag) -> Result<(), AiError> {
        for mut entry in self.of(tag).await? {
            entry.alive = Some(self.clock.now());
            self.journal.write(&entry).await?;
        }
        Ok(())
    }

    /// Writes down what a batch made.
    pub(super) async fn note_files(&self, tag: &BatchTag, files: &[RemoteObject]) -> Result<(), AiError> {
        let known = self.of(tag).await?;
        for RemoteObject { kind, id } in files {
            // INVARIANT: a batch has one object of a kind at most, since what makes one is not repeated when it may have.
            match known.iter().find(|entry| entry.kind == *kind) {
                Some(entry) if entry.id.as_ref() == Some(id) => {}
                Some(entry) => {
                    let (id, state) = (Some(id.clone()), RemoteObjectState::Stored);
                    self.journal.write(&RemoteObjectRecord { id, state, ..entry.clone() }).await?;
                }
                None => drop(self.note(tag, *kind, Some(id.clone())).await?),
            }
        }
        Ok(())
    }

    /// Deletes everything of a tag that can be deleted now. What is left is in the journal.
    async fn clear(&self, tag: &BatchTag) -> Result<(), AiError> {
        self.learn(tag).await?;
        let batch = self.of(tag).await?.into_iter().find(|entry| entry.kind == RemoteObjectKind::Batch);
        if let Some(batch) = batch {
            // A batch that may still come up needs its files, and makes others.
            let Some(id) = batch.id else { return Ok(()) };
            if !self.settle(tag, &id).await? {
                return Ok(());
            }
        }
        for kind in [
            RemoteObjectKind::Output,
            RemoteObjectKind::Errors,
            RemoteObjectKind::Input,
            RemoteObjectKind::Batch,
        ] {
            // The batch comes last: as long as it is in the journal, its files can be found again.
            let entry = self.of(tag).await?.into_iter().find(|entry| entry.kind == kind);
            if let Some((entry, id)) = entry.and_then(|entry| entry.id.clone().map(|id| (entry, id))) {
                self.remove(entry, id).await?;
            }
        }
        Ok(())
    }

    /// Finds the ids of what was about to be made when nobody wrote them down; what cannot come up any more is struck out.
    async fn learn(&self, tag: &BatchTag) -> Result<(), AiError> {
        let unknown: Vec<RemoteObjectRecord> =
            self.of(tag).await?.into_iter().filter(|entry| entry.id.is_none()).collect();
        let Some(since) = unknown.iter().map(|entry| entry.since).min() else { return Ok(()) };
        let asked_at = self.clock.now();
        let found = self.patiently("searching by tag", || self.provider.find(tag, since)).await?;
        self.note_files(tag, &found.objects).await?;
        for entry in unknown {
            let is_found = found.objects.iter().any(|object| object.kind == entry.kind);
            if !is_found && !found.undecided && asked_at.seconds_since(entry.since) >= LATE {
                self.journal.strike(tag, entry.kind).await?;
            }
        }
        Ok(())
    }

    /// Whether nothing changes at a batch any more; one that is still worked on is given up first.
    async fn settle(&self, tag: &BatchTag, batch: &RemoteObjectId) -> Result<bool, AiError> {
        let mut cancelled = false;
        for look in 0..=self.pace.settles {
            if look > 0 {
                self.pause.pause(self.pace.poll).await;
            }
            match gone_or(self.patiently("asking for the batch", || self.provider.poll(batch)).await)? {
                None => return Ok(true),
                Some(Progress::Ended(files) | Progress::Failed(files)) => {
                    self.note_files(tag, &files).await?;
                    return Ok(true);
                }
                Some(Progress::Running { .. }) if !cancelled => {
                    // A batch that ended in between cannot be cancelled; the next look will tell.
                    match self.patiently("giving the batch up", || self.provider.cancel(batch)).await {
                        Err(AiError::Call { error, .. }) if !is_settled_by(&error) => {
                            return Err(AiError::Call { step: "giving the batch up", error });
                        }
                        _ => cancelled = true,
                    }
                }
                Some(Progress::Running { .. }) => {}
            }
        }
        Ok(false)
    }

    /// Deletes an object, and strikes it out once the provider says that it has none such.
    async fn remove(&self, mut entry: RemoteObjectRecord, id: RemoteObjectId) -> Result<(), AiError> {
        let object = RemoteObject { kind: entry.kind, id };
        if self.provider.storage() == Storage::Files && entry.kind == RemoteObjectKind::Batch {
            // Its record cannot be deleted and holds nothing of the requests. It is forgotten once its files are gone.
            if self.of(&entry.tag).await?.len() == 1 {
                self.journal.strike(&entry.tag, entry.kind).await?;
            }
            return Ok(());
        }
        entry.state = RemoteObjectState::DeletionAsked;
        self.journal.write(&entry).await?;
        gone_or(self.patiently("deleting", || self.provider.delete(&object)).await)?;
        for look in 0..self.pace.attempts.max(1) {
            if look > 0 {
                self.pause.pause(self.pace.poll).await;
            }
            if !self.patiently("confirming a deletion", || self.provider.exists(&object)).await? {
                self.journal.strike(&entry.tag, entry.kind).await?;
                return Ok(());
            }
        }
        Ok(())
    }

    /// What is pending at this provider.
    async fn own(&self) -> Result<Vec<RemoteObjectRecord>, AiError> {
        let mut entries = self.journal.pending().await?;
        entries.retain(|entry| entry.provider == self.provider.entry().name);
        Ok(entries)
    }

    async fn of(&self, tag: &BatchTag) -> Result<Vec<RemoteObjectRecord>, AiError> {
        let mut entries = self.own().await?;
        entries.retain(|entry| entry.tag == *tag);
        Ok(entries)
    }
}

/// `None` when the provider has no such object.
fn gone_or<T>(result: Result<T, AiError>) -> Result<Option<T>, AiError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(AiError::Call { error: CallError::NotFound, .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether a refusal to give a batch up means that there is nothing to give up.
const fn is_settled_by(error: &CallError) -> bool {
    matches!(error, CallError::NotFound | CallError::Refused { status: 400 | 409 })
}
