//! Sessions from their beginning to their end, as an embedder meets them.

use prodops::core::audit::{Actor, AuditObject};
use prodops::core::session::{Browser, ClientFamily, OpaqueToken, System, VerifiedSubject};
use prodops::core::tenancy::{MembershipState, Role};
use prodops::engine::{Engine, EngineError};

use crate::place::{NOW, Place, slug, tenant};

fn subject(name: &str) -> VerifiedSubject {
    VerifiedSubject::new("https://login.example.org", name, NOW.parse().unwrap()).unwrap()
}

async fn alive(engine: &Engine, token: &OpaqueToken) -> bool {
    engine.session(token).await.unwrap().is_some()
}

/// The token that a request with `token` is answered with.
async fn renewed(engine: &Engine, token: &OpaqueToken) -> Option<OpaqueToken> {
    let session = engine.session(token).await.unwrap().expect("a live session");
    engine.renewed_token(&session, token).await.unwrap()
}

/// Who did this to what, in the deployment's log.
async fn entries(engine: &Engine, action: &str) -> Vec<(Actor, AuditObject)> {
    let source = engine.audit_source("ExportAudit").await.unwrap();
    let rows = source.entries(None, 0).await.unwrap().unwrap().into_iter();
    let events = rows.map(|(_, row)| row.unwrap().body.unwrap().event);
    events.filter(|event| event.action == action).map(|event| (event.actor, event.object)).collect()
}

#[tokio::test]
async fn a_token_is_renewed_every_quarter_of_an_hour_and_the_session_stays_the_same() {
    let place = Place::new();
    let engine = place.engine().await;
    let first = engine.sign_in(&subject("alice")).await.unwrap();
    let id = engine.session(&first).await.unwrap().unwrap().id();
    assert!(renewed(&engine, &first).await.is_none());
    place.advance_seconds(900);
    let second = renewed(&engine, &first).await.unwrap();
    assert_ne!(second.hash(), first.hash());
    // What was under way gets the same answer, and no third token.
    place.advance_seconds(8);
    assert_eq!(renewed(&engine, &first).await.unwrap().hash(), second.hash());
    assert!(renewed(&engine, &second).await.is_none());
    let session = engine.session(&second).await.unwrap().unwrap();
    assert_eq!((session.id(), session.auth_time()), (id, NOW.parse().unwrap()));
}

#[tokio::test]
async fn an_old_token_that_comes_back_ends_the_session_for_thief_and_owner() {
    let place = Place::new();
    let engine = place.engine().await;
    let copied = engine.sign_in(&subject("alice")).await.unwrap();
    let other = engine.sign_in(&subject("alice")).await.unwrap();
    place.advance_seconds(900);
    let current = renewed(&engine, &copied).await.unwrap();
    place.advance_seconds(11);
    assert!(alive(&engine, &current).await);
    assert!(!alive(&engine, &copied).await);
    assert!(!alive(&engine, &current).await, "whichever of the two is the thief's");
    assert!(alive(&engine, &other).await, "her other browser goes on");
    assert_eq!(entries(&engine, "EndReplayedSession").await.len(), 1);
}

#[tokio::test]
async fn many_requests_at_once_agree_on_one_successor() {
    let place = Place::new();
    let engine = place.engine().await;
    let token = engine.sign_in(&subject("alice")).await.unwrap();
    place.advance_seconds(1_000);
    let text = token.reveal();
    let requests: Vec<_> = (0..16)
        .map(|_| {
            let (engine, token) = (engine.clone(), OpaqueToken::parse(&text).unwrap());
            tokio::spawn(async move { renewed(&engine, &token).await.unwrap().reveal() })
        })
        .collect();
    let mut answers = std::collections::BTreeSet::new();
    for request in requests {
        answers.insert(request.await.unwrap());
    }
    assert_eq!(answers.len(), 1);
    assert!(alive(&engine, &OpaqueToken::parse(&answers.pop_first().unwrap()).unwrap()).await);
}

#[tokio::test]
async fn a_role_change_renews_the_token_with_the_next_request() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    let user = engine.user_of(&subject("bob")).await.unwrap();
    one.workspace.add_member(user, Role::Viewer).await.unwrap();
    let token = engine.sign_in(&subject("bob")).await.unwrap();
    assert!(renewed(&engine, &token).await.is_none());
    one.workspace.change_role(user, Role::Admin).await.unwrap();
    let next = renewed(&engine, &token).await.unwrap();
    let session = engine.session(&next).await.unwrap().unwrap();
    assert_eq!(engine.enter(&session, &slug("one")).await.unwrap().role(), Role::Admin);
    assert!(renewed(&engine, &next).await.is_none());

    one.workspace.set_member_state(user, MembershipState::Suspended).await.unwrap();
    assert!(matches!(engine.enter(&session, &slug("one")).await, Err(EngineError::NotFound)));
}

#[tokio::test]
async fn nobody_changes_themselves_their_betters_or_strangers() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    let (admin, as_admin) = one.joined_by(&engine, Role::Admin).await;
    let (member, as_member) = one.joined_by(&engine, Role::Member).await;
    let denied = [
        as_admin.change_role(one.owner, Role::Viewer).await,
        as_admin.change_role(member, Role::Owner).await,
        as_admin.change_role(admin, Role::Admin).await,
        as_admin.set_member_state(one.owner, MembershipState::Suspended).await,
        as_member.change_role(member, Role::Viewer).await,
        one.workspace.change_role(one.owner, Role::Viewer).await,
    ];
    for outcome in denied {
        assert!(matches!(outcome, Err(EngineError::Denied)), "{outcome:?}");
    }
    let two = tenant(&engine, "two").await;
    let stranger = one.workspace.change_role(two.owner, Role::Viewer).await;
    assert!(matches!(stranger, Err(EngineError::NotFound)));
}

#[tokio::test]
async fn proving_oneself_again_begins_a_new_session_and_ends_the_old_one_at_once() {
    let place = Place::new();
    let engine = place.engine().await;
    let token = engine.sign_in(&subject("alice")).await.unwrap();
    let old = engine.session(&token).await.unwrap().unwrap();
    place.advance_seconds(600);
    let later = VerifiedSubject::new("https://login.example.org", "alice", old.auth_time().plus_seconds(600));
    let next = engine.reauthenticate(&old, &later.unwrap(), ClientFamily::default()).await.unwrap();
    assert!(!alive(&engine, &token).await);
    let new = engine.session(&next).await.unwrap().unwrap();
    assert_ne!(new.id(), old.id());
    assert_eq!(new.auth_time(), old.auth_time().plus_seconds(600));
}

#[tokio::test]
async fn people_see_their_own_sessions_and_end_one_or_all_others() {
    let place = Place::new();
    let engine = place.engine().await;
    let firefox = ClientFamily { browser: Browser::Firefox, system: System::Linux };
    let mine = engine.sign_in_from(&subject("alice"), firefox).await.unwrap();
    place.advance_seconds(60);
    let second = engine.sign_in(&subject("alice")).await.unwrap();
    let third = engine.sign_in(&subject("alice")).await.unwrap();
    let hers = engine.sign_in(&subject("mallory")).await.unwrap();
    let session = engine.session(&mine).await.unwrap().unwrap();
    let stranger = engine.session(&hers).await.unwrap().unwrap();

    let listed = engine.sessions(&session).await.unwrap();
    assert_eq!(listed.len(), 3);
    assert!(listed[0].current && listed[0].id == session.id());
    assert_eq!(listed[0].client.to_string(), "Firefox on Linux");
    assert!(listed[1..].iter().all(|each| !each.current));

    let of_second = engine.session(&second).await.unwrap().unwrap().id();
    assert!(!engine.end_session(&stranger, of_second).await.unwrap(), "somebody else's is not there");
    assert!(engine.end_session(&session, of_second).await.unwrap());
    let own = (Actor::user(session.user()), AuditObject::Session);
    assert_eq!(entries(&engine, "EndSession").await, [own]);
    assert!(!engine.end_session(&session, of_second).await.unwrap());
    assert!(!alive(&engine, &second).await && alive(&engine, &third).await);
    assert_eq!(engine.end_other_sessions(&session).await.unwrap(), 1);
    assert!(alive(&engine, &mine).await && !alive(&engine, &third).await && alive(&engine, &hers).await);
}

#[tokio::test]
async fn sessions_that_are_over_are_not_listed_and_not_kept() {
    let place = Place::new();
    let engine = place.engine().await;
    for _ in 0..5 {
        engine.sign_in(&subject("alice")).await.unwrap();
    }
    place.advance_seconds(31 * 60);
    let token = engine.sign_in(&subject("alice")).await.unwrap();
    let session = engine.session(&token).await.unwrap().unwrap();
    assert_eq!(engine.sessions(&session).await.unwrap().len(), 1);
}

#[tokio::test]
async fn ending_a_users_or_everybodys_sessions_holds_from_the_next_request() {
    let place = Place::new();
    let engine = place.engine().await;
    let [alice, bob] = ["alice", "bob"].map(subject);
    let (a, b) = (engine.sign_in(&alice).await.unwrap(), engine.sign_in(&bob).await.unwrap());
    engine.end_sessions_of(engine.user_of(&alice).await.unwrap()).await.unwrap();
    assert!(!alive(&engine, &a).await && alive(&engine, &b).await);
    let again = engine.sign_in(&alice).await.unwrap();
    assert!(alive(&engine, &again).await);
    engine.end_all_sessions().await.unwrap();
    assert!(!alive(&engine, &again).await && !alive(&engine, &b).await);
    assert!(alive(&engine, &engine.sign_in(&bob).await.unwrap()).await);
    let own = engine.user_of(&alice).await.unwrap();
    let ended = entries(&engine, "EndSessions").await;
    let operator = |object| (Actor::Operator, object);
    assert_eq!(ended, [operator(AuditObject::user(own)), operator(AuditObject::Deployment)]);
}

#[tokio::test]
async fn admins_close_their_workspace_to_older_sessions_and_nothing_else() {
    let place = Place::new();
    let engine = place.engine().await;
    let (one, two) = (tenant(&engine, "one").await, tenant(&engine, "two").await);
    let bob = engine.user_of(&subject("bob")).await.unwrap();
    one.workspace.add_member(bob, Role::Member).await.unwrap();
    two.workspace.add_member(bob, Role::Member).await.unwrap();
    let token = engine.sign_in(&subject("bob")).await.unwrap();
    let session = engine.session(&token).await.unwrap().unwrap();
    let as_bob = engine.enter(&session, &slug("one")).await.unwrap();
    assert!(matches!(as_bob.end_member_sessions().await, Err(EngineError::Denied)));
    one.workspace.end_member_sessions().await.unwrap();
    let ended = entries(&engine, "EndSessions").await;
    assert_eq!(ended, [(Actor::user(one.owner), AuditObject::Tenant(one.workspace.record().id))]);
    assert!(matches!(engine.enter(&session, &slug("one")).await, Err(EngineError::NotFound)));
    assert!(alive(&engine, &token).await && engine.enter(&session, &slug("two")).await.is_ok());
    let again = engine.sign_in(&subject("bob")).await.unwrap();
    let session = engine.session(&again).await.unwrap().unwrap();
    assert!(engine.enter(&session, &slug("one")).await.is_ok());
}

#[tokio::test]
async fn revocations_hold_after_a_restart() {
    let place = Place::new();
    let file = place.path("store.redb");
    let engine = place.engine_on(&file).await;
    let token = engine.sign_in(&subject("alice")).await.unwrap();
    let kept = engine.sign_in(&subject("bob")).await.unwrap();
    engine.end_sessions_of(engine.user_of(&subject("alice")).await.unwrap()).await.unwrap();
    drop(engine);
    let engine = place.engine_on(&file).await;
    assert!(!alive(&engine, &token).await && alive(&engine, &kept).await);
}

#[tokio::test]
async fn a_clock_that_goes_back_ends_no_session_and_makes_none_younger() {
    let place = Place::new();
    let engine = place.engine().await;
    let token = engine.sign_in(&subject("alice")).await.unwrap();
    let mut token = token;
    for _ in 0..21 {
        place.advance_seconds(20 * 60);
        token = renewed(&engine, &token).await.unwrap();
    }
    place.advance_seconds(-6 * 3600);
    token = renewed(&engine, &token).await.expect("a token from the future is renewed at once");
    for _ in 0..2 {
        place.advance_seconds(20 * 60);
        token = renewed(&engine, &token).await.unwrap();
    }
    place.advance_seconds(19 * 60);
    assert!(alive(&engine, &token).await);
    place.advance_seconds(2 * 60);
    assert!(!alive(&engine, &token).await, "eight hours of use are over, whatever the clock says");
}

#[tokio::test]
async fn a_link_is_good_once_and_for_its_time() {
    let place = Place::new();
    let engine = place.engine().await;
    let user = engine.user_of(&subject("alice")).await.unwrap();
    let (link, late) =
        (engine.sign_in_link(user, 60).await.unwrap(), engine.sign_in_link(user, 60).await.unwrap());
    place.advance_seconds(59);
    assert!(engine.redeem_sign_in_link(&link).await.unwrap().is_some());
    assert!(engine.redeem_sign_in_link(&link).await.unwrap().is_none());
    place.advance_seconds(1);
    assert!(engine.redeem_sign_in_link(&late).await.unwrap().is_none());
    assert_eq!(entries(&engine, "CreateSignInLink").await, [(Actor::Operator, AuditObject::user(user)); 2]);
}

#[tokio::test]
async fn a_person_is_known_by_issuer_and_subject_together() {
    let place = Place::new();
    let engine = place.engine().await;
    let of = |issuer: &str, name: &str| VerifiedSubject::new(issuer, name, NOW.parse().unwrap()).unwrap();
    let mut users = std::collections::BTreeSet::new();
    for subject in [of("https://a.example", "b"), of("https://b.example", "b"), of("https://a.example", "a")]
    {
        users.insert(engine.user_of(&subject).await.unwrap());
        users.insert(engine.user_of(&subject).await.unwrap());
    }
    assert_eq!(users.len(), 3);
}
