//! The engine itself: parts and the doors to them.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

use prodops_connectors::contract::{Connector, ContentLimits, Descriptor};
use prodops_core::audit::KeyName;
use prodops_core::clock::Clock;
use prodops_core::entropy::Entropy;
use prodops_core::environment::Environment;
use prodops_core::input::{ConnectorId, WorkspaceSlug};
use prodops_core::keyring::{Keyring, Sealed};
use prodops_core::tenancy::{Authority, Claim, Membership, WorkspaceRecord};
use prodops_core::time::Timestamp;
use prodops_metrics::Audience;
use prodops_policy::ReloadablePolicy;
use prodops_store::Store;
use prodops_store::ledger::Ledger;

use super::admission::RefusalMeter;
use super::builder::{EngineBuilder, TargetRule};
use super::decision::DecisionLog;
use super::error::EngineError;
use super::lifecycle::{BackupPlan, DeletionPlan, KeyCopies};
use super::permit_count::PermitCounter;
use super::upkeep::Due;
use super::watch::Watch;
use super::worker::Wake;
use super::workspace::Workspace;

/// An embedded ProdOps. Cheap to clone; clones are the same engine.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) environment: Environment,
    pub(super) authority: Authority,
    /// The keys, or why there are none.
    pub(super) keyring: Result<Keyring, Sealed>,
    pub(super) store: Store,
    pub(super) policies: ReloadablePolicy,
    pub(super) connectors: BTreeMap<ConnectorId, Arc<dyn Connector>>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) limits: ContentLimits,
    pub(super) audience: Audience,
    pub(super) targets: Arc<TargetRule>,
    pub(super) watch: Watch,
    /// The name under which audit checkpoints are signed.
    pub(super) origin: KeyName,
    pub(super) permits: PermitCounter,
    pub(super) decisions: DecisionLog,
    pub(super) due: Due,
    pub(super) refusals: RefusalMeter,
    /// The ledger of deletions; `None` without keys.
    pub(super) ledger: Option<Ledger>,
    pub(super) deletion_plan: DeletionPlan,
    pub(super) backup_plan: Option<BackupPlan>,
    /// Held by whoever makes a backup by the plan.
    pub(super) backup_turn: tokio::sync::Mutex<()>,
    /// Where copies of the keyring and of the ledger come from.
    pub(super) key_copies: KeyCopies,
    /// When the engine was built.
    pub(super) begun: Timestamp,
    /// Seconds between two syncs of a connection.
    pub(super) sync_interval: NonZeroU32,
    pub(super) wake: Wake,
    /// Whether no other process can have this store.
    #[cfg(feature = "ai")]
    pub(super) sole: bool,
    #[cfg(feature = "ai")]
    pub(super) ai: super::ai::AiProviders,
}

impl Engine {
    /// Begins to put an engine together.
    pub fn builder(environment: Environment) -> EngineBuilder {
        EngineBuilder::new(environment)
    }

    pub(super) fn assemble(inner: Inner) -> Self {
        Self { inner: Arc::new(inner) }
    }

    pub(super) fn parts(&self) -> &Inner {
        &self.inner
    }

    /// The deployment's environment.
    #[must_use]
    pub fn environment(&self) -> Environment {
        self.inner.environment
    }

    /// What the engine's connectors say of themselves, by id.
    pub fn connectors(&self) -> impl Iterator<Item = &Descriptor> {
        self.inner.connectors.values().map(|connector| connector.descriptor())
    }

    /// The workspaces that the caller is an active member of, by slug. For an API token it is the token's own.
    ///
    /// # Errors
    /// When identity data cannot be read.
    pub async fn workspaces(
        &self,
        caller: impl Into<Claim<'_>>,
    ) -> Result<Vec<WorkspaceRecord>, EngineError> {
        let own = Membership::of(&self.inner.authority, caller).await?;
        Ok(own.into_iter().map(|membership| membership.workspace().clone()).collect())
    }

    /// Enters one of the caller's own workspaces, by a verified session or API token. The slug only selects among them.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when there is no such workspace or the caller is no active member of it.
    pub async fn enter(
        &self,
        caller: impl Into<Claim<'_>>,
        slug: &WorkspaceSlug,
    ) -> Result<Workspace, EngineError> {
        let caller = caller.into();
        let membership = Membership::resolve(&self.inner.authority, caller, slug).await?;
        let by_token = matches!(caller, Claim::Token(_));
        membership
            .map(|membership| Workspace::new(self.clone(), membership, by_token))
            .ok_or(EngineError::NotFound)
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("environment", &self.inner.environment).finish_non_exhaustive()
    }
}
