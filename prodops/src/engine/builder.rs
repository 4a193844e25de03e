//! Puts an engine together: environment, clock, entropy, store, connectors.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use prodops_connectors::contract::{Connector, ContentLimits};
use prodops_core::clock::{Clock, SystemClock};
use prodops_core::entropy::{Entropy, EntropyError, SystemEntropy};
use prodops_core::environment::Environment;
use prodops_core::input::{ConnectionTarget, ConnectorId, WorkspaceSlug};
use prodops_core::session::SessionExpiry;
use prodops_core::tenancy::Authority;
use prodops_metrics::Audience;
use prodops_policy::{Policy, PolicyError};
use prodops_store::backend::Backend;
use prodops_store::embedded::Embedded;
use prodops_store::{Store, StoreError, authority_source};

use super::entry::{Engine, Inner};

/// Where an engine keeps what it derives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreLocation {
    /// In memory, gone with the process.
    Memory,
    /// In one file that this process owns.
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
    expiry: SessionExpiry,
    limits: ContentLimits,
    audience: Audience,
    targets: Arc<TargetRule>,
    connectors: Vec<Arc<dyn Connector>>,
}

impl EngineBuilder {
    pub(super) fn new(environment: Environment) -> Self {
        Self {
            environment,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            location: StoreLocation::Memory,
            expiry: SessionExpiry::default(),
            limits: ContentLimits::default(),
            audience: Audience::Team,
            targets: Arc::new(|_, _| true),
            connectors: Vec::new(),
        }
    }

    /// Where derived data is kept; in memory unless said otherwise.
    pub fn store(mut self, location: StoreLocation) -> Self {
        self.location = location;
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
    /// # Errors
    /// When a part is unusable: each error says which and what to do.
    pub async fn build(self) -> Result<Engine, BuildError> {
        let mut connectors: BTreeMap<ConnectorId, Arc<dyn Connector>> = BTreeMap::new();
        for connector in self.connectors {
            let id = connector.descriptor().id.clone();
            if connectors.insert(id.clone(), connector).is_some() {
                return Err(BuildError::DuplicateConnector(id));
            }
        }
        let backend: Arc<dyn Backend> = match &self.location {
            StoreLocation::Memory => Arc::new(Embedded::memory(self.environment)?),
            StoreLocation::File(path) => Arc::new(Embedded::open(path, self.environment)?),
        };
        let sources = authority_source(&backend);
        #[allow(clippy::disallowed_methods, reason = "the one place that makes the engine's authority")]
        let authority = Authority::new(sources, Arc::clone(&self.clock), self.entropy.as_ref(), self.expiry)?;
        let store = Store::bind(backend, &authority);
        let policy = Policy::shipped()?;
        Ok(Engine::assemble(Inner {
            environment: self.environment,
            authority,
            store,
            policy,
            connectors,
            clock: self.clock,
            entropy: self.entropy,
            limits: self.limits,
            audience: self.audience,
            targets: self.targets,
        }))
    }
}
