//! API token → membership → scope: the workspace is the row's, the role what cap and member have in common.

use prodops_core::api_token::{ApiToken, ApiTokenRecord, VerifiedToken};
use prodops_core::id::{ApiTokenId, MembershipId};
use prodops_core::input::ApiTokenName;
use prodops_core::session::RevocationSubject;
use prodops_core::tenancy::{
    AuthorityError, Membership, MembershipRecord, MembershipState, Principal, Role, Via,
};
use prodops_core::testing::{MemorySource, SeededEntropy};
use prodops_core::time::Timestamp;

use crate::world::{ALICE, BOB, HERS, HIS, World, membership, slug, source, start, workspace};

fn token() -> ApiToken {
    ApiToken::generate(&SeededEntropy::new(41)).unwrap()
}

/// A token of Alice's membership of `hers`, for a day.
fn record(cap: Role) -> ApiTokenRecord {
    ApiTokenRecord {
        id: ApiTokenId::from_bytes([6; 16]),
        workspace: HERS,
        membership: membership(ALICE, HERS, MembershipState::Active).id,
        user: ALICE,
        name: ApiTokenName::new("nightly report").unwrap(),
        cap,
        created: start(),
        expires: start().plus_seconds(86_400),
        last_used: None,
    }
}

fn end(role: Role) -> Option<Timestamp> {
    role.needs_end().then(|| start().plus_seconds(3_600))
}

/// Alice has this role in `hers` and is a member of another workspace, too.
fn with_role(role: Role, record: ApiTokenRecord) -> World {
    let hers = membership(ALICE, HERS, MembershipState::Active);
    let hers = MembershipRecord { role, until: end(role), ..hers };
    let source = MemorySource::default()
        .with_membership(hers, workspace(HERS, "hers"))
        .with_membership(membership(ALICE, HIS, MembershipState::Active), workspace(HIS, "third"))
        .with_api_token(token().hash(), record);
    World::over(source)
}

async fn verify(world: &World) -> Option<VerifiedToken> {
    VerifiedToken::verify(&world.authority, &token()).await.unwrap()
}

#[tokio::test]
async fn the_role_is_what_cap_and_member_have_in_common() {
    for cap in Role::ALL {
        for role in Role::ALL {
            let world = with_role(role, record(cap));
            let verified = verify(&world).await.unwrap();
            let entered = Membership::resolve(&world.authority, &verified, &slug("hers")).await.unwrap();
            let Some(both) = cap.intersection(role) else {
                assert!(entered.is_none(), "{cap} {role}: roles side by side have nothing in common");
                continue;
            };
            let scope = entered.unwrap().scope();
            let (membership, user, via) = (record(cap).membership, ALICE, Via::ApiToken);
            let expected = Principal::Member { membership, user, role: both, until: end(role), via };
            assert_eq!((scope.workspace(), scope.principal()), (HERS, expected));
        }
    }
}

#[tokio::test]
async fn it_opens_the_workspace_of_its_row_and_no_other_of_its_owner() {
    let world = with_role(Role::Owner, record(Role::Owner));
    let verified = verify(&world).await.unwrap();
    let listed = Membership::of(&world.authority, &verified).await.unwrap();
    assert_eq!(listed.iter().map(|each| each.workspace().slug.as_str()).collect::<Vec<_>>(), ["hers"]);
    for other in ["third", "absent"] {
        assert!(Membership::resolve(&world.authority, &verified, &slug(other)).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn rows_that_do_not_fit_open_nothing() {
    let forged = [
        ApiTokenRecord { workspace: HIS, ..record(Role::Owner) },
        ApiTokenRecord { membership: MembershipId::from_bytes([1; 16]), ..record(Role::Owner) },
        ApiTokenRecord { user: BOB, ..record(Role::Owner) },
    ];
    for row in forged {
        let world = with_role(Role::Owner, row);
        let verified = verify(&world).await.unwrap();
        assert!(Membership::of(&world.authority, &verified).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn it_is_dead_when_expired_unknown_suspended_or_without_membership() {
    let world = with_role(Role::Owner, record(Role::Owner));
    world.clock.advance_seconds(86_399);
    assert!(verify(&world).await.is_some());
    world.clock.advance_seconds(1);
    assert!(verify(&world).await.is_none());
    assert!(verify(&World::over(source())).await.is_none());
    let suspended = membership(ALICE, HERS, MembershipState::Suspended);
    for source in
        [MemorySource::default().with_membership(suspended, workspace(HERS, "hers")), MemorySource::default()]
    {
        let world = World::over(source.with_api_token(token().hash(), record(Role::Owner)));
        let verified = verify(&world).await.unwrap();
        assert!(Membership::of(&world.authority, &verified).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_token_of_another_authority_is_an_error() {
    let data = || source().with_api_token(token().hash(), record(Role::Owner));
    let (ours, theirs) = (World::seeded(data(), 100), World::seeded(data(), 200));
    let verified = verify(&theirs).await.unwrap();
    let refused = Membership::of(&ours.authority, &verified).await;
    assert!(matches!(refused, Err(AuthorityError::ForeignAuthority)));
}

#[tokio::test]
async fn revoking_sessions_leaves_tokens_alone() {
    let source = source()
        .with_api_token(token().hash(), record(Role::Viewer))
        .with_mark(RevocationSubject::Everybody, 9)
        .with_mark(RevocationSubject::Workspace(HERS), 9);
    let world = World::over(source);
    let verified = verify(&world).await.unwrap();
    assert!(Membership::resolve(&world.authority, &verified, &slug("hers")).await.unwrap().is_some());
}

#[tokio::test]
async fn its_use_is_noted_once_an_hour() {
    let used = ApiTokenRecord { last_used: Some(start()), ..record(Role::Owner) };
    let world = with_role(Role::Owner, used);
    world.clock.advance_seconds(3_599);
    assert!(!verify(&world).await.unwrap().should_note());
    world.clock.advance_seconds(1);
    assert!(verify(&world).await.unwrap().should_note());
    assert!(verify(&with_role(Role::Owner, record(Role::Owner))).await.unwrap().should_note());
}
