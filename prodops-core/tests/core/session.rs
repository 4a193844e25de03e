//! A token from its issue to its end: renewal, the ten seconds of grace, replays, revocations.

use prodops_core::id::{SessionId, UserId};
use prodops_core::session::{
    OpaqueToken, Recognition, RevocationSubject, SessionRecord, SessionTokenRecord, VerifiedSession,
};
use prodops_core::tenancy::{Membership, MembershipState};
use prodops_core::testing::MemorySource;
use prodops_core::time::Timestamp;

use crate::world::{
    ALICE, BOB, HERS, HIS, World, alices_token, membership, session_of, slug, source, start, token, workspace,
};

fn after(seconds: i64) -> Timestamp {
    start().plus_seconds(seconds)
}

fn row(issued: i64, replaced: Option<i64>) -> SessionTokenRecord {
    SessionTokenRecord {
        user: ALICE,
        session: session_of(ALICE).id,
        issued: after(issued),
        replaced: replaced.map(after),
    }
}

/// Alice's session with one token in this state, looked at so many seconds after it began.
async fn recognise(session: SessionRecord, token: SessionTokenRecord, seconds: i64) -> Recognition {
    let world =
        World::over(MemorySource::default().with_session_token(alices_token().hash(), session, token));
    world.clock.advance_seconds(seconds);
    VerifiedSession::recognise(&world.authority, &alices_token()).await.unwrap()
}

fn live(found: Recognition) -> VerifiedSession {
    match found {
        Recognition::Live(session) => session,
        other => panic!("not live: {other:?}"),
    }
}

#[tokio::test]
async fn a_token_is_followed_by_one_that_only_the_session_can_derive() {
    let young = live(recognise(session_of(ALICE), row(0, None), 899).await);
    assert!(young.successor(&alices_token()).is_none());
    let due = live(recognise(session_of(ALICE), row(0, None), 900).await);
    let next = due.successor(&alices_token()).unwrap();
    assert_eq!(next.hash(), session_of(ALICE).key.successor(&alices_token()).hash());
    assert_ne!(next.hash(), session_of(BOB).key.successor(&alices_token()).hash());
    // Another token than the one that was looked up gets nothing.
    assert!(due.successor(&token(77)).is_none());
    assert_eq!((due.id(), due.user(), due.auth_time()), (session_of(ALICE).id, ALICE, start()));
}

#[tokio::test]
async fn a_changed_role_makes_the_next_token_due_at_once() {
    let changed = SessionRecord { renew: true, ..session_of(ALICE) };
    let found = live(recognise(changed, row(0, None), 1).await);
    assert!(found.successor(&alices_token()).is_some());
}

#[tokio::test]
async fn a_replaced_token_lasts_ten_seconds_and_always_leads_to_the_same_successor() {
    let mut successors = Vec::new();
    for seconds in [898, 900, 904, 908] {
        let found = live(recognise(session_of(ALICE), row(0, Some(900)), seconds).await);
        successors.push(found.successor(&alices_token()).unwrap().hash());
    }
    assert!(successors.windows(2).all(|pair| pair[0] == pair[1]));
}

#[tokio::test]
async fn a_token_that_comes_back_after_that_is_a_replay_of_its_session() {
    for seconds in [909, 910, 1_700] {
        match recognise(session_of(ALICE), row(0, Some(900)), seconds).await {
            Recognition::Replayed(found) => {
                assert_eq!((found.user, found.session), (ALICE, session_of(ALICE).id));
            }
            other => panic!("{seconds}: {other:?}"),
        }
    }
    // The simple door lets it in as little.
    let source =
        MemorySource::default().with_session_token(alices_token().hash(), session_of(ALICE), row(0, Some(0)));
    let world = World::over(source);
    world.clock.advance_seconds(60);
    assert!(VerifiedSession::verify(&world.authority, &alices_token()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_clock_before_the_replacement_makes_it_no_replay_and_lets_nobody_in() {
    for seconds in [-86_400, 0, 897] {
        let found = recognise(session_of(ALICE), row(0, Some(900)), seconds).await;
        assert!(matches!(found, Recognition::Unknown), "{seconds}: {found:?}");
    }
}

#[tokio::test]
async fn what_is_over_or_revoked_is_no_replay() {
    let old = SessionRecord { spent_seconds: 8 * 3600, ..session_of(ALICE) };
    assert!(matches!(recognise(old, row(0, Some(900)), 1_000).await, Recognition::Unknown));
}

#[tokio::test]
async fn rows_that_do_not_belong_together_are_not_believed() {
    let foreign = [
        SessionTokenRecord { user: BOB, ..row(0, None) },
        SessionTokenRecord { session: SessionId::from_bytes([9; 16]), ..row(0, None) },
    ];
    for token in foreign {
        assert!(matches!(recognise(session_of(ALICE), token, 0).await, Recognition::Unknown));
    }
}

/// Alice's and Bob's sessions of epoch 5 under these marks: who is still in.
async fn in_force(marks: &[(RevocationSubject, u64)]) -> Vec<UserId> {
    let tokens: [(UserId, OpaqueToken); 2] = [(ALICE, token(1)), (BOB, token(2))];
    let mut source = MemorySource::default();
    for (user, token) in &tokens {
        source = source.with_session(token.hash(), SessionRecord { epoch: 5, ..session_of(*user) });
    }
    for (subject, mark) in marks {
        source = source.with_mark(*subject, *mark);
    }
    let world = World::over(source);
    let mut live = Vec::new();
    for (user, token) in tokens {
        let session = VerifiedSession::verify(&world.authority, &token).await.unwrap();
        live.extend(session.map(|session| session.user()).filter(|found| *found == user));
    }
    live
}

#[tokio::test]
async fn a_mark_ends_every_session_that_is_older_and_none_that_is_not() {
    use RevocationSubject::{Everybody, User};
    assert_eq!(in_force(&[]).await, [ALICE, BOB]);
    assert_eq!(in_force(&[(Everybody, 5), (User(ALICE), 5)]).await, [ALICE, BOB]);
    assert_eq!(in_force(&[(User(ALICE), 6)]).await, [BOB]);
    assert_eq!(in_force(&[(Everybody, 6), (User(ALICE), 1)]).await, []);
}

#[tokio::test]
async fn a_workspaces_mark_closes_it_to_older_sessions_and_leaves_the_others_open() {
    let session = SessionRecord { epoch: 5, ..session_of(ALICE) };
    for (mark, expected) in [(5, vec!["hers", "third"]), (6, vec!["third"])] {
        let source = MemorySource::default()
            .with_session(alices_token().hash(), session.clone())
            .with_membership(membership(ALICE, HERS, MembershipState::Active), workspace(HERS, "hers"))
            .with_membership(membership(ALICE, HIS, MembershipState::Active), workspace(HIS, "third"))
            .with_mark(RevocationSubject::Workspace(HERS), mark);
        let world = World::over(source);
        let alice = world.alice().await;
        let listed = Membership::of(&world.authority, &alice).await.unwrap();
        assert_eq!(listed.iter().map(|each| each.workspace().slug.as_str()).collect::<Vec<_>>(), expected);
        let entered = Membership::resolve(&world.authority, &alice, &slug("hers")).await.unwrap();
        assert_eq!(entered.is_some(), mark == 5);
    }
}

#[tokio::test]
async fn the_use_of_a_session_is_noted_once_a_minute() {
    let world = World::over(source());
    assert!(!world.alice().await.should_note());
    world.clock.advance_seconds(60);
    assert!(world.alice().await.should_note());
}
