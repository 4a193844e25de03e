//! One connection's turn in a run: what is read and set aside while it is held, what is sent while it is not, and what is
//! written when it is held again.

use std::sync::Arc;
use std::time::Duration;

use prodops_core::audit::{AuditObject, Decision};
use prodops_core::id::{ConnectionId, RepositoryId};
use prodops_core::tenancy::{JobLease, SystemPrincipal, WorkspaceRecord, WorkspaceScope};
use prodops_policy::{Action, ActivityFacts, ClassifyActivity, Permit};
use prodops_store::contract::{AiRunRecord, AiUseRecord, ConnectionRecord, ConnectionState, Versioned};
use tokio_util::sync::CancellationToken;

use super::super::entry::Engine;
use super::super::error::EngineError;
use super::super::guarded::Guarded;
use super::batch::{Batch, read_again, unsure};
use super::choice::{settings_of, spending, spent_by};
use super::labels::{Labels, Written};
use super::providers::Shown;
use crate::ai::{AiError, Budget, ClassificationProvider, Consent, Outcome};

/// Commits that are sent at once where the provider takes more.
const MOST: usize = 5_000;
/// The same where each is answered by itself: what is lost when one of them fails stays small.
const MOST_SINGLE: usize = 50;
/// How often a connection that somebody else holds is asked for again when labels are to be written, and after how long.
const TRIES: u32 = 240;
const AGAIN: Duration = Duration::from_secs(15);

/// What a turn came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turned {
    /// The workspace lets nobody be asked.
    Off,
    /// There is nothing to ask about, or no budget for it.
    Nothing,
    /// A batch was sent; there may be more.
    Sent,
}

/// What is ready to be sent.
struct Order {
    provider: Arc<dyn ClassificationProvider>,
    consent: Consent,
    batch: Batch,
}

enum Prepared {
    Off,
    Nothing,
    Ready(Box<Order>),
}

/// One connection's turn.
pub(super) struct Turn<'e> {
    pub(super) engine: &'e Engine,
    pub(super) workspace: &'e WorkspaceRecord,
    pub(super) connection: ConnectionId,
    pub(super) cancel: &'e CancellationToken,
}

impl Turn<'_> {
    /// Asks about the newest commits of the connection that the offline model is unsure of.
    pub(super) async fn take(&self) -> Result<Turned, EngineError> {
        let lease = self.hold().await?;
        let prepared = self.prepare(&lease).await;
        self.release(&lease).await?;
        match prepared? {
            Prepared::Off => Ok(Turned::Off),
            Prepared::Nothing => Ok(Turned::Nothing),
            Prepared::Ready(order) => self.send(*order).await,
        }
    }

    async fn prepare(&self, lease: &JobLease) -> Result<Prepared, EngineError> {
        let scope = lease.scope();
        let guarded = self.guarded(&scope)?;
        let row = guarded.locate_connection(self.connection).await?.map(|row| row.value);
        let Some(row) = row.filter(|row| row.state == ConnectionState::Active) else {
            return Ok(Prepared::Nothing);
        };
        for repository in guarded.locate_repositories(self.connection).await? {
            let permit = self.permit(&scope, repository.id)?;
            let Some(found) = guarded.ai_use_of_run(&permit).await? else { return Ok(Prepared::Off) };
            let labels = Labels { engine: self.engine, guarded: &guarded, permit: &permit, lease };
            match self.prepare_of(&labels, &row, repository.id, &found).await? {
                Prepared::Nothing => {}
                prepared => return Ok(prepared),
            }
        }
        Ok(Prepared::Nothing)
    }

    async fn prepare_of(
        &self,
        labels: &Labels<'_>,
        row: &ConnectionRecord,
        repository: RepositoryId,
        found: &Versioned<AiUseRecord>,
    ) -> Result<Prepared, EngineError> {
        let (parts, settings) = (self.engine.parts(), settings_of(&found.value));
        let spent = spent_by(&found.value, parts.clock.now());
        // What was agreed to is compared with what the provider is now, at every run.
        let provider = settings.provider.as_deref().and_then(|name| parts.ai.of(name).ok());
        let Some(provider) = provider else { return Ok(Prepared::Off) };
        let Ok(consent) = settings.admit(provider.entry(), spent) else { return Ok(Prepared::Off) };
        let passed = labels.passed().await?;
        let most = if provider.most() > 1 { provider.most().min(MOST) } else { MOST_SINGLE };
        let asked = (settings.threshold, &passed);
        let wanted = unsure(labels.guarded, labels.permit, repository, asked, most).await?;
        let connector = self.engine.connector(&row.connector)?;
        let stop = self.cancel.child_token();
        let read = read_again(self.engine, connector.as_ref(), row, repository, wanted.clone(), stop).await?;
        let batch = Batch::within(repository, wanted, read, (provider.price(), consent.left()));
        if batch.commits.is_empty() && batch.unreadable.is_empty() {
            return Ok(Prepared::Nothing);
        }
        let connection = self.connection;
        let object = AuditObject::AiRequest { connection, commits: batch.commits.len() as u64 };
        self.note(labels, found, spent.with(batch.amount()), None, (object, Decision::Allowed)).await?;
        Ok(Prepared::Ready(Box::new(Order { provider: Arc::clone(provider), consent, batch })))
    }

    /// Sends what is ready, and writes what comes back. Nothing is held meanwhile.
    async fn send(&self, order: Order) -> Result<Turned, EngineError> {
        let Order { provider, consent, batch } = order;
        let outcome = if batch.commits.is_empty() {
            Ok(Outcome::default())
        } else {
            let shown = Shown { providers: &self.engine.parts().ai, workspace: self.workspace.id };
            let driver = self.engine.ai_driver(&provider, self.cancel.clone());
            driver.run(&consent, &batch.metadata, &shown).await
        };
        let lease = self.hold_patiently().await?;
        let finished = self.finish(&lease, &batch, &outcome).await;
        self.release(&lease).await?;
        outcome?;
        finished?;
        Ok(Turned::Sent)
    }

    /// Writes the labels and what the run came to.
    async fn finish(
        &self,
        lease: &JobLease,
        batch: &Batch,
        outcome: &Result<Outcome, AiError>,
    ) -> Result<(), EngineError> {
        let scope = lease.scope();
        let guarded = self.guarded(&scope)?;
        let permit = self.permit(&scope, batch.repository)?;
        let labels = Labels { engine: self.engine, guarded: &guarded, permit: &permit, lease };
        let written = match outcome {
            Ok(outcome) => labels.write(batch, outcome).await?,
            Err(_) => Written::default(),
        };
        let Some(found) = guarded.ai_use_of_run(&permit).await? else { return Ok(()) };
        let now = self.engine.parts().clock.now();
        let spent = spent_by(&found.value, now);
        // What nobody worked on is not owed.
        let is_free = outcome.as_ref().is_err_and(AiError::is_free);
        let spent = if is_free { spent.without(batch.amount()) } else { spent };
        let (run, decision) = match outcome {
            Ok(outcome) => (Some(self.run_of(batch, written, outcome.left)), Decision::Allowed),
            Err(_) => (None, Decision::Failed),
        };
        let object = AuditObject::AiLabels { connection: self.connection, commits: written.labelled };
        self.note(&labels, &found, spent, run, (object, decision)).await
    }

    fn run_of(&self, batch: &Batch, written: Written, left: usize) -> AiRunRecord {
        AiRunRecord {
            finished: self.engine.parts().clock.now(),
            sent: batch.commits.len() as u64,
            labelled: written.labelled,
            differing: written.differing,
            contradicting: written.contradicting,
            passed_over: written.passed_over,
            unreadable: batch.unreadable.len() as u64,
            out_of_budget: batch.out_of_budget,
            left: left as u64,
        }
    }

    /// Writes what is spent by now, with the audit event that says why.
    async fn note(
        &self,
        labels: &Labels<'_>,
        found: &Versioned<AiUseRecord>,
        spent: Budget,
        run: Option<AiRunRecord>,
        (object, decision): (AuditObject, Decision),
    ) -> Result<(), EngineError> {
        let mut row = spending(&found.value, self.engine.parts().clock.now(), spent);
        row.last_run = run.or(row.last_run);
        let scope = labels.lease.scope();
        let event = self.engine.system_event(&scope, ClassifyActivity::NAME, object, decision)?;
        labels.guarded.note_ai_use(labels.permit, found.version, &row, &event).await?;
        Ok(())
    }

    fn guarded<'s>(&'s self, scope: &'s WorkspaceScope) -> Result<Guarded<'s>, EngineError> {
        Ok(Guarded::new(self.engine.parts().store.workspace(scope)?, scope))
    }

    fn permit(
        &self,
        scope: &WorkspaceScope,
        id: RepositoryId,
    ) -> Result<Permit<ClassifyActivity>, EngineError> {
        self.engine.system_permit(scope, &ActivityFacts { workspace: scope.workspace(), id })
    }

    async fn hold(&self) -> Result<JobLease, EngineError> {
        let WorkspaceRecord { id, state, .. } = *self.workspace;
        self.engine.hold_connection(id, state, self.connection, SystemPrincipal::Classify).await
    }

    /// The same, however long a sync takes: what is to be written was paid for.
    async fn hold_patiently(&self) -> Result<JobLease, EngineError> {
        let mut tries = 0;
        loop {
            match self.hold().await {
                Err(EngineError::Busy) if tries < TRIES => tries += 1,
                held => return held,
            }
            self.engine.parts().ai.pause.pause(AGAIN).await;
        }
    }

    async fn release(&self, lease: &JobLease) -> Result<(), EngineError> {
        let parts = self.engine.parts();
        let capability = parts.authority.control();
        parts.store.control(&capability)?.release_lease(lease.id()).await?;
        Ok(())
    }
}
