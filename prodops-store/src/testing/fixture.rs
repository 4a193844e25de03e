//! A store with an authority of its own, and tenants to fill it with.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use prodops_core::api_token::ApiTokenRecord;
use prodops_core::audit::{Actor, AuditEvent, AuditObject, Decision};
use prodops_core::clock::Clock;
use prodops_core::fact::{Fact, Probability};
use prodops_core::id::{
    ApiTokenId, AuditEventId, ConnectionId, LeaseId, MembershipId, SessionId, UserId, WorkspaceId,
};
use prodops_core::input::{
    ApiTokenName, ConnectionTarget, ConnectorId, StreamName, WorkspaceName, WorkspaceSlug,
};
use prodops_core::session::{
    ClientFamily, OpaqueToken, SessionExpiry, SessionKey, SessionRecord, TokenHash, UserRecord,
    VerifiedSession,
};
use prodops_core::tenancy::{
    Authority, ControlCapability, JobLease, LeaseRecord, Membership, MembershipRecord, MembershipState, Role,
    SystemPrincipal, WorkspaceRecord, WorkspaceScope, WorkspaceState,
};
use prodops_core::time::Timestamp;

use super::generate::Generate;
use crate::backend::Backend;
use crate::contract::{
    AiAmount, AiSpending, AiUseRecord, ConnectionRecord, ConnectionState, IngestBatch, LeaseRequest,
};
use crate::plane::{AuditStore, ControlStore, IdentityStore, JobStore, LifecycleStore, WorkspaceStore};
use crate::{Store, authority_source};

/// A backend under test, with whatever must live as long as it does.
pub struct Subject {
    backend: Arc<dyn Backend>,
    second: Arc<dyn Backend>,
    kept: Option<Box<dyn Any + Send + Sync>>,
}

impl Subject {
    /// An empty backend, and a second one under the same keys, which takes over what the first one had.
    #[must_use]
    pub fn new(backend: Arc<dyn Backend>, second: Arc<dyn Backend>) -> Self {
        Self { backend, second, kept: None }
    }

    /// Keeps something, such as a temporary folder, until the test is over.
    #[must_use]
    pub fn keeping(mut self, kept: impl Any + Send + Sync) -> Self {
        self.kept = Some(Box::new(kept));
        self
    }

    pub(super) fn backend(&self) -> Arc<dyn Backend> {
        Arc::clone(&self.backend)
    }

    pub(super) fn second(&self) -> Arc<dyn Backend> {
        Arc::clone(&self.second)
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject").field("kept", &self.kept.is_some()).finish_non_exhaustive()
    }
}

/// A store, bound to an authority, with a source of rows.
pub struct Fixture {
    /// The store.
    pub store: Store,
    /// Its authority.
    pub authority: Authority,
    /// The source of rows.
    pub generate: Generate,
    control: ControlCapability,
}

/// A workspace and somebody in it.
#[derive(Debug)]
pub struct Tenant {
    /// The workspace.
    pub workspace: WorkspaceRecord,
    /// Its owner.
    pub user: UserId,
    /// The owner's scope.
    pub scope: WorkspaceScope,
}

/// A connection that is held for writing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The connection.
    pub connection: ConnectionId,
    /// The stream that is written.
    pub stream: StreamName,
    /// The hold.
    pub lease: LeaseRecord,
}

impl Source {
    /// A batch of this source.
    #[must_use]
    pub fn batch(&self, expected: Option<&[u8]>, next: &[u8], facts: Vec<Fact>) -> IngestBatch {
        IngestBatch {
            connection: self.connection,
            stream: self.stream.clone(),
            epoch: self.lease.epoch,
            expected_cursor: expected.map(<[u8]>::to_vec),
            next_cursor: next.to_vec(),
            facts,
        }
    }
}

impl Fixture {
    /// Binds the backend to a new authority.
    #[must_use]
    pub fn new(backend: Arc<dyn Backend>, seed: u64) -> Self {
        let generate = Generate::new(seed);
        let clock: Arc<dyn Clock> = Arc::new(Still(generate.clock.now()));
        let sources = authority_source(&backend);
        let authority = Authority::new(sources, clock, &generate.entropy, SessionExpiry::default())
            .expect("seeded entropy never fails");
        let store = Store::bind(backend, &authority);
        let control = authority.control();
        Self { store, authority, generate, control }
    }

    /// The identity plane.
    #[must_use]
    pub fn identity(&self) -> IdentityStore<'_> {
        self.store.identity(&self.authority).expect("the store is bound to this authority")
    }

    /// The control plane.
    #[must_use]
    pub fn control(&self) -> ControlStore<'_> {
        self.store.control(&self.control).expect("the store is bound to this authority")
    }

    /// The job queue.
    #[must_use]
    pub fn jobs(&self) -> JobStore<'_> {
        self.store.jobs(&self.control).expect("the store is bound to this authority")
    }

    /// Every audit log.
    #[must_use]
    pub fn audit(&self) -> AuditStore<'_> {
        self.store.audit(&self.control).expect("the store is bound to this authority")
    }

    /// How data goes and comes back.
    #[must_use]
    pub fn lifecycle(&self) -> LifecycleStore<'_> {
        self.store.lifecycle(&self.control).expect("the store is bound to this authority")
    }

    /// The plane of the tenant's workspace.
    #[must_use]
    pub fn inside<'t>(&self, tenant: &'t Tenant) -> WorkspaceStore<'t> {
        self.store.workspace(&tenant.scope).expect("the store is bound to this authority")
    }

    /// The present of the authority.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        "2026-01-05T09:00:00Z".parse().expect("an instant")
    }

    /// A new user.
    pub async fn user(&self) -> UserId {
        let user = UserRecord { id: UserId::from_bytes(self.generate.bytes()), created: self.now() };
        self.identity().create_user(&user, None).await.unwrap();
        user.id
    }

    /// A session of this user, proven.
    pub async fn sign_in(&self, user: UserId) -> VerifiedSession {
        let token = OpaqueToken::generate(&self.generate.entropy).unwrap();
        self.identity().create_session(&token.hash(), &self.session(user)).await.unwrap();
        VerifiedSession::verify(&self.authority, &token).await.unwrap().expect("a live session")
    }

    /// A session row that is not stored yet.
    #[must_use]
    pub fn session(&self, user: UserId) -> SessionRecord {
        SessionRecord {
            id: SessionId::from_bytes(self.generate.bytes()),
            user,
            created: self.now(),
            last_seen: self.now(),
            spent_seconds: 0,
            auth_time: self.now(),
            epoch: 0,
            key: SessionKey::from_bytes(self.generate.bytes()),
            client: ClientFamily::default(),
            renew: false,
        }
    }

    /// A new token's hash.
    #[must_use]
    pub fn token(&self) -> TokenHash {
        OpaqueToken::generate(&self.generate.entropy).expect("seeded entropy never fails").hash()
    }

    /// A workspace row that is not stored yet.
    #[must_use]
    pub fn workspace(&self) -> WorkspaceRecord {
        let slug = format!("team-{:016x}", self.generate.below(u64::MAX));
        WorkspaceRecord {
            id: WorkspaceId::from_bytes(self.generate.bytes()),
            slug: WorkspaceSlug::new(&slug).unwrap(),
            name: WorkspaceName::new("A workspace").unwrap(),
            state: WorkspaceState::Active,
            created: self.now(),
        }
    }

    /// A membership row that is not stored yet.
    #[must_use]
    pub fn membership(&self, workspace: WorkspaceId, user: UserId) -> MembershipRecord {
        let id = MembershipId::from_bytes(self.generate.bytes());
        MembershipRecord {
            id,
            workspace,
            user,
            role: Role::Owner,
            state: MembershipState::Active,
            until: None,
        }
    }

    /// An API token row of this membership that is not stored yet.
    #[must_use]
    pub fn api_token(&self, membership: &MembershipRecord) -> ApiTokenRecord {
        ApiTokenRecord {
            id: ApiTokenId::from_bytes(self.generate.bytes()),
            workspace: membership.workspace,
            membership: membership.id,
            user: membership.user,
            name: ApiTokenName::new("a script").unwrap(),
            cap: Role::Member,
            created: self.now(),
            expires: self.now().plus_seconds(3600),
            last_used: None,
        }
    }

    /// A new workspace with an owner.
    pub async fn tenant(&self) -> Tenant {
        let (workspace, user) = (self.workspace(), self.user().await);
        let owner = self.membership(workspace.id, user);
        self.control().create_workspace(&workspace, &owner, &self.provisioned()).await.unwrap();
        let scope = self.enter(user, &workspace.slug).await;
        Tenant { workspace, user, scope }
    }

    /// A connection row that is not stored yet.
    #[must_use]
    pub fn connection(&self) -> ConnectionRecord {
        ConnectionRecord {
            id: ConnectionId::from_bytes(self.generate.bytes()),
            connector: ConnectorId::new("git").unwrap(),
            target: ConnectionTarget::new(&format!("place-{:08x}", self.generate.below(1 << 32))).unwrap(),
            state: ConnectionState::Active,
            created: self.now(),
            last_sync: None,
        }
    }

    /// What a workspace lets the provider of this name be asked, not stored yet.
    #[must_use]
    pub fn ai_use(&self, provider: &str) -> AiUseRecord {
        AiUseRecord {
            provider: Some(provider.to_owned()),
            acknowledged: None,
            threshold: Probability::from_f64(0.6),
            monthly: AiAmount { commits: self.generate.below(1_000), millionths: 1_000_000 },
            spent: AiSpending::default(),
            last_run: None,
        }
    }

    /// An audit event of the scope's principal that is not stored yet.
    #[must_use]
    pub fn event(&self, scope: &WorkspaceScope) -> AuditEvent {
        AuditEvent {
            id: AuditEventId::from_bytes(self.generate.bytes()),
            time: self.now(),
            workspace: Some(scope.workspace()),
            actor: Actor::from(scope.principal()),
            action: "Connect".to_owned(),
            object: AuditObject::Workspace,
            decision: Decision::Allowed,
            request: None,
            personal: None,
        }
    }

    /// An event of the deployment's log that is not stored yet.
    #[must_use]
    pub fn provisioned(&self) -> AuditEvent {
        AuditEvent {
            id: AuditEventId::from_bytes(self.generate.bytes()),
            time: self.now(),
            workspace: None,
            actor: Actor::Operator,
            action: "ProvisionWorkspace".to_owned(),
            object: AuditObject::Deployment,
            decision: Decision::Allowed,
            request: None,
            personal: None,
        }
    }

    /// A request for an hour's hold.
    #[must_use]
    pub fn lease_request(&self, workspace: WorkspaceId, connection: ConnectionId) -> LeaseRequest {
        LeaseRequest {
            id: LeaseId::from_bytes(self.generate.bytes()),
            workspace,
            workspace_state: WorkspaceState::Active,
            connection,
            principal: SystemPrincipal::Sync,
            now: self.now(),
            expires: self.now().plus_seconds(3600),
        }
    }

    /// A stored connection that is held for writing.
    pub async fn source(&self, tenant: &Tenant) -> Source {
        let connection = self.connection();
        self.inside(tenant).put_connection(&connection, &self.event(&tenant.scope)).await.unwrap();
        let request = self.lease_request(tenant.workspace.id, connection.id);
        let lease = self.control().acquire_lease(&request).await.unwrap().expect("nobody else holds it");
        Source { connection: connection.id, stream: StreamName::new("commits").unwrap(), lease }
    }

    /// The user's own scope of a workspace that is stored already.
    pub async fn enter(&self, user: UserId, workspace: &WorkspaceSlug) -> WorkspaceScope {
        let session = self.sign_in(user).await;
        let own = Membership::resolve(&self.authority, &session, workspace).await.unwrap();
        own.expect("an active membership").scope()
    }

    /// Whether the user is let into a workspace.
    pub async fn may_enter(&self, user: UserId, workspace: &WorkspaceSlug) -> bool {
        let session = self.sign_in(user).await;
        Membership::resolve(&self.authority, &session, workspace).await.unwrap().is_some()
    }

    /// The scope of the lease's background work.
    pub async fn system_scope(&self, lease: LeaseId) -> WorkspaceScope {
        JobLease::verify(&self.authority, lease).await.unwrap().expect("a live lease").scope()
    }
}

impl fmt::Debug for Fixture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fixture").field("store", &self.store).finish_non_exhaustive()
    }
}

/// The generator's clock moves with the commits; the authority's stands still.
#[derive(Debug)]
struct Still(Timestamp);

impl Clock for Still {
    fn now(&self) -> Timestamp {
        self.0
    }
}
