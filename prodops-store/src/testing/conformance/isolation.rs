//! Two workspaces in one store.

use std::collections::BTreeSet;
use std::pin::pin;

use futures_util::TryStreamExt;
use prodops_core::audit::Actor;
use prodops_core::fact::Assigner;
use prodops_core::filter::Filter;

use super::super::contents::{Contents, all_commits};
use super::super::fixture::{Fixture, Source, Subject, Tenant};
use super::super::generate::History;
use super::labels::label;
use crate::contract::{
    AuditQuery, ConnectionRecord, ErasureSubject, PermitCount, PurgeState, SyncOutcome, SyncRecord,
    TombstoneRecord, Version,
};
use crate::plane::{SOURCE, WorkspaceStore};
use crate::{Current, StoreError};

/// A scope, a capability or an authority of somebody else opens no plane.
pub async fn another_authority_is_refused_on_every_plane(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 70);
    let stranger = Fixture::new(subject.backend(), 71);
    let tenant = stranger.tenant().await;
    let refused = [
        fixture.store.identity(&stranger.authority).map(drop),
        fixture.store.control(&stranger.authority.control()).map(drop),
        fixture.store.jobs(&stranger.authority.control()).map(drop),
        fixture.store.audit(&stranger.authority.control()).map(drop),
        fixture.store.workspace(&tenant.scope).map(drop),
    ];
    for outcome in refused {
        assert!(matches!(outcome, Err(StoreError::ScopeViolation)), "{outcome:?}");
    }
    assert!(stranger.store.workspace(&tenant.scope).is_ok());
}

/// Somebody in their own workspace with every id of another one in hand.
struct Attack<'a> {
    fixture: &'a Fixture,
    attacker: &'a Tenant,
    store: WorkspaceStore<'a>,
    victim: &'a Tenant,
    source: &'a Source,
    history: &'a History,
}

/// One attack per method: its body calls the method with the victim's ids and says what must come out.
macro_rules! attacks {
    ($attack:ident, $($method:ident => $body:block)*) => {
        const ATTACKS: &[(&str, &str)] = &[$((stringify!($method), stringify!($body))),*];

        async fn attack_everything($attack: &Attack<'_>, untouched: &Contents) {
            $(
                $body;
                let victim = $attack.fixture.inside($attack.victim);
                let now = Contents::of(&victim, $attack.source, $attack.history).await;
                assert_eq!(&now, untouched, "{} reached the other workspace", stringify!($method));
            )*
        }
    };
}

attacks! { attack,
    put_connection => {
        // The same id is free here: a refusal would tell that it is taken elsewhere.
        let row = ConnectionRecord { id: attack.source.connection, ..attack.fixture.connection() };
        attack.store.put_connection(&row, &attack.fixture.event(&attack.attacker.scope)).await.unwrap();
    }
    connection => {
        // What the attack before this one put there, and not the victim's.
        let own = attack.store.connection(attack.source.connection).await.unwrap().unwrap();
        let victims = attack.fixture.inside(attack.victim).connection(attack.source.connection).await.unwrap();
        assert_ne!(Some(own), victims);
    }
    put_connection_if => {
        let theirs = attack.fixture.inside(attack.victim).connections(&Filter::all()).await.unwrap();
        let theirs = theirs.iter().find(|row| row.value.id != attack.source.connection).unwrap();
        let event = attack.fixture.event(&attack.attacker.scope);
        let refused = attack.store.put_connection_if(theirs.version, &theirs.value, &event).await;
        assert!(matches!(refused, Err(StoreError::Conflict { current: Current::Absent })), "{refused:?}");
    }
    record_sync => {
        let sync = SyncRecord { finished: attack.fixture.now(), outcome: SyncOutcome::Failed };
        let refused = {
            let event = attack.fixture.event(&attack.attacker.scope);
            attack.store.record_sync(attack.source.connection, attack.source.lease.epoch, sync, &event).await
        };
        // Nobody ever held the attacker's own connection of that id.
        assert!(matches!(refused, Err(StoreError::Fenced)), "{refused:?}");
    }
    connections => {
        let own = attack.store.connections(&Filter::all()).await.unwrap();
        assert_eq!(own.len(), 1, "the attacker's own one");
    }
    cursor => {
        assert_eq!(attack.store.cursor(attack.source.connection, &attack.source.stream).await.unwrap(), None);
    }
    ingest => {
        let batch = attack.source.batch(Some(b"1"), b"2", attack.history.facts());
        let refused = attack.store.ingest(batch).await;
        assert!(matches!(refused, Err(StoreError::Fenced)), "{refused:?}");
    }
    retain_commits => {
        let (source, none) = (attack.source, BTreeSet::new());
        let id = attack.history.repository.id;
        let refused = attack.store.retain_commits(source.connection, id, source.lease.epoch, &none).await;
        assert!(matches!(refused, Err(StoreError::Fenced)), "{refused:?}");
    }
    repositories => {
        assert_eq!(attack.store.repositories(&Filter::all()).await.unwrap(), []);
    }
    repository => {
        assert_eq!(attack.store.repository(attack.history.repository.id).await.unwrap(), None);
    }
    commits => {
        let id = attack.history.repository.id;
        let page = attack.store.commits(id, None, 10).await.unwrap();
        assert!(page.items.is_empty() && page.next.is_none());
        let theirs = attack.fixture.inside(attack.victim).commits(id, None, 1).await.unwrap().next.unwrap();
        let refused = attack.store.commits(id, Some(&theirs), 10).await;
        assert!(matches!(refused, Err(StoreError::Invalid { what: "page token", .. })), "{refused:?}");
    }
    assign_labels => {
        let (history, event) = (attack.history, attack.fixture.event(&attack.attacker.scope));
        let theirs = label(attack.fixture, history.repository.id, history.commits[0].id);
        let refused = attack.store.assign_labels(&[theirs], &event).await;
        assert!(matches!(refused, Err(StoreError::Invalid { what: "repository", .. })), "{refused:?}");
    }
    withdraw_label => {
        let (history, event) = (attack.history, attack.fixture.event(&attack.attacker.scope));
        let (repository, commit) = (history.repository.id, history.commits[0].id);
        assert!(!attack.store.withdraw_label(repository, commit, Assigner::Person, &event).await.unwrap());
    }
    assigned_labels => {
        let id = attack.history.repository.id;
        assert_eq!(attack.store.assigned_labels(id).await.unwrap(), []);
        let theirs = attack.fixture.inside(attack.victim).assigned_labels(id).await.unwrap();
        assert_eq!(theirs.len(), 1, "there is something to see");
    }
    people => {
        assert_eq!(attack.store.people().await.unwrap(), []);
    }
    person => {
        assert_eq!(attack.store.person(attack.history.people[0].id).await.unwrap(), None);
    }
    commit_stream => {
        let mut theirs = pin!(attack.store.commit_stream(attack.history.repository.id, 10));
        assert!(theirs.try_next().await.unwrap().is_none());
    }
    erase_person => {
        let theirs = attack.history.people[0].id;
        let event = attack.fixture.event(&attack.attacker.scope);
        assert!(!attack.store.erase_person(theirs, &event).await.unwrap());
    }
    request_deletion => {
        let theirs = TombstoneRecord {
            subject: ErasureSubject::Workspace(attack.victim.workspace.id),
            requested: attack.fixture.now(),
            requested_by: Actor::from(attack.attacker.scope.principal()),
            grace_ends: attack.fixture.now(),
            state: PurgeState::Pending,
            since: attack.fixture.now(),
            restores: None,
        };
        let event = attack.fixture.event(&attack.attacker.scope);
        let refused = attack.store.request_deletion(&theirs, &event).await;
        assert!(matches!(refused, Err(StoreError::ScopeViolation)), "{refused:?}");
    }
    cancel_deletion => {
        let event = attack.fixture.event(&attack.victim.scope);
        let refused = attack.store.cancel_deletion(attack.fixture.now(), &event).await;
        assert!(matches!(refused, Err(StoreError::ScopeViolation)), "{refused:?}");
    }
    deletion => {
        assert_eq!(attack.store.deletion().await.unwrap(), None);
    }
    coverage => {
        assert_eq!(attack.store.coverage(attack.history.repository.id).await.unwrap(), []);
    }
    line_edits => {
        assert_eq!(attack.store.line_edits(attack.history.repository.id, None, usize::MAX).await.unwrap(), []);
    }
    line_snapshot => {
        assert_eq!(attack.store.line_snapshot(attack.history.repository.id).await.unwrap(), []);
    }
    tip_files => {
        let id = attack.history.repository.id;
        assert_eq!(attack.store.tip_files(id, None, usize::MAX).await.unwrap(), []);
        let theirs = attack.fixture.inside(attack.victim).tip_files(id, None, usize::MAX).await.unwrap();
        assert_eq!(theirs.len(), attack.history.tip_files.len(), "there is something to see");
    }
    retain_tip_files => {
        let (source, none) = (attack.source, BTreeSet::new());
        let id = attack.history.repository.id;
        let refused = attack.store.retain_tip_files(source.connection, id, source.lease.epoch, &none).await;
        assert!(matches!(refused, Err(StoreError::Fenced)), "{refused:?}");
    }
    append_audit => {
        let refused = attack.store.append_audit(&attack.fixture.event(&attack.victim.scope)).await;
        assert!(matches!(refused, Err(StoreError::ScopeViolation)), "{refused:?}");
    }
    audit_events => {
        let asked = AuditQuery::default();
        let own = attack.store.audit_events(&asked, None, 10).await.unwrap();
        assert!(own.items.iter().all(|entry| entry.event.workspace == Some(attack.attacker.workspace.id)));
        let theirs = attack.fixture.inside(attack.victim).audit_events(&asked, None, 1).await.unwrap().next.unwrap();
        let refused = attack.store.audit_events(&asked, Some(&theirs), 10).await;
        assert!(matches!(refused, Err(StoreError::Invalid { what: "page token", .. })), "{refused:?}");
    }
    ai_use => {
        assert_eq!(attack.store.ai_use().await.unwrap(), None);
        assert!(attack.fixture.inside(attack.victim).ai_use().await.unwrap().is_some(), "there is something to see");
    }
    put_ai_use => {
        let (row, event) = (attack.fixture.ai_use("other"), attack.fixture.event(&attack.victim.scope));
        let refused = attack.store.put_ai_use(Some(Version::FIRST), &row, &event).await;
        assert!(matches!(refused, Err(StoreError::ScopeViolation)), "{refused:?}");
        let event = attack.fixture.event(&attack.attacker.scope);
        let refused = attack.store.put_ai_use(Some(Version::FIRST), &row, &event).await;
        assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
        let theirs = attack.fixture.inside(attack.victim).ai_use().await.unwrap().unwrap();
        assert_eq!(theirs.version, Version::FIRST);
    }
    permit_counts => {
        let (from, until) = (attack.fixture.now().plus_seconds(-7200), attack.fixture.now().plus_seconds(7200));
        assert_eq!(attack.store.permit_counts(from, until).await.unwrap(), []);
        let theirs = attack.fixture.inside(attack.victim).permit_counts(from, until).await.unwrap();
        assert_eq!(theirs.len(), 1, "there is something to see");
    }
}

/// With every id of another workspace in hand, no method shows or changes anything of it.
pub async fn two_workspaces_see_nothing_of_each_other(subject: Subject) {
    assert_eq!(
        attacked_methods(),
        public_methods(),
        "every public method of the workspace plane is attacked"
    );
    let fixture = Fixture::new(subject.backend(), 72);
    let (victim, attacker) = (fixture.tenant().await, fixture.tenant().await);
    let (source, _second) = (fixture.source(&victim).await, fixture.source(&victim).await);
    let history = fixture.generate.history(source.connection, 10, 2);
    let inside = fixture.inside(&victim);
    inside.ingest(source.batch(None, b"1", history.facts())).await.unwrap();
    count_permit(&fixture, &victim).await;
    let given = label(&fixture, history.repository.id, history.commits[0].id);
    inside.assign_labels(&[given], &fixture.event(&victim.scope)).await.unwrap();
    let event = fixture.event(&victim.scope);
    inside.put_ai_use(None, &fixture.ai_use("provider"), &event).await.unwrap();
    let untouched = Contents::of(&inside, &source, &history).await;
    assert_eq!(untouched.commits.len(), 10);

    let store = fixture.inside(&attacker);
    let attack = Attack {
        fixture: &fixture,
        attacker: &attacker,
        store,
        victim: &victim,
        source: &source,
        history: &history,
    };
    attack_everything(&attack, &untouched).await;
}

async fn count_permit(fixture: &Fixture, tenant: &Tenant) {
    let count = PermitCount {
        hour: fixture.now(),
        actor: Actor::from(tenant.scope.principal()),
        action: "ReadReport".to_owned(),
        object: "MetricReport".to_owned(),
        count: 1,
    };
    fixture.audit().add_permit_counts(tenant.workspace.id, &[count]).await.unwrap();
}

fn attacked_methods() -> BTreeSet<&'static str> {
    for (method, body) in ATTACKS {
        let body: String = body.split_whitespace().collect();
        assert!(body.contains(&format!("attack.store.{method}(")), "the attack on {method} does not call it");
    }
    ATTACKS.iter().map(|(method, _)| *method).collect()
}

fn public_methods() -> BTreeSet<&'static str> {
    let methods = SOURCE.lines().filter_map(|line| {
        let line = line.trim_start();
        let rest = line.strip_prefix("pub async fn ").or_else(|| line.strip_prefix("pub fn "))?;
        rest.split(['(', '<']).next()
    });
    methods.collect()
}

/// Two workspaces may hold rows with the same ids; each sees, changes and prunes its own.
pub async fn the_same_ids_live_side_by_side(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 73);
    let (one, two) = (fixture.tenant().await, fixture.tenant().await);
    let source = fixture.source(&one).await;
    let history = fixture.generate.history(source.connection, 6, 1);
    fixture.inside(&one).ingest(source.batch(None, b"1", history.facts())).await.unwrap();

    let row = ConnectionRecord { id: source.connection, ..fixture.connection() };
    fixture.inside(&two).put_connection(&row, &fixture.event(&two.scope)).await.unwrap();
    let request = fixture.lease_request(two.workspace.id, row.id);
    let lease = fixture.control().acquire_lease(&request).await.unwrap().unwrap();
    let twin = Source { lease, ..source.clone() };
    let mut changed = history.clone();
    changed.commits.iter_mut().for_each(|commit| commit.label = None);
    let outcome = fixture.inside(&two).ingest(twin.batch(None, b"twin", changed.facts())).await.unwrap();
    assert_eq!(outcome.unchanged, 0, "nothing of the other workspace counts as stored");

    let (id, epoch) = (history.repository.id, twin.lease.epoch);
    let removed = fixture.inside(&two).retain_commits(row.id, id, epoch, &BTreeSet::new()).await.unwrap();
    assert_eq!(removed, 6);
    let mut left = all_commits(&fixture.inside(&one), id, 4).await.unwrap();
    left.sort_by_key(|commit| commit.committed.at);
    assert_eq!(left, history.commits);
    let cursor = fixture.inside(&one).cursor(source.connection, &source.stream).await.unwrap();
    assert_eq!(cursor.as_deref(), Some(&b"1"[..]));
}
