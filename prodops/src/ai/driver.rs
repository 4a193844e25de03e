//! A run: batches one after the other, each written down, uploaded, waited for, read and deleted.

use std::sync::Arc;
use std::time::Duration;

use prodops_classify::metadata::CommitMetadata;
use prodops_core::clock::Clock;
use prodops_core::entropy::Entropy;
use prodops_store::contract::{
    BatchTag, RemoteObjectId, RemoteObjectKind, RemoteObjectRecord, RemoteObjectState,
};
use tokio_util::sync::CancellationToken;

use super::answer::Answer;
use super::consent::Consent;
use super::error::{AiError, CallError};
use super::estimate::Estimate;
use super::journal::DeletionJournal;
use super::outcome::Outcome;
use super::patience::{self, Pause};
use super::provider::{ClassificationProvider, Progress, RemoteObject, Started, Storage};

/// How often a provider is asked, and how long it is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Between two polls: less than an hour, or a run looks dead to a sweep.
    pub poll: Duration,
    /// The longest that a batch may take. Providers promise 24 hours.
    pub batch: Duration,
    /// How often a call is made before it counts as failed.
    pub attempts: u32,
    /// How often a batch that was given up is looked at before its deletion is left to a sweep.
    pub settles: u32,
}

impl Default for Pace {
    /// Every minute, 25 hours, six attempts, fifteen looks: a provider takes up to ten minutes to give a batch up.
    fn default() -> Self {
        Self {
            poll: Duration::from_secs(60),
            batch: Duration::from_secs(25 * 3_600),
            attempts: 6,
            settles: 15,
        }
    }
}

/// What a run is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// Sending requests.
    Sending,
    /// Waiting for answers.
    Waiting,
    /// Deleting what lies at the provider.
    Deleting,
    /// The batch is over.
    Done,
}

/// Hears how far a run has come.
pub trait RunProgress: Send + Sync {
    /// `done` of `total` commits are answered.
    fn moved(&self, stage: Stage, done: u64, total: u64);
}

/// Hears nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl RunProgress for Silent {
    fn moved(&self, _stage: Stage, _done: u64, _total: u64) {}
}

/// The steps of which an error can say that the provider did nothing at all.
pub(super) const UPLOADING: &str = "uploading the requests";
pub(super) const BEGINNING: &str = "beginning the batch";

/// Runs batches through a provider.
#[derive(Debug, Clone)]
pub struct BatchDriver {
    pub(super) provider: Arc<dyn ClassificationProvider>,
    pub(super) journal: Arc<dyn DeletionJournal>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) pause: Arc<dyn Pause>,
    pub(super) pace: Pace,
    entropy: Arc<dyn Entropy>,
    stop: CancellationToken,
}

impl BatchDriver {
    /// A driver of this provider, which writes into this journal.
    #[must_use]
    pub fn new(
        provider: Arc<dyn ClassificationProvider>,
        journal: Arc<dyn DeletionJournal>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        pause: Arc<dyn Pause>,
    ) -> Self {
        let stop = CancellationToken::new();
        Self { provider, journal, clock, pause, entropy, stop, pace: Pace::default() }
    }

    /// At another pace.
    #[must_use]
    pub fn at_pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// Leaves off when this token says so. What lies at the provider then is left to the next sweep, whoever does it.
    #[must_use]
    pub fn until(mut self, stop: CancellationToken) -> Self {
        self.stop = stop;
        self
    }

    /// What asking about these commits would send and cost.
    #[must_use]
    pub fn estimate(&self, commits: &[CommitMetadata]) -> Estimate {
        Estimate::of(commits, self.provider.price())
    }

    /// Asks for a label of each commit, and deletes at the provider whatever that left there.
    ///
    /// Nothing but metadata can be handed over:
    ///
    /// ```compile_fail,E0308
    /// # use prodops::ai::{BatchDriver, Consent, Silent};
    /// async fn leak(driver: &BatchDriver, consent: &Consent, code: &[String]) {
    ///     driver.run(consent, code, &Silent).await.ok();
    /// }
    /// ```
    ///
    /// # Errors
    /// When the consent does not cover it, or a batch failed. What lies at the provider then is deleted as well, or is in the
    /// journal. Labels of batches before it are lost: whoever sends many commits calls with one batch at a time.
    pub async fn run(
        &self,
        consent: &Consent,
        commits: &[CommitMetadata],
        progress: &dyn RunProgress,
    ) -> Result<Outcome, AiError> {
        consent.covers(self.provider.entry(), &self.estimate(commits))?;
        let total = commits.len() as u64;
        let mut outcome = Outcome::default();
        for batch in commits.chunks(self.provider.most().max(1)) {
            let tag = BatchTag::random(&*self.entropy)?;
            let run = Run { driver: self, tag, before: outcome.labels.len() as u64, total, progress };
            outcome.extend(run.batch(batch).await?);
            progress.moved(Stage::Done, outcome.labels.len() as u64, total);
        }
        Ok(outcome)
    }

    /// Makes a call, and makes it again when it failed in passing.
    pub(super) async fn patiently<T, F>(&self, step: &'static str, call: impl Fn() -> F) -> Result<T, AiError>
    where
        F: Future<Output = Result<T, CallError>>,
    {
        self.repeated(step, CallError::is_passing, call).await
    }

    /// The same for what makes an object: it is made again only where the provider said that it did nothing. What an unclear
    /// answer may have left is found by its tag.
    async fn once<T, F>(&self, step: &'static str, call: impl Fn() -> F) -> Result<T, AiError>
    where
        F: Future<Output = Result<T, CallError>>,
    {
        self.repeated(step, |error| matches!(error, CallError::Busy { .. }), call).await
    }

    async fn repeated<T, F>(
        &self,
        step: &'static str,
        may_repeat: impl Fn(&CallError) -> bool,
        call: impl Fn() -> F,
    ) -> Result<T, AiError>
    where
        F: Future<Output = Result<T, CallError>>,
    {
        let mut failures = 0;
        loop {
            let error = match call().await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            failures += 1;
            let wait = patience::wait(&error, failures, self.pace.attempts, &*self.entropy);
            let Some(wait) = wait.filter(|_| may_repeat(&error)) else {
                return Err(AiError::Call { step, error });
            };
            self.pause.pause(wait).await;
        }
    }

    /// Writes down an object of which nothing is known yet.
    pub(super) async fn note(
        &self,
        tag: &BatchTag,
        kind: RemoteObjectKind,
        id: Option<RemoteObjectId>,
    ) -> Result<RemoteObjectRecord, AiError> {
        let now = self.clock.now();
        let provider = self.provider.entry().name.clone();
        let state = if id.is_some() { RemoteObjectState::Stored } else { RemoteObjectState::Intended };
        let entry =
            RemoteObjectRecord { tag: tag.clone(), kind, provider, id, state, since: now, alive: Some(now) };
        self.journal.write(&entry).await?;
        Ok(entry)
    }
}

/// One batch on its way.
struct Run<'r> {
    driver: &'r BatchDriver,
    tag: BatchTag,
    /// Commits of earlier batches.
    before: u64,
    total: u64,
    progress: &'r dyn RunProgress,
}

impl Run<'_> {
    async fn batch(&self, commits: &[CommitMetadata]) -> Result<Outcome, AiError> {
        self.progress.moved(Stage::Sending, self.before, self.total);
        let answers = tokio::select! {
            answers = self.answers(commits) => answers,
            () = self.driver.stop.cancelled() => {
                self.driver.leave_run(&self.tag).await?;
                return Err(AiError::Stopped);
            }
        };
        if self.driver.provider.storage() == Storage::Nothing {
            return Ok(Outcome::of(commits.len(), &answers?));
        }
        self.progress.moved(Stage::Deleting, self.before, self.total);
        let cleared = self.driver.clear_run(&self.tag).await;
        // Why a batch failed says more than why it could not be deleted yet.
        let outcome = Outcome::of(commits.len(), &answers?);
        Ok(Outcome { left: cleared?, ..outcome })
    }

    async fn answers(&self, commits: &[CommitMetadata]) -> Result<Vec<Answer>, AiError> {
        let (provider, tag) = (&self.driver.provider, &self.tag);
        let input = match provider.storage() {
            Storage::Files => {
                let upload = || provider.upload(tag, commits);
                Some(self.made(RemoteObjectKind::Input, UPLOADING, upload).await?)
            }
            Storage::Batch | Storage::Nothing => None,
        };
        if provider.storage() == Storage::Nothing {
            let start = || provider.start(tag, commits, None);
            return match self.driver.patiently("asking", start).await? {
                Started::Answered(answers) => Ok(answers),
                Started::Batch(_) => Err(unexpected("asking")),
            };
        }
        let start = || async {
            match provider.start(tag, commits, input.as_ref()).await? {
                Started::Batch(id) => Ok(id),
                Started::Answered(_) => Err(CallError::Unexpected { what: "batch" }),
            }
        };
        let batch = self.made(RemoteObjectKind::Batch, BEGINNING, start).await?;
        let files = self.ended(&batch).await?;
        self.driver.patiently("reading the answers", || provider.results(tag, &batch, &files)).await
    }

    /// Writes an object down, makes it, and writes its id down.
    async fn made<F>(
        &self,
        kind: RemoteObjectKind,
        step: &'static str,
        make: impl Fn() -> F,
    ) -> Result<RemoteObjectId, AiError>
    where
        F: Future<Output = Result<RemoteObjectId, CallError>>,
    {
        let intended = self.driver.note(&self.tag, kind, None).await?;
        let id = self.driver.once(step, make).await?;
        let alive = Some(self.driver.clock.now());
        let made =
            RemoteObjectRecord { id: Some(id.clone()), state: RemoteObjectState::Stored, alive, ..intended };
        self.driver.journal.write(&made).await?;
        Ok(id)
    }

    /// Waits for the end of a batch, and writes down what it made.
    async fn ended(&self, batch: &RemoteObjectId) -> Result<Vec<RemoteObject>, AiError> {
        let begun = self.driver.clock.now();
        loop {
            match self.driver.patiently("asking for the batch", || self.driver.provider.poll(batch)).await? {
                Progress::Running { done } => {
                    self.progress.moved(Stage::Waiting, self.before + done, self.total);
                }
                Progress::Ended(files) => {
                    self.driver.note_files(&self.tag, &files).await?;
                    return Ok(files);
                }
                Progress::Failed(files) => {
                    self.driver.note_files(&self.tag, &files).await?;
                    return Err(AiError::BatchFailed);
                }
            }
            let waited = self.driver.clock.now().seconds_since(begun).max(0).unsigned_abs();
            if waited >= self.driver.pace.batch.as_secs() {
                return Err(AiError::Late { waited: Duration::from_secs(waited) });
            }
            self.driver.pause.pause(self.driver.pace.poll).await;
            self.driver.sign_of_life(&self.tag).await?;
        }
    }
}

fn unexpected(step: &'static str) -> AiError {
    AiError::Call { step, error: CallError::Unexpected { what: "answer" } }
}
