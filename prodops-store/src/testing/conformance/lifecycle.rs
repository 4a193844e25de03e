//! Deletion, erasure, and the way of every row from one store to another.

use std::collections::BTreeMap;
use std::sync::Arc;

use prodops_core::audit::{Actor, AuditEvent};
use prodops_core::id::{PersonId, WorkspaceId};
use prodops_core::input::PersonName;
use prodops_core::keyring::KeyOwner;
use prodops_core::session::{SignInLinkRecord, VerifiedSubject};
use prodops_core::tenancy::{Role, WorkspaceState};

use super::super::contents::Contents;
use super::super::fixture::{Fixture, Source, Subject, Tenant};
use super::super::generate::History;
use super::remote_objects::remote_object;
use crate::StoreError;
use crate::backend::Backend;
use crate::contract::{
    ErasureSubject, JobPlan, PermitCount, PortableRow, PurgeState, Purged, RemoteObjectKind, SequencedBatch,
    TombstoneRecord,
};

const DAY: i64 = 86_400;

fn tombstone(fixture: &Fixture, tenant: &Tenant) -> TombstoneRecord {
    TombstoneRecord {
        subject: ErasureSubject::Workspace(tenant.workspace.id),
        requested: fixture.now(),
        requested_by: Actor::from(tenant.scope.principal()),
        grace_ends: fixture.now().plus_seconds(7 * DAY),
        state: PurgeState::Pending,
        since: fixture.now(),
        restores: None,
    }
}

/// A workspace with something in every table: facts, a member's API token, a count, a mark, a lease.
async fn furnished(fixture: &Fixture, facts: usize) -> (Tenant, Source, History) {
    let tenant = fixture.tenant().await;
    let source = fixture.source(&tenant).await;
    let history = fixture.generate.history(source.connection, facts, 2);
    fixture.inside(&tenant).ingest(source.batch(None, b"1", history.facts())).await.unwrap();
    let member = fixture.membership(tenant.workspace.id, fixture.user().await);
    fixture.identity().put_membership(&member).await.unwrap();
    fixture.identity().create_api_token(&fixture.token(), &fixture.api_token(&member)).await.unwrap();
    let subject = prodops_core::session::RevocationSubject::Workspace(tenant.workspace.id);
    fixture.identity().revoke_sessions(subject).await.unwrap();
    let count = PermitCount {
        hour: fixture.now(),
        actor: Actor::from(tenant.scope.principal()),
        action: "ReadReport".to_owned(),
        object: "MetricReport".to_owned(),
        count: 3,
    };
    fixture.audit().add_permit_counts(tenant.workspace.id, &[count]).await.unwrap();
    let label = super::labels::label(fixture, history.repository.id, history.commits[0].id);
    let event = fixture.event(&tenant.scope);
    fixture.inside(&tenant).assign_labels(&[label], &event).await.unwrap();
    let event = fixture.event(&tenant.scope);
    fixture.inside(&tenant).put_ai_use(None, &fixture.ai_use("provider"), &event).await.unwrap();
    (tenant, source, history)
}

/// A deletion closes the workspace to everybody but its owners, and can be called off until its grace is over.
pub async fn a_deletion_can_be_called_off_in_its_grace(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 80);
    let tenant = fixture.tenant().await;
    let member = fixture.user().await;
    let membership = fixture.membership(tenant.workspace.id, member);
    let membership = prodops_core::tenancy::MembershipRecord { role: Role::Admin, ..membership };
    fixture.identity().put_membership(&membership).await.unwrap();
    let (store, event, row) =
        (fixture.inside(&tenant), fixture.event(&tenant.scope), tombstone(&fixture, &tenant));
    assert_eq!(store.deletion().await.unwrap(), None);
    assert!(!store.cancel_deletion(fixture.now(), &event).await.unwrap(), "there is nothing to call off");

    store.request_deletion(&row, &event).await.unwrap();
    let again = store.request_deletion(&row, &event).await;
    assert!(matches!(again, Err(StoreError::AlreadyExists { what: "deletion" })), "{again:?}");
    let stored = store.deletion().await.unwrap().unwrap();
    assert_eq!(stored, TombstoneRecord { restores: Some(WorkspaceState::Active), ..row.clone() });
    assert_eq!(fixture.lifecycle().tombstones().await.unwrap(), [stored]);
    let closed = fixture.lifecycle().workspace(tenant.workspace.id).await.unwrap().unwrap();
    assert_eq!(closed.state, WorkspaceState::Deleting);
    assert!(fixture.may_enter(tenant.user, &tenant.workspace.slug).await, "its owner may call it off");
    assert!(!fixture.may_enter(member, &tenant.workspace.slug).await);

    assert!(!store.cancel_deletion(row.grace_ends, &event).await.unwrap(), "the grace is over then");
    assert!(store.cancel_deletion(row.grace_ends.plus_seconds(-1), &event).await.unwrap());
    assert_eq!(store.deletion().await.unwrap(), None);
    assert!(fixture.may_enter(member, &tenant.workspace.slug).await);
    let logged = super::super::contents::all_events(&store, 100).await.unwrap();
    assert_eq!(logged.len(), 2, "one entry for each that was done, none for what was refused");
}

/// A tombstone goes from state to state once, each time with an event in the deployment's log; a purge cannot be called off.
pub async fn a_tombstone_advances_once(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 81);
    let tenant = fixture.tenant().await;
    let (event, row) = (fixture.event(&tenant.scope), tombstone(&fixture, &tenant));
    fixture.inside(&tenant).request_deletion(&row, &event).await.unwrap();
    let before = fixture.audit().head(None).await.unwrap().seq;
    let purging = TombstoneRecord { state: PurgeState::Purging, ..row.clone() };
    let advance = async |from, to: &TombstoneRecord| {
        fixture.lifecycle().advance_tombstone(from, to, &fixture.provisioned()).await.unwrap()
    };
    assert!(!advance(None, &purging).await, "there is one");
    assert!(advance(Some(PurgeState::Pending), &purging).await);
    assert!(!advance(Some(PurgeState::Pending), &purging).await, "somebody else was faster");
    assert!(!fixture.inside(&tenant).cancel_deletion(fixture.now(), &event).await.unwrap());
    let purged = TombstoneRecord { state: PurgeState::Purged, ..row.clone() };
    assert!(advance(Some(PurgeState::Purging), &purged).await);
    assert_eq!(fixture.lifecycle().tombstone(row.subject).await.unwrap(), Some(purged));
    assert_eq!(fixture.audit().head(None).await.unwrap().seq, before + 2, "one event each");
    let user = ErasureSubject::User(tenant.user);
    assert!(advance(None, &TombstoneRecord { subject: user, ..row }).await);
    assert_eq!(fixture.lifecycle().tombstones().await.unwrap().len(), 2);
    let of_a_workspace = fixture.lifecycle().advance_tombstone(None, &purging, &event).await;
    assert!(matches!(of_a_workspace, Err(StoreError::ScopeViolation)), "{of_a_workspace:?}");
}

/// A deletion is asked for in one's own workspace only.
pub async fn a_deletion_is_about_ones_own_workspace(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 82);
    let (own, other) = (fixture.tenant().await, fixture.tenant().await);
    let store = fixture.inside(&own);
    let refused = [
        store.request_deletion(&tombstone(&fixture, &other), &fixture.event(&own.scope)).await,
        store.request_deletion(&tombstone(&fixture, &own), &fixture.event(&other.scope)).await,
        store.cancel_deletion(fixture.now(), &fixture.event(&other.scope)).await.map(drop),
    ];
    for outcome in refused {
        assert!(matches!(outcome, Err(StoreError::ScopeViolation)), "{outcome:?}");
    }
    assert_eq!(fixture.lifecycle().tombstones().await.unwrap(), []);
}

async fn rows(fixture: &Fixture, workspace: WorkspaceId) -> BTreeMap<&'static str, u64> {
    let counts = fixture.lifecycle().rows_of(workspace).await.unwrap();
    counts.into_iter().filter(|count| count.rows > 0).map(|count| (count.table, count.rows)).collect()
}

/// A purge removes every row of a workspace in bounded steps, and none of another one.
pub async fn a_purge_leaves_no_row(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 83);
    let (gone, source, history) = furnished(&fixture, 30).await;
    let (kept, kept_source, kept_history) = furnished(&fixture, 5).await;
    for workspace in [gone.workspace.id, kept.workspace.id] {
        for _ in 0..3 {
            fixture.put(Some(workspace), JobPlan::ONCE).await;
        }
    }
    let running = fixture.take(fixture.now()).await.unwrap();
    assert_eq!(running.workspace, Some(gone.workspace.id));
    let before = rows(&fixture, gone.workspace.id).await;
    assert!(before.len() >= 14, "{before:?}");
    let (others, untouched) = (
        rows(&fixture, kept.workspace.id).await,
        Contents::of(&fixture.inside(&kept), &kept_source, &kept_history).await,
    );
    let mut removed = 0;
    loop {
        let Purged { rows, done } = fixture.lifecycle().purge_workspace(gone.workspace.id, 7).await.unwrap();
        assert!(rows <= 7);
        removed += rows;
        if done {
            break;
        }
    }
    assert!((31..=before.values().sum::<u64>()).contains(&removed), "{removed} of {before:?}");
    assert_eq!(rows(&fixture, gone.workspace.id).await, BTreeMap::new());
    assert_eq!(fixture.lifecycle().workspace(gone.workspace.id).await.unwrap(), None);
    assert_eq!(
        fixture.lifecycle().purge_workspace(gone.workspace.id, 7).await.unwrap(),
        Purged { rows: 0, done: true }
    );
    assert!(matches!(fixture.jobs().complete(running.hold(), fixture.now()).await, Err(StoreError::Fenced)));
    assert!(!fixture.may_enter(gone.user, &gone.workspace.slug).await);
    assert_eq!(Contents::of(&fixture.inside(&gone), &source, &history).await.commits, []);
    assert_eq!(rows(&fixture, kept.workspace.id).await, others);
    let now = Contents::of(&fixture.inside(&kept), &kept_source, &kept_history).await;
    assert_eq!(now, untouched);
    let leaves = fixture.audit().queue(None, 100).await.unwrap();
    assert!(leaves.iter().any(|leaf| leaf.workspace == Some(gone.workspace.id)), "the tree loses nothing");
}

/// The name of somebody who is erased is gone, comes back with no batch, and their work stays.
pub async fn an_erased_person_stays_nameless(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 84);
    let tenant = fixture.tenant().await;
    let (source, twin) = (fixture.source(&tenant).await, fixture.tenant().await);
    let mut history = fixture.generate.history(source.connection, 4, 2);
    history.people.iter_mut().for_each(|person| person.name = Some(PersonName::new("Somebody").unwrap()));
    let (store, person) = (fixture.inside(&tenant), history.people[0].id);
    store.ingest(source.batch(None, b"1", history.facts())).await.unwrap();
    let event = fixture.event(&tenant.scope);
    let nobody = PersonId::from_bytes([9; 16]);
    assert!(!store.erase_person(nobody, &event).await.unwrap());
    assert!(!fixture.inside(&twin).erase_person(person, &fixture.event(&twin.scope)).await.unwrap());
    assert!(store.erase_person(person, &event).await.unwrap());
    store.ingest(source.batch(Some(b"1"), b"2", history.facts())).await.unwrap();
    let people = store.people().await.unwrap();
    for row in &people {
        assert_eq!(row.name.is_none(), row.id == person);
    }
    assert_eq!(people.len(), history.people.len());
    assert_eq!(store.commits(history.repository.id, None, 10).await.unwrap().items.len(), 4);
}

/// A user who is removed is nobody any more, in every workspace; the workspaces stay, and so does everybody else.
pub async fn a_removed_user_is_nobody(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 85);
    let (one, two) = (fixture.tenant().await, fixture.tenant().await);
    let leaver = prodops_core::session::UserRecord {
        id: prodops_core::id::UserId::from_bytes(fixture.generate.bytes()),
        created: fixture.now(),
    };
    let known_as = VerifiedSubject::new("https://id.example", "42", fixture.now()).unwrap().key();
    fixture.identity().create_user(&leaver, Some(&known_as)).await.unwrap();
    for workspace in [one.workspace.id, two.workspace.id] {
        let membership = fixture.membership(workspace, leaver.id);
        fixture.identity().put_membership(&membership).await.unwrap();
        let token = fixture.api_token(&membership);
        fixture.identity().create_api_token(&fixture.token(), &token).await.unwrap();
    }
    let session = fixture.token();
    fixture.identity().create_session(&session, &fixture.session(leaver.id)).await.unwrap();
    let link = SignInLinkRecord { user: leaver.id, expires: fixture.now().plus_seconds(60) };
    let link_token = fixture.token();
    fixture.identity().put_sign_in_link(&link_token, &link).await.unwrap();

    let lifecycle = fixture.lifecycle();
    assert!(lifecycle.remove_membership(leaver.id, one.workspace.id).await.unwrap());
    assert!(!lifecycle.remove_membership(leaver.id, one.workspace.id).await.unwrap());
    assert!(fixture.identity().membership(leaver.id, two.workspace.id).await.unwrap().is_some());
    assert!(lifecycle.remove_user(leaver.id).await.unwrap());
    assert!(!lifecycle.remove_user(leaver.id).await.unwrap());

    let identity = fixture.identity();
    assert_eq!(identity.user_by_subject(&known_as).await.unwrap(), None);
    assert_eq!(identity.membership(leaver.id, two.workspace.id).await.unwrap(), None);
    assert_eq!(identity.sessions(leaver.id).await.unwrap().sessions.len(), 0);
    assert_eq!(identity.take_sign_in_link(&link_token).await.unwrap(), None);
    let backend = subject.backend();
    assert!(backend.session(&session).await.unwrap().is_none());
    for tenant in [&one, &two] {
        let rows = rows(&fixture, tenant.workspace.id).await;
        assert_eq!((rows.get("api_tokens"), rows["memberships"]), (None, 1), "{rows:?}");
        assert!(fixture.may_enter(tenant.user, &tenant.workspace.slug).await);
    }
}

/// Every row of a store as one snapshot shows it, owner by owner.
async fn exported(fixture: &Fixture, page: usize) -> BTreeMap<KeyOwner, Vec<PortableRow>> {
    let mut snapshot = fixture.lifecycle().snapshot().await.unwrap();
    let workspaces = snapshot.workspaces().await.unwrap();
    let owners = std::iter::once(KeyOwner::Deployment).chain(workspaces.into_iter().map(KeyOwner::Workspace));
    let mut all = BTreeMap::new();
    for owner in owners {
        let (mut rows, mut after) = (Vec::new(), None);
        loop {
            let found = snapshot.rows(owner, after.as_ref(), page).await.unwrap();
            rows.extend(found.rows);
            after = found.next;
            if after.is_none() {
                break;
            }
        }
        assert!(rows.iter().all(|row| row.belongs_to(owner)));
        all.insert(owner, rows);
    }
    all
}

async fn restored(backend: Arc<dyn Backend>, all: &BTreeMap<KeyOwner, Vec<PortableRow>>) {
    backend.begin_restore().await.unwrap();
    for (owner, rows) in all {
        for batch in rows.chunks(10) {
            backend.import(*owner, batch.to_vec()).await.unwrap();
        }
    }
    backend.finish_restore().await.unwrap();
}

/// A snapshot shows every row of its moment, in pages of any size, whatever is written meanwhile.
pub async fn a_snapshot_is_of_one_moment(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 86);
    let (tenant, source, history) = furnished(&fixture, 20).await;
    let before = exported(&fixture, 1000).await;
    assert_eq!(exported(&fixture, 3).await, before);
    let mut snapshot = fixture.lifecycle().snapshot().await.unwrap();
    let owner = KeyOwner::Workspace(tenant.workspace.id);
    let first = snapshot.rows(owner, None, 5).await.unwrap();
    let more = fixture.generate.history(source.connection, 30, 2);
    fixture.inside(&tenant).ingest(source.batch(Some(b"1"), b"2", more.facts())).await.unwrap();
    let own = fixture.lifecycle().purge_workspace(tenant.workspace.id, 10).await.unwrap();
    assert_eq!(own.rows, 10);
    let rest = snapshot.rows(owner, first.next.as_ref(), usize::MAX).await.unwrap();
    assert_eq!([first.rows, rest.rows].concat(), before[&owner]);
    assert_eq!(rest.next, None);
    assert!(history.commits.len() == 20 && exported(&fixture, 50).await != before);
}

/// What one store has, another one has after an import: the same facts, people, logs and tree.
pub async fn an_import_gives_every_row_back(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 87);
    let (tenant, source, history) = furnished(&fixture, 25).await;
    let second = furnished(&fixture, 5).await.0;
    fixture
        .inside(&second)
        .erase_person(fixture.inside(&second).people().await.unwrap()[0].id, &fixture.event(&second.scope))
        .await
        .unwrap();
    let row = tombstone(&fixture, &second);
    fixture.inside(&second).request_deletion(&row, &fixture.event(&second.scope)).await.unwrap();
    let object = remote_object(&fixture, RemoteObjectKind::Batch);
    fixture.control().put_remote_object(&object).await.unwrap();
    sequenced(&fixture).await;
    let before = exported(&fixture, 40).await;
    let contents = Contents::of(&fixture.inside(&tenant), &source, &history).await;

    let full = subject.backend().begin_restore().await;
    assert!(matches!(full, Err(StoreError::AlreadyExists { .. })), "{full:?}");
    let other = subject.second();
    let early = other.import(KeyOwner::Deployment, Vec::new()).await;
    assert!(matches!(early, Err(StoreError::Invalid { what: "restore", .. })), "{early:?}");
    restored(Arc::clone(&other), &before).await;
    let other = Fixture::new(other, 89);
    assert_eq!(exported(&other, 40).await, before);
    let scope = other.enter(tenant.user, &tenant.workspace.slug).await;
    let inside = other.store.workspace(&scope).unwrap();
    assert_eq!(Contents::of(&inside, &source, &history).await, contents);
    let request = other.lease_request(tenant.workspace.id, source.connection);
    let lease = other.control().acquire_lease(&request).await.unwrap().unwrap();
    assert!(lease.epoch > source.lease.epoch, "epochs never repeat, not even across a restore");
    assert_eq!(other.control().remote_objects().await.unwrap(), [object]);
    let pending = other.lifecycle().tombstone(row.subject).await.unwrap().unwrap();
    assert_eq!(pending.state, PurgeState::Pending);
    inside.append_audit(&other.event(&scope)).await.unwrap();
}

/// Gives what waits its place in the tree, but for the last few.
async fn sequenced(fixture: &Fixture) {
    use crate::contract::SignedCheckpoint;
    let queue = fixture.audit().queue(None, 5).await.unwrap();
    let tree = fixture.audit().tree().await.unwrap();
    let (expected, mut frontier) = (tree.frontier.size(), tree.frontier);
    frontier.extend(queue.iter().map(|leaf| leaf.hash));
    let (size, root) = (frontier.size(), frontier.root());
    let checkpoint = SignedCheckpoint { size, root, time: fixture.now(), note: "a note\n".to_owned() };
    let batch = SequencedBatch { expected, leaves: queue, frontier, checkpoint };
    fixture.audit().sequence(&batch).await.unwrap();
}

/// Rows are imported for their own owner only, and a store that is being restored says so until it is whole.
pub async fn an_import_is_refused_where_it_does_not_belong(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 88);
    let backend = subject.backend();
    backend.begin_restore().await.unwrap();
    assert!(backend.is_restoring().await.unwrap());
    let twice = backend.begin_restore().await;
    assert!(matches!(twice, Err(StoreError::AlreadyExists { .. })), "{twice:?}");
    let workspace = fixture.workspace();
    let foreign: AuditEvent = AuditEvent { workspace: Some(workspace.id), ..fixture.provisioned() };
    let (entry, _) = prodops_core::audit::LogHead::default().append(foreign).unwrap();
    let entry = prodops_core::audit::KeptEntry { hash: entry.hash().unwrap(), body: Some(entry) };
    let row = PortableRow::AuditEntry { seq: 1, entry };
    let elsewhere = KeyOwner::Workspace(WorkspaceId::from_bytes([7; 16]));
    for (owner, row) in [
        (KeyOwner::Workspace(workspace.id), PortableRow::Workspace(workspace.clone())),
        (KeyOwner::Deployment, row.clone()),
        (elsewhere, row),
    ] {
        let refused = fixture.lifecycle().import(owner, vec![row]).await;
        assert!(matches!(refused, Err(StoreError::Invalid { what: "row", .. })), "{refused:?}");
    }
    backend.finish_restore().await.unwrap();
    assert!(!backend.is_restoring().await.unwrap());
    assert_eq!(exported(&fixture, 10).await[&KeyOwner::Deployment], []);
}
