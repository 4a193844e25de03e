//! The decision log, and what happens between a decision and the act that it allows.

use std::future::Future;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use prodops::core::audit::Actor;
use prodops::core::entropy::{Entropy, EntropyError, SystemEntropy};
use prodops::core::id::{RequestId, UserId};
use prodops::core::input::ApiTokenName;
use prodops::core::tenancy::{MembershipState, Role, SystemPrincipal};
use prodops::core::time::Timestamp;
use prodops::engine::{ApiTokenRequest, DecisionSink, Engine, EngineBuilder, EngineError, Workspace};
use prodops::policy::{DecisionRecord, ResourceKey};
use prodops::store::StoreError;
use prodops::store::contract::{AuditQuery, ConnectionState};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::place::{NOW, Place, enter, git, stranger, target, tenant};
use crate::repository::history;

const EVERY_ONE: NonZeroU32 = NonZeroU32::MIN;

/// A decision with the request that it belongs to.
type Told = (DecisionRecord, Option<RequestId>);

/// Keeps what it hears.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<Told>>>);

impl Heard {
    fn take(&self) -> Vec<Told> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl DecisionSink for Heard {
    fn record(&self, decision: &DecisionRecord, request: Option<RequestId>) {
        self.0.lock().unwrap().push((decision.clone(), request));
    }
}

/// An engine that tells every decision.
async fn telling(place: &Place, sink: impl DecisionSink + Clone + 'static) -> Engine {
    let tell = |builder: EngineBuilder| builder.decision_log(sink.clone(), EVERY_ONE);
    place.engine_with(&place.path("store"), tell).await.unwrap()
}

#[tokio::test]
async fn every_decision_is_told_with_ids_and_without_what_they_stand_for() {
    let (place, heard) = (Place::new(), Heard::default());
    let log = heard.clone();
    let engine = telling(&place, log).await;
    let one = tenant(&engine, "one").await;
    let repository = place.repository("secret-project", &history(12));
    let connection = one.read(&repository).await;
    let (_, viewer) = one.joined_by(&engine, Role::Viewer).await;
    let ingested = heard.take().into_iter().find(|(each, _)| each.action == "IngestFacts").unwrap().0;
    assert_eq!(ingested.actor, Actor::System(SystemPrincipal::Sync));
    assert_eq!(ingested.resource_type, "Integration");
    assert_eq!(ingested.resource, Some(ResourceKey::Integration(connection)));
    assert_eq!(
        (ingested.program, ingested.policies.as_slice()),
        (engine.policy().hash(), ["sync-ingests".to_owned()].as_slice())
    );

    let request = RequestId::from_bytes([7; 16]);
    let viewer = viewer.for_request(request);
    let listed = viewer.repositories().await.unwrap();
    viewer.repository(listed[0].id).await.unwrap();
    viewer.disconnect(connection).await.unwrap_err();
    let told = heard.take();
    assert!(told.iter().all(|(_, of)| *of == Some(request)));
    let told: Vec<DecisionRecord> = told.into_iter().map(|(told, _)| told).collect();
    let [list, read, refused] = <[DecisionRecord; 3]>::try_from(told).unwrap();
    for told in [&list, &read, &refused] {
        let workspace = one.workspace.record().id;
        assert_eq!((told.time, told.workspace), (NOW.parse().unwrap(), workspace));
        assert_eq!(told.actor, Actor::Member(viewer.membership().unwrap()));
        assert!(told.errors.is_empty() && !format!("{told:?}").contains("secret-project"));
    }
    let said = |told: &DecisionRecord| (told.action, told.resource, told.allowed);
    assert_eq!(said(&list), ("ListRepositories", None, true));
    assert_eq!(said(&read), ("ReadRepository", Some(ResourceKey::Repository(listed[0].id)), true));
    assert_eq!(said(&refused), ("Disconnect", Some(ResourceKey::Integration(connection)), false));
}

/// Stops whoever is next allowed an action, right after the decision.
struct Gate {
    action: Mutex<Option<&'static str>>,
    reached: UnboundedSender<()>,
    go: Mutex<Receiver<()>>,
}

#[derive(Clone)]
struct Watchman(Arc<Gate>);

impl DecisionSink for Watchman {
    fn record(&self, decision: &DecisionRecord, _: Option<RequestId>) {
        let mut action = self.0.action.lock().unwrap();
        if *action != Some(decision.action) || !decision.allowed {
            return;
        }
        *action = None;
        drop(action);
        self.0.reached.send(()).unwrap();
        self.0.go.lock().unwrap().recv().unwrap();
    }
}

/// The other side of the gate.
struct Interleaving {
    gate: Arc<Gate>,
    reached: UnboundedReceiver<()>,
    go: Sender<()>,
}

impl Interleaving {
    fn new() -> Self {
        let ((reached, seen), (go, told)) = (unbounded_channel(), channel());
        let gate = Gate { action: Mutex::new(None), reached, go: Mutex::new(told) };
        Self { gate: Arc::new(gate), reached: seen, go }
    }

    /// Lets somebody be allowed an action, has something else happen, and lets them act.
    async fn between<T: Send + 'static>(
        &mut self,
        action: &'static str,
        act: impl Future<Output = T> + Send + 'static,
        meanwhile: impl Future<Output = ()>,
    ) -> T {
        *self.gate.action.lock().unwrap() = Some(action);
        let acting = tokio::spawn(act);
        self.reached.recv().await.unwrap();
        meanwhile.await;
        self.go.send(()).unwrap();
        acting.await.unwrap()
    }
}

fn is_conflict<T>(answer: &Result<T, EngineError>) -> bool {
    matches!(answer, Err(EngineError::Store(StoreError::Conflict { .. })))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_changed_after_the_decision_is_a_conflict() {
    let (place, mut gate) = (Place::new(), Interleaving::new());
    let watchman = Watchman(Arc::clone(&gate.gate));
    let engine = telling(&place, watchman).await;
    let one = tenant(&engine, "one").await;
    let connection = one.read(&place.repository("api", &history(12))).await;
    let admin = Arc::new(one.joined_by(&engine, Role::Admin).await.1);

    // Read once more: the row says when, and is another one.
    let cut = act(&admin, move |admin| async move { admin.disconnect(connection).await });
    let answer =
        gate.between("Disconnect", cut, async { one.sync(connection).await.map(drop).unwrap() }).await;
    assert!(is_conflict(&answer), "{answer:?}");
    assert_eq!(one.workspace.connections().await.unwrap()[0].state, ConnectionState::Active);

    let sync = act(&admin, move |admin| async move { admin.begin_sync(connection).await.map(drop) });
    let cut = async { one.workspace.disconnect(connection).await.map(drop).unwrap() };
    let answer = gate.between("RunSync", sync, cut).await;
    assert!(matches!(answer, Err(EngineError::Disconnected)), "{answer:?}");

    let cut = act(&admin, move |admin| async move { admin.disconnect(connection).await });
    let again = gate.between("Disconnect", cut, async {}).await.unwrap();
    assert_eq!(again.state, ConnectionState::Disconnected, "what is cut stays cut, without a conflict");
}

/// Something that a shared caller does.
fn act<T, F>(caller: &Arc<Workspace>, what: impl FnOnce(Arc<Workspace>) -> F) -> F
where
    F: Future<Output = T> + Send + 'static,
{
    what(Arc::clone(caller))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_who_changed_after_the_decision_is_a_conflict() {
    let (place, mut gate) = (Place::new(), Interleaving::new());
    let watchman = Watchman(Arc::clone(&gate.gate));
    let engine = telling(&place, watchman).await;
    let one = tenant(&engine, "one").await;
    let owner = Arc::new(enter(&engine, one.owner, "one").await.unwrap());
    let admin = Arc::new(one.joined_by(&engine, Role::Admin).await.1);
    let (user, _) = one.joined_by(&engine, Role::Viewer).await;

    // The admin may change a viewer; the owner makes them an owner meanwhile, whom no admin may change.
    let change = act(&admin, move |admin| async move { admin.change_role(user, Role::Member).await });
    let promote = async { owner.change_role(user, Role::Owner).await.unwrap() };
    let answer = gate.between("ManageMembers", change, promote).await;
    assert!(is_conflict(&answer), "{answer:?}");
    owner.change_role(user, Role::Viewer).await.unwrap();

    let suspend =
        act(
            &admin,
            move |admin| async move { admin.set_member_state(user, MembershipState::Suspended).await },
        );
    let answer = gate
        .between("ManageMembers", suspend, async { owner.change_role(user, Role::Auditor).await.unwrap() });
    let answer = answer.await;
    assert!(is_conflict(&answer), "{answer:?}");
    assert_eq!(role_of(&engine, user).await, Some(Role::Auditor));

    let erase = act(&owner, move |owner| async move { owner.erase_member(user).await });
    let promote = async { one.workspace.change_role(user, Role::Manager).await.unwrap() };
    let answer = gate.between("ErasePerson", erase, promote).await;
    assert!(is_conflict(&answer), "{answer:?}");
    assert_eq!(role_of(&engine, user).await, Some(Role::Manager), "whoever was given more stays");
}

async fn role_of(engine: &Engine, user: UserId) -> Option<Role> {
    enter(engine, user, "one").await.ok().map(|workspace| workspace.role())
}

fn a_token() -> ApiTokenRequest {
    ApiTokenRequest {
        name: ApiTokenName::new("a script").unwrap(),
        cap: Role::Viewer,
        lifetime_seconds: 3600,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_somebody_else_ended_after_the_decision_is_not_ended_twice() {
    let (place, mut gate) = (Place::new(), Interleaving::new());
    let watchman = Watchman(Arc::clone(&gate.gate));
    let engine = telling(&place, watchman).await;
    let one = tenant(&engine, "one").await;
    let other = Arc::new(enter(&engine, one.owner, "one").await.unwrap());
    let token = one.workspace.create_api_token(&a_token()).await.unwrap().1.id;

    let revoke = act(&other, move |other| async move { other.revoke_api_token(token).await });
    let first = async { one.workspace.revoke_api_token(token).await.unwrap() };
    let answer = gate.between("RevokeApiToken", revoke, first).await;
    assert!(matches!(answer, Err(EngineError::NotFound)), "{answer:?}");

    one.workspace.request_deletion().await.unwrap();
    let cancel = act(&other, |other| async move { other.cancel_deletion().await });
    let first = async { one.workspace.cancel_deletion().await.unwrap() };
    let answer = gate.between("CancelDeletion", cancel, first).await;
    assert!(matches!(answer, Err(EngineError::NotFound)), "{answer:?}");
}

/// Random bytes until they are switched off. Every entry of the audit log needs some.
#[derive(Debug, Clone, Default)]
struct Switch(Arc<AtomicBool>);

impl Entropy for Switch {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), EntropyError> {
        if self.0.load(Ordering::SeqCst) { Err(EntropyError) } else { SystemEntropy.fill(buffer) }
    }
}

#[tokio::test]
async fn what_cannot_be_written_to_the_audit_log_is_not_done() {
    let (place, switch) = (Place::new(), Switch::default());
    let entropy = switch.clone();
    let file = place.path("store");
    let engine = place.engine_with(&file, |builder| builder.entropy(entropy.clone())).await.unwrap();
    let one = tenant(&engine, "one").await;
    let repository = place.repository("api", &history(12));
    let connection = one.read(&repository).await;
    let (user, _) = one.joined_by(&engine, Role::Member).await;
    let (_, viewer) = one.joined_by(&engine, Role::Viewer).await;
    let newcomer = stranger(&engine, "newcomer").await;
    let token = one.workspace.create_api_token(&a_token()).await.unwrap().1.id;
    let log = one.log().await;
    let workspace = &one.workspace;
    let state = async || {
        let tokens = workspace.api_tokens().await.unwrap();
        (workspace.connections().await.unwrap(), tokens, workspace.deletion().await.unwrap())
    };
    let before = state().await;

    switch.0.store(true, Ordering::SeqCst);
    let refused = [
        ("add_member", workspace.add_member(newcomer, Role::Viewer).await.is_err()),
        ("change_role", workspace.change_role(user, Role::Admin).await.is_err()),
        ("set_member_state", workspace.set_member_state(user, MembershipState::Suspended).await.is_err()),
        ("erase_member", workspace.erase_member(user).await.is_err()),
        ("connect", workspace.connect(&git(), &target(repository.path())).await.is_err()),
        ("disconnect", workspace.disconnect(connection).await.is_err()),
        ("begin_sync", workspace.begin_sync(connection).await.is_err()),
        ("request_sync", workspace.request_sync(connection).await.is_err()),
        ("create_api_token", workspace.create_api_token(&a_token()).await.is_err()),
        ("revoke_api_token", workspace.revoke_api_token(token).await.is_err()),
        ("end_member_sessions", workspace.end_member_sessions().await.is_err()),
        ("request_deletion", workspace.request_deletion().await.is_err()),
        ("audit", workspace.audit(&AuditQuery::default(), None, 10).await.is_err()),
        ("audit_person", workspace.audit_person(&log[0]).await.is_err()),
        (
            "permit_counts",
            workspace.permit_counts(Timestamp::UNIX_EPOCH, NOW.parse().unwrap()).await.is_err(),
        ),
        ("a refusal", viewer.connect(&git(), &target(repository.path())).await.is_err()),
    ];
    for (call, refused) in refused {
        assert!(refused, "{call} went on without an entry");
    }
    assert!(workspace.repositories().await.is_ok(), "what leaves no entry goes on");
    switch.0.store(false, Ordering::SeqCst);

    assert_eq!(state().await, before);
    assert_eq!(role_of(&engine, user).await, Some(Role::Member));
    assert_eq!(role_of(&engine, newcomer).await, None);
    assert_eq!(one.log().await.len(), log.len() + 1, "only the look itself");
}
