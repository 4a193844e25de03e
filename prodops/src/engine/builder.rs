//! Puts an engine together: environment, clock, entropy, store, connectors.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;

use prodops_connectors::contract::{Connector, ContentLimits};
use prodops_core::audit::{KeyName, NoteError};
use prodops_core::clock::{Clock, SystemClock};
use prodops_core::entropy::{Entropy, EntropyError, SystemEntropy};
use prodops_core::environment::Environment;
use prodops_core::input::{ConnectionTarget, ConnectorId, WorkspaceSlug};
use prodops_core::keyring::{KeyringError, Roots};
use prodops_core::leak_guard::LeakGuard;
use prodops_core::session::SessionExpiry;
use prodops_core::tenancy::Authority;
use prodops_metrics::Audience;
use prodops_policy::{Policy, PolicyError, ReloadablePolicy};
use prodops_store::keyring::KeyringFileError;
#[cfg(feature = "postgres")]
use prodops_store::postgres::PostgresConfig;
use prodops_store::{Store, StoreError, authority_source};

use super::admission::RefusalMeter;
use super::decision::{DecisionLog, DecisionSink};
use super::entry::{Engine, Inner};
use super::error::EngineError;
use super::lifecycle::{BackupPlan, DeletionPlan, PlanError};
use super::opening::{Foundation, KeyringLocation, Opening, StoreLocation};
use super::permit_count::PermitCounter;
use super::upkeep::Due;
use super::watch::{Watch, logging_leak_guard};
use super::worker::Wake;

/// Seconds between two syncs of a connection.
const SYNC_INTERVAL: NonZeroU32 = NonZeroU32::MIN.saturating_add(15 * 60 - 1);

/// An engine could not be put together.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The store could not be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The shipped policies do not load.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// No random bytes could be had.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The keyring could not be opened.
    #[error(transparent)]
    Keyring(#[from] KeyringFileError),
    /// A key could not be made or opened.
    #[error(transparent)]
    Keys(KeyringError),
    /// Data is to be kept, but under no key.
    #[error("a store that is kept needs a root key: `EngineBuilder::root_keys`")]
    NoRootKey,
    /// Data is to be kept in a database, and nobody said where its keys are.
    #[error(
        "a store in PostgreSQL needs a keyring elsewhere: `EngineBuilder::keyring_database`, or `keyring_file` for a single \
         process"
    )]
    NoKeyring,
    /// Data and keys would be in the same backups.
    #[error(
        "the keyring is in the database of the data, so that every backup of it would hold both: give it another one"
    )]
    KeyringBesideData,
    /// The audit log has no name that a checkpoint can be signed under.
    #[error(transparent)]
    AuditOrigin(#[from] NoteError),
    /// Deletion would take too long.
    #[error(transparent)]
    Deletion(#[from] PlanError),
    /// A restore into this store was cut off.
    #[error("a restore into this store was cut off: remove the store and restore again")]
    UnfinishedRestore,
    /// What was deleted could not be kept deleted.
    #[error("the deletion ledger could not be replayed: {0}")]
    Replay(#[source] EngineError),
    /// Two AI providers have the same name.
    #[cfg(feature = "ai")]
    #[error("two AI providers are called `{0}`")]
    DuplicateProvider(String),
    /// Two connectors have the same id.
    #[error("two connectors are called `{0}`")]
    DuplicateConnector(ConnectorId),
}

/// Whether members of a workspace may connect a target. See [`EngineBuilder::targets`].
pub(super) type TargetRule = dyn Fn(&WorkspaceSlug, &ConnectionTarget) -> bool + Send + Sync;

/// Collects the parts of an [`Engine`]; everything but the environment has a default.
#[must_use]
#[allow(missing_debug_implementations, reason = "holds trait objects of embedders")]
pub struct EngineBuilder {
    environment: Environment,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    location: StoreLocation,
    roots: Option<Roots>,
    keyring: Option<KeyringLocation>,
    expiry: SessionExpiry,
    limits: ContentLimits,
    audience: Audience,
    targets: Arc<TargetRule>,
    leak_guard: Option<LeakGuard>,
    audit_origin: Option<KeyName>,
    sync_interval: NonZeroU32,
    connectors: Vec<Arc<dyn Connector>>,
    deletion_plan: DeletionPlan,
    backup_plan: Option<BackupPlan>,
    decisions: DecisionLog,
    policy: Option<Policy>,
    #[cfg(feature = "ai")]
    pub(super) ai: super::ai::AiProviders,
}

impl EngineBuilder {
    pub(super) fn new(environment: Environment) -> Self {
        Self {
            environment,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            location: StoreLocation::Memory,
            roots: None,
            keyring: None,
            expiry: SessionExpiry::default(),
            limits: ContentLimits::default(),
            audience: Audience::Team,
            targets: Arc::new(|_, _| true),
            leak_guard: None,
            audit_origin: None,
            sync_interval: SYNC_INTERVAL,
            connectors: Vec::new(),
            deletion_plan: DeletionPlan::default(),
            backup_plan: None,
            decisions: DecisionLog::default(),
            policy: None,
            #[cfg(feature = "ai")]
            ai: super::ai::AiProviders::default(),
        }
    }

    /// Where derived data is kept; in memory unless said otherwise.
    pub fn store(mut self, location: StoreLocation) -> Self {
        self.location = location;
        self
    }

    /// The root keys that everything kept is sealed under. A store in memory makes one that ends with the process unless
    /// told otherwise; a store in a file needs one that lasts.
    pub fn root_keys(mut self, roots: Roots) -> Self {
        self.roots = Some(roots);
        self
    }

    /// The file of the wrapped keys, which one process owns: beside a store in a file, with `.keyring` behind its name, unless
    /// said otherwise. Back it up apart from the store.
    pub fn keyring_file(mut self, path: PathBuf) -> Self {
        self.keyring = Some(KeyringLocation::File(path));
        self
    }

    /// The database of the wrapped keys, which several processes may share: not the one of the data, and better not on its
    /// server. Back it up apart from the data.
    #[cfg(feature = "postgres")]
    pub fn keyring_database(mut self, config: PostgresConfig) -> Self {
        self.keyring = Some(KeyringLocation::Postgres(config));
        self
    }

    /// How long a deletion takes; 7 days of grace, 1 for the purge and 20 for backups unless said otherwise.
    pub const fn deletion_plan(mut self, plan: DeletionPlan) -> Self {
        self.deletion_plan = plan;
        self
    }

    /// Where and when backups are made; none unless said otherwise. The engine's [`Worker`](super::Worker) makes them.
    pub fn backups(mut self, plan: BackupPlan) -> Self {
        self.backup_plan = Some(plan);
        self
    }

    /// Offers a connector.
    pub fn connector(mut self, connector: impl Connector + 'static) -> Self {
        self.connectors.push(Arc::new(connector));
        self
    }

    /// How long sessions last; 30 minutes idle and 8 hours in all unless said otherwise.
    pub const fn session_expiry(mut self, expiry: SessionExpiry) -> Self {
        self.expiry = expiry;
        self
    }

    /// Bounds on what is read into memory.
    pub const fn content_limits(mut self, limits: ContentLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Who reads reports; a team unless said otherwise.
    ///
    /// # Security
    /// [`Audience::LocalOperator`] lifts the lower limit on group size. It is for commands that somebody runs over
    /// repositories that they already have, never for a server that others reach.
    pub const fn audience(mut self, audience: Audience) -> Self {
        self.audience = audience;
        self
    }

    /// What members of each workspace may connect; whatever the connectors can read unless said otherwise.
    ///
    /// # Security
    /// A connector for local repositories knows folders, not tenants. Where an engine serves several workspaces, this is
    /// what keeps one of them from connecting what another one reads.
    pub fn targets(
        mut self,
        rule: impl Fn(&WorkspaceSlug, &ConnectionTarget) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.targets = Arc::new(rule);
        self
    }

    /// The guard that watches for the engine's secrets; one of its own, which writes leaks to the log, unless said otherwise.
    /// See [`Engine::leak_guard`].
    pub fn leak_guard(mut self, guard: LeakGuard) -> Self {
        self.leak_guard = Some(guard);
        self
    }

    /// The policies that decide; those that ProdOps ships unless said otherwise. [`Engine::reload_policies`] replaces them.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = Some(policy);
        self
    }

    /// Where the decisions of the policies are told: every refusal, every allowance of a sensitive action, and one in `sample`
    /// of the allowances of ordinary reads. To the process log, one in a hundred, unless said otherwise.
    pub fn decision_log(mut self, sink: impl DecisionSink + 'static, sample: NonZeroU32) -> Self {
        self.decisions = DecisionLog::new(Arc::new(sink), sample);
        self
    }

    /// The name of this deployment's audit log, under which its checkpoints are signed: a URL without its scheme, such as
    /// `prodops.example.org/audit`. `prodops/` and the environment unless said otherwise; it must not change afterwards.
    pub fn audit_origin(mut self, origin: KeyName) -> Self {
        self.audit_origin = Some(origin);
        self
    }

    /// Seconds between the end of one sync of a connection and the beginning of the next, by the engine's
    /// [`Worker`](super::Worker); 15 minutes unless said otherwise.
    pub const fn sync_interval(mut self, seconds: NonZeroU32) -> Self {
        self.sync_interval = seconds;
        self
    }

    /// Another clock than the machine's, for tests.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Another source of random bytes than the operating system.
    ///
    /// # Security
    /// Ids, tokens and keys come from it: outside tests it must be cryptographically secure.
    pub fn entropy(mut self, entropy: impl Entropy + 'static) -> Self {
        self.entropy = Arc::new(entropy);
        self
    }

    /// Opens the store, loads the policies and makes the engine.
    ///
    /// An engine whose root key is not the right one is made all the same: see [`Engine::sealed`].
    ///
    /// # Errors
    /// When a part is unusable: each error says which and what to do.
    pub async fn build(self) -> Result<Engine, BuildError> {
        let connectors = self.connectors_by_id()?;
        if let Some(plan) = &self.backup_plan {
            self.deletion_plan.admits_backups_of(plan.keep_days)?;
        }
        let leak_guard = match &self.leak_guard {
            Some(guard) => guard.clone(),
            None => logging_leak_guard(self.entropy.as_ref())?,
        };
        let Foundation { keyring, backend, ledger, key_copies } = self.opening().open().await?;
        if keyring.is_ok() && backend.is_restoring().await? {
            return Err(BuildError::UnfinishedRestore);
        }
        let begun = self.clock.now();
        let sources = authority_source(&backend);
        #[allow(clippy::disallowed_methods, reason = "the one place that makes the engine's authority")]
        let authority = Authority::new(sources, Arc::clone(&self.clock), self.entropy.as_ref(), self.expiry)?;
        let store = Store::bind(backend, &authority);
        let policy = self.policy.map_or_else(Policy::shipped, Ok)?;
        let origin = match self.audit_origin {
            Some(origin) => origin,
            None => KeyName::new(&format!("prodops/{}", self.environment))?,
        };
        let engine = Engine::assemble(Inner {
            environment: self.environment,
            authority,
            keyring,
            store,
            policies: ReloadablePolicy::new(policy),
            connectors,
            clock: Arc::clone(&self.clock),
            entropy: self.entropy,
            limits: self.limits,
            audience: self.audience,
            targets: self.targets,
            watch: Watch::new(leak_guard),
            origin,
            permits: PermitCounter::new(self.clock),
            decisions: self.decisions,
            due: Due::default(),
            refusals: RefusalMeter::default(),
            sync_interval: self.sync_interval,
            wake: Wake::default(),
            ledger,
            deletion_plan: self.deletion_plan,
            backup_plan: self.backup_plan,
            backup_turn: tokio::sync::Mutex::default(),
            key_copies,
            begun,
            #[cfg(feature = "ai")]
            sole: !self.location.is_shared(),
            #[cfg(feature = "ai")]
            ai: self.ai,
        });
        if engine.sealed().is_none() {
            // Before anybody is let in: a store that was put back by hand comes with what was deleted since.
            engine.replay_ledger().await.map_err(BuildError::Replay)?;
        }
        Ok(engine)
    }

    fn opening(&self) -> Opening<'_> {
        Opening {
            environment: self.environment,
            store: &self.location,
            keyring: self.keyring.as_ref(),
            roots: self.roots.as_ref(),
            clock: &self.clock,
            entropy: &self.entropy,
        }
    }

    /// What is offered by name, each name once.
    fn connectors_by_id(&self) -> Result<BTreeMap<ConnectorId, Arc<dyn Connector>>, BuildError> {
        #[cfg(feature = "ai")]
        self.ai.check_names()?;
        let mut connectors: BTreeMap<ConnectorId, Arc<dyn Connector>> = BTreeMap::new();
        for connector in &self.connectors {
            let id = connector.descriptor().id.clone();
            if connectors.insert(id.clone(), Arc::clone(connector)).is_some() {
                return Err(BuildError::DuplicateConnector(id));
            }
        }
        Ok(connectors)
    }
}
