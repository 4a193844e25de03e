//! Sessions, their tokens, and revocations.

use std::sync::Arc;

use prodops_core::id::{SessionId, UserId};
use prodops_core::session::{
    OpaqueToken, Recognition, RevocationSubject, SessionEvidence, SessionRecord, TokenHash, VerifiedSession,
};
use prodops_core::tenancy::{Membership, MembershipRecord, MembershipState, Role};

use super::super::fixture::{Fixture, Subject};
use crate::{StoreError, authority_source};

async fn evidence(subject: &Subject, token: &TokenHash) -> Option<SessionEvidence> {
    authority_source(&subject.backend()).session(token).await.unwrap()
}

/// A session is found by its token with everything that was stored, and its use is noted.
pub async fn sessions_are_found_noted_and_ended(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 2);
    let identity = fixture.identity();
    let user = fixture.user().await;
    let token = OpaqueToken::generate(&fixture.generate.entropy).unwrap();
    let old = fixture.now().plus_seconds(-1_000);
    let session = SessionRecord { created: old, last_seen: old, auth_time: old, ..fixture.session(user) };

    assert!(VerifiedSession::verify(&fixture.authority, &token).await.unwrap().is_none());
    identity.create_session(&token.hash(), &session).await.unwrap();
    let verified = VerifiedSession::verify(&fixture.authority, &token).await.unwrap().unwrap();
    assert_eq!((verified.user(), verified.id(), verified.auth_time()), (user, session.id, old));
    assert!(verified.csrf_token().matches(&session.key.csrf_token(session.id).reveal()), "the key is kept");

    assert!(identity.note_session_use(user, session.id, fixture.now()).await.unwrap());
    assert!(identity.note_session_use(user, session.id, fixture.now().plus_seconds(-1)).await.unwrap());
    let stored = evidence(&subject, &token.hash()).await.unwrap().session;
    assert_eq!((stored.last_seen, stored.spent_seconds), (fixture.now(), 1_000));
    assert_eq!((stored.created, stored.client), (old, session.client));

    let stranger = fixture.user().await;
    assert!(!identity.end_session(stranger, session.id).await.unwrap(), "only its own user ends it");
    assert!(identity.end_session(user, session.id).await.unwrap());
    assert!(!identity.end_session(user, session.id).await.unwrap());
    assert!(!identity.note_session_use(user, session.id, fixture.now()).await.unwrap());
    assert!(evidence(&subject, &token.hash()).await.is_none());
}

/// Sessions and tokens are taken once, and a refused one leaves nothing.
pub async fn a_session_and_a_token_exist_once(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 6);
    let (identity, user) = (fixture.identity(), fixture.user().await);
    let (session, token) = (fixture.session(user), fixture.token());
    identity.create_session(&token, &session).await.unwrap();
    let other = fixture.session(user);
    for (token, session) in [(&fixture.token(), &session), (&token, &other)] {
        let taken = identity.create_session(token, session).await;
        assert!(matches!(taken, Err(StoreError::AlreadyExists { .. })));
    }
    let ids: Vec<_> = identity.sessions(user).await.unwrap().sessions.iter().map(|each| each.id).collect();
    assert_eq!(ids, [session.id]);
    identity.create_session(&fixture.token(), &other).await.expect("the refused attempt left nothing");
    let nobody = UserId::from_bytes(fixture.generate.bytes());
    let refused = identity.create_session(&fixture.token(), &fixture.session(nobody)).await;
    assert!(matches!(refused, Err(StoreError::Invalid { .. })));
}

/// The sessions of a user are theirs, all of them and nobody else's.
pub async fn sessions_are_listed_by_user(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 7);
    let identity = fixture.identity();
    let (one, two) = (fixture.user().await, fixture.user().await);
    let mut expected: Vec<SessionId> = Vec::new();
    for n in 0..20 {
        let session = fixture.session(if n % 2 == 0 { one } else { two });
        identity.create_session(&fixture.token(), &session).await.unwrap();
        expected.extend((n % 2 == 0).then_some(session.id));
    }
    expected.sort();
    let listed = identity.sessions(one).await.unwrap();
    assert!(listed.sessions.iter().all(|session| session.user == one));
    assert_eq!(listed.sessions.iter().map(|session| session.id).collect::<Vec<_>>(), expected);
    assert!(identity.sessions(fixture.user().await).await.unwrap().sessions.is_empty());
}

/// Of many at once exactly one renews a token; the old one goes on as replaced, and ends with its session.
pub async fn a_token_is_renewed_once(subject: Subject) {
    let fixture = Arc::new(Fixture::new(subject.backend(), 8));
    let user = fixture.user().await;
    let (first, second) = (fixture.token(), fixture.token());
    let session = SessionRecord { renew: true, ..fixture.session(user) };
    fixture.identity().create_session(&first, &session).await.unwrap();
    let now = fixture.now().plus_seconds(900);
    let renewers: Vec<_> = (0..16)
        .map(|_| {
            let fixture = Arc::clone(&fixture);
            tokio::spawn(async move { fixture.identity().renew_session(&first, &second, now).await.unwrap() })
        })
        .collect();
    let mut renewed = 0;
    for renewer in renewers {
        renewed += u32::from(renewer.await.unwrap());
    }
    assert_eq!(renewed, 1);

    let old = evidence(&subject, &first).await.unwrap();
    let new = evidence(&subject, &second).await.unwrap();
    assert_eq!((old.token.replaced, new.token.replaced, new.token.issued), (Some(now), None, now));
    assert_eq!((old.session.id, new.session.id, new.session.renew), (session.id, session.id, false));
    assert!(!fixture.identity().renew_session(&fixture.token(), &fixture.token(), now).await.unwrap());
    let other = fixture.session(user);
    let third = fixture.token();
    fixture.identity().create_session(&third, &other).await.unwrap();
    let taken = fixture.identity().renew_session(&second, &third, now).await;
    assert!(matches!(taken, Err(StoreError::AlreadyExists { .. })));
    assert!(evidence(&subject, &second).await.unwrap().token.replaced.is_none(), "nothing of it was kept");

    assert!(fixture.identity().end_session(user, session.id).await.unwrap());
    assert!(evidence(&subject, &first).await.is_none() && evidence(&subject, &second).await.is_none());
    assert!(evidence(&subject, &third).await.is_some(), "another session's token stays");
}

/// A revocation ends what is older at once, and nothing that begins afterwards.
pub async fn revocations_end_older_sessions(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 9);
    let identity = fixture.identity();
    let (one, two) = (fixture.user().await, fixture.user().await);
    let begin = async |user| {
        let token = OpaqueToken::generate(&fixture.generate.entropy).unwrap();
        // What the row says of the epoch does not count.
        let session = SessionRecord { epoch: u64::MAX, ..fixture.session(user) };
        identity.create_session(&token.hash(), &session).await.unwrap();
        token
    };
    let live = async |token: &OpaqueToken| {
        let found = VerifiedSession::recognise(&fixture.authority, token).await.unwrap();
        matches!(found, Recognition::Live(_))
    };
    let (a, b) = (begin(one).await, begin(two).await);
    assert!(live(&a).await && live(&b).await);
    let first = identity.revoke_sessions(RevocationSubject::User(one)).await.unwrap();
    assert!(!live(&a).await && live(&b).await);
    let later = begin(one).await;
    assert!(live(&later).await);
    let second = identity.revoke_sessions(RevocationSubject::Everybody).await.unwrap();
    assert!(second > first);
    assert!(!live(&later).await && !live(&b).await);
    let listed = identity.sessions(one).await.unwrap();
    assert_eq!((listed.sessions.len(), listed.revoked), (2, second));
    assert!(listed.sessions.iter().all(|session| session.epoch < second));
    assert!(live(&begin(two).await).await);
}

/// A workspace's revocation closes that workspace to older sessions, and to no newer one.
pub async fn a_revoked_workspace_is_closed_to_older_sessions(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 14);
    let (tenant, other) = (fixture.tenant().await, fixture.tenant().await);
    let second = fixture.membership(other.workspace.id, tenant.user);
    fixture.identity().put_membership(&second).await.unwrap();
    let session = fixture.sign_in(tenant.user).await;
    let open = async |session: &VerifiedSession| {
        let own = Membership::of(&fixture.authority, session).await.unwrap();
        own.iter().map(|each| each.workspace().id).collect::<Vec<_>>()
    };
    assert_eq!(open(&session).await.len(), 2);
    let subject = RevocationSubject::Workspace(tenant.workspace.id);
    fixture.identity().revoke_sessions(subject).await.unwrap();
    assert_eq!(open(&session).await, [other.workspace.id]);
    assert_eq!(open(&fixture.sign_in(tenant.user).await).await.len(), 2);
}

/// Whoever's role or state changes gets a new token; whoever's does not, keeps theirs.
pub async fn a_changed_membership_renews_tokens(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 15);
    let (tenant, user) = (fixture.tenant().await, fixture.user().await);
    let member = MembershipRecord { role: Role::Viewer, ..fixture.membership(tenant.workspace.id, user) };
    let token = fixture.token();
    fixture.identity().create_session(&token, &fixture.session(user)).await.unwrap();
    let (after, bystander) =
        (async || evidence(&subject, &token).await.unwrap().session.renew, fixture.token());
    fixture.identity().create_session(&bystander, &fixture.session(tenant.user)).await.unwrap();
    for unchanged in [&member, &member] {
        fixture.identity().put_membership(unchanged).await.unwrap();
        assert!(!after().await, "a first membership changes no role");
    }
    let admin = MembershipRecord { role: Role::Admin, ..member.clone() };
    let suspended = MembershipRecord { state: MembershipState::Suspended, ..admin.clone() };
    let mut current = token;
    for changed in [&admin, &suspended, &member] {
        fixture.identity().put_membership(changed).await.unwrap();
        assert!(after().await);
        let next = fixture.token();
        assert!(fixture.identity().renew_session(&current, &next, fixture.now()).await.unwrap());
        assert!(!after().await);
        current = next;
    }
    assert!(!evidence(&subject, &bystander).await.unwrap().session.renew);
}
