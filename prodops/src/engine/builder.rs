//! Puts an engine together: environment, clock, entropy, store, connectors.

use std::collections::BTreeMap;
use std::io;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use prodops_connectors::contract::{Connector, ContentLimits};
use prodops_core::audit::{KeyName, NoteError};
use prodops_core::clock::{Clock, SystemClock};
use prodops_core::entropy::{Entropy, EntropyError, SystemEntropy};
use prodops_core::environment::Environment;
use prodops_core::input::{ConnectionTarget, ConnectorId, WorkspaceSlug};
use prodops_core::keyring::{
    ExistingData, Keyring, KeyringError, KeyringParts, KeyringStore, LocalRoot, MemoryKeyring, NoRowKeys,
    Roots, RowKeySource, Sealed,
};
use prodops_core::leak_guard::LeakGuard;
use prodops_core::session::SessionExpiry;
use prodops_core::tenancy::Authority;
use prodops_metrics::Audience;
use prodops_policy::{Policy, PolicyError};
use prodops_store::backend::Backend;
use prodops_store::embedded::Embedded;
use prodops_store::keyring::{FileKeyring, KeyringFileError};
use prodops_store::ledger::Ledger;
use prodops_store::{Store, StoreError, authority_source};

use super::admission::RefusalMeter;
use super::entry::{Engine, Inner};
use super::error::EngineError;
use super::lifecycle::{BackupPlan, DeletionPlan, PlanError};
use super::permit_count::PermitCounter;
use super::upkeep::Due;
use super::watch::{Watch, logging_leak_guard};
use super::worker::Wake;

/// Seconds between two syncs of a connection.
const SYNC_INTERVAL: NonZeroU32 = NonZeroU32::MIN.saturating_add(15 * 60 - 1);

/// Where an engine keeps what it derives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreLocation {
    /// In memory, gone with the process.
    Memory,
    /// In one file that this process owns. Its values are sealed: [`EngineBuilder::root_keys`] says under what.
    File(PathBuf),
}

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
    #[error("a store in a file needs a root key: `EngineBuilder::root_keys`")]
    NoRootKey,
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
    keyring: Option<PathBuf>,
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

    /// The file of the wrapped keys, for a store in a file: beside it, with `.keyring` behind its name, unless said
    /// otherwise. Back it up apart from the store.
    pub fn keyring_file(mut self, path: PathBuf) -> Self {
        self.keyring = Some(path);
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
        let keyring = open_keyring(&self).await?;
        let backend = open_store(&self, &keyring).await?;
        if keyring.is_ok() && backend.is_restoring().await? {
            return Err(BuildError::UnfinishedRestore);
        }
        let ledger = open_ledger(&self, &keyring).await?;
        let (key_files, begun) = (key_files(&self), self.clock.now());
        let sources = authority_source(&backend);
        #[allow(clippy::disallowed_methods, reason = "the one place that makes the engine's authority")]
        let authority = Authority::new(sources, Arc::clone(&self.clock), self.entropy.as_ref(), self.expiry)?;
        let store = Store::bind(backend, &authority);
        let policy = Policy::shipped()?;
        let origin = match self.audit_origin {
            Some(origin) => origin,
            None => KeyName::new(&format!("prodops/{}", self.environment))?,
        };
        let engine = Engine::assemble(Inner {
            environment: self.environment,
            authority,
            keyring,
            store,
            policy,
            connectors,
            clock: Arc::clone(&self.clock),
            entropy: self.entropy,
            limits: self.limits,
            audience: self.audience,
            targets: self.targets,
            watch: Watch::new(leak_guard),
            origin,
            permits: PermitCounter::new(self.clock),
            due: Due::default(),
            refusals: RefusalMeter::default(),
            sync_interval: self.sync_interval,
            wake: Wake::default(),
            ledger,
            deletion_plan: self.deletion_plan,
            backup_plan: self.backup_plan,
            backup_turn: tokio::sync::Mutex::default(),
            key_files,
            begun,
        });
        if engine.sealed().is_none() {
            // Before anybody is let in: a store that was put back by hand comes with what was deleted since.
            engine.replay_ledger().await.map_err(BuildError::Replay)?;
        }
        Ok(engine)
    }

    fn connectors_by_id(&self) -> Result<BTreeMap<ConnectorId, Arc<dyn Connector>>, BuildError> {
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

/// The keys, or why there is no access to them.
async fn open_keyring(builder: &EngineBuilder) -> Result<Result<Keyring, Sealed>, BuildError> {
    let (store, data): (Arc<dyn KeyringStore>, _) = match &builder.location {
        StoreLocation::Memory => (Arc::new(MemoryKeyring::default()), ExistingData::Absent),
        StoreLocation::File(path) => {
            let keyring = keyring_file(builder, path);
            let data = existing_data(path)?;
            (Arc::new(FileKeyring::open(&keyring, builder.environment)?), data)
        }
    };
    let roots = match (&builder.roots, &builder.location) {
        (Some(roots), _) => roots.clone(),
        (None, StoreLocation::Memory) => Roots::new(LocalRoot::ephemeral(Arc::clone(&builder.entropy))?),
        (None, StoreLocation::File(_)) => return Err(BuildError::NoRootKey),
    };
    let parts = KeyringParts {
        environment: builder.environment,
        store,
        roots,
        clock: Arc::clone(&builder.clock),
        entropy: Arc::clone(&builder.entropy),
    };
    match Keyring::open(parts, data).await {
        Ok(keyring) => Ok(Ok(keyring)),
        Err(KeyringError::Sealed(reason)) => Ok(Err(reason)),
        Err(error) => Err(BuildError::Keys(error)),
    }
}

/// The ledger of deletions, in a file beside the keyring: `.deletions` behind its name.
async fn open_ledger(
    builder: &EngineBuilder,
    keyring: &Result<Keyring, Sealed>,
) -> Result<Option<Ledger>, BuildError> {
    let Ok(keyring) = keyring else { return Ok(None) };
    let key = keyring.ledger_key().await.map_err(BuildError::Keys)?;
    Ok(Some(match &builder.location {
        StoreLocation::Memory => Ledger::memory(builder.environment, key),
        StoreLocation::File(path) => Ledger::file(&ledger_file(builder, path), builder.environment, key),
    }))
}

/// INVARIANT: a store that cannot be looked at, such as on a volume that is not mounted, counts as one that is there: no new
/// keyring is begun.
fn existing_data(store: &Path) -> Result<ExistingData, StoreError> {
    // Not of what a link leads to: a link that leads nowhere now may lead to data tomorrow.
    match std::fs::symlink_metadata(store) {
        Ok(_) => Ok(ExistingData::Present),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(ExistingData::Absent),
        Err(error) => Err(StoreError::Unavailable(Some(error))),
    }
}

fn ledger_file(builder: &EngineBuilder, store: &Path) -> PathBuf {
    beside(&keyring_file(builder, store), ".deletions")
}

fn keyring_file(builder: &EngineBuilder, store: &Path) -> PathBuf {
    builder.keyring.clone().unwrap_or_else(|| beside(store, ".keyring"))
}

fn key_files(builder: &EngineBuilder) -> Vec<PathBuf> {
    match &builder.location {
        StoreLocation::Memory => Vec::new(),
        StoreLocation::File(store) => vec![keyring_file(builder, store), ledger_file(builder, store)],
    }
}

/// The file beside another one with its name and more: `facts.redb` has its keyring in `facts.redb.keyring`.
fn beside(file: &Path, more: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(more);
    PathBuf::from(name)
}

/// The store; without keys one that says so, while the file is left as it is.
async fn open_store(
    builder: &EngineBuilder,
    keyring: &Result<Keyring, Sealed>,
) -> Result<Arc<dyn Backend>, StoreError> {
    let environment = builder.environment;
    let keys: Arc<dyn RowKeySource> = match keyring {
        Ok(keyring) => Arc::new(keyring.clone()),
        Err(reason) => {
            return Ok(Arc::new(Embedded::memory(environment, Arc::new(NoRowKeys(reason.clone())))?));
        }
    };
    Ok(match &builder.location {
        StoreLocation::Memory => Arc::new(Embedded::memory(environment, keys)?),
        StoreLocation::File(path) => Arc::new(Embedded::open(path, environment, keys).await?),
    })
}
