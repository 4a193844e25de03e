//! Whom a login lets in, and what the deployment's log says of sign-ins and ends of sessions.

use prodops::core::audit::{Actor, AuditEvent, AuditObject, Decision};
use prodops::core::session::{ClientFamily, VerifiedSubject};
use prodops::core::tenancy::{MembershipState, Role};
use prodops::engine::{Admission, Engine};

use crate::place::{NOW, Place, stranger, tenant};

fn subject(name: &str) -> VerifiedSubject {
    VerifiedSubject::new("https://login.example.org", name, NOW.parse().unwrap()).unwrap()
}

/// The deployment's own log.
async fn log(engine: &Engine) -> Vec<AuditEvent> {
    let source = engine.audit_source("ExportAudit").await.unwrap();
    let mut events: Vec<AuditEvent> = Vec::new();
    let mut after = 0;
    loop {
        let rows = source.entries(None, after).await.unwrap().unwrap();
        let Some((last, _)) = rows.last() else { return events };
        after = *last;
        events.extend(rows.into_iter().map(|(_, kept)| kept.unwrap().body.unwrap().event));
    }
}

async fn acts(engine: &Engine) -> Vec<(String, Decision)> {
    let of_people = |event: &AuditEvent| event.actor != Actor::Operator;
    log(engine).await.into_iter().filter(of_people).map(|event| (event.action, event.decision)).collect()
}

#[tokio::test]
async fn only_active_members_come_in() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    let client = ClientFamily::default();
    let alice = subject("alice");
    assert!(engine.admit(&alice, Admission::Members, client).await.unwrap().is_none());
    assert!(engine.admit(&alice, Admission::Members, client).await.unwrap().is_none(), "nothing was kept");
    let user = stranger(&engine, "alice").await;
    one.workspace.add_member(user, Role::Viewer).await.unwrap();
    let token = engine.admit(&alice, Admission::Members, client).await.unwrap().unwrap();
    let session = engine.session(&token).await.unwrap().unwrap();
    assert_eq!(session.user(), user);
    assert_eq!(engine.workspaces(&session).await.unwrap().len(), 1);
    // Suspended, she is a stranger again, and so is a user who never was a member.
    one.workspace.set_member_state(user, MembershipState::Suspended).await.unwrap();
    assert!(engine.admit(&alice, Admission::Members, client).await.unwrap().is_none());
    one.workspace.set_member_state(user, MembershipState::Active).await.unwrap();
    assert!(engine.admit(&alice, Admission::Members, client).await.unwrap().is_some());
    stranger(&engine, "carol").await;
    assert!(engine.admit(&subject("carol"), Admission::Members, client).await.unwrap().is_none());
    // The same name at another provider is another person.
    let namesake = VerifiedSubject::new("https://other.example.org", "alice", NOW.parse().unwrap()).unwrap();
    assert!(engine.admit(&namesake, Admission::Members, client).await.unwrap().is_none());

    let open = engine.admit(&subject("bob"), Admission::Everybody, client).await.unwrap().unwrap();
    let session = engine.session(&open).await.unwrap().unwrap();
    assert_eq!(engine.workspaces(&session).await.unwrap(), []);
}

#[tokio::test]
async fn sign_ins_and_ends_of_sessions_are_entries_of_the_deployments_log() {
    let place = Place::new();
    let engine = place.engine().await;
    let (first, second) = (subject("alice"), subject("alice"));
    let one = engine.sign_in(&first).await.unwrap();
    let two = engine.sign_in(&second).await.unwrap();
    let (one, two) =
        (engine.session(&one).await.unwrap().unwrap(), engine.session(&two).await.unwrap().unwrap());
    assert!(engine.end_session(&one, two.id()).await.unwrap());
    engine.sign_out(&one).await.unwrap();
    let allowed = ["SignIn", "SignIn", "EndSession", "SignOut"];
    assert_eq!(acts(&engine).await, allowed.map(|action| (action.to_owned(), Decision::Allowed)));
    engine.end_sessions_of(one.user()).await.unwrap();
    assert!(log(&engine).await.iter().any(|event| event.action == "EndSessions"));
}

#[tokio::test]
async fn refused_sign_ins_leave_entries_that_name_nobody_and_do_not_fill_the_log() {
    let place = Place::new();
    let engine = place.engine().await;
    engine.log_refused_sign_in(Decision::Failed).await.unwrap();
    for _ in 0..200 {
        engine.log_refused_sign_in(Decision::Denied).await.unwrap();
    }
    let entries: Vec<AuditEvent> =
        log(&engine).await.into_iter().filter(|event| event.action == "SignIn").collect();
    assert_eq!(entries.len(), 60);
    assert_eq!(entries[0].decision, Decision::Failed);
    for entry in &entries {
        assert_eq!((entry.actor, entry.object), (Actor::Anonymous, AuditObject::Session));
        assert!(entry.personal.is_none() && entry.workspace.is_none());
    }
    place.advance_seconds(60);
    engine.log_refused_sign_in(Decision::Denied).await.unwrap();
    assert_eq!(acts(&engine).await.len(), 61);
}
