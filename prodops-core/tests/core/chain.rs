//! Token → session → membership → scope, and lease → scope: every arrow refuses what it must.

use async_trait::async_trait;
use prodops_core::api_token::{ApiToken, ApiTokenRecord, VerifiedToken};
use prodops_core::id::{LeaseId, UserId};
use prodops_core::session::{SessionEvidence, SessionTokenRecord, TokenHash, VerifiedSession};
use prodops_core::tenancy::{
    AuthorityError, AuthoritySource, JobLease, LeaseRecord, Membership, MembershipEvidence, MembershipRecord,
    MembershipState, Principal, Role, SystemPrincipal, Via, WorkspaceState,
};
use prodops_core::testing::{MemorySource, SeededEntropy};

use crate::world::{
    ALICE, BOB, HERS, HIS, LEASE, World, alices_token, evidence, lease, membership, session_of, slug, source,
    start, token, workspace,
};

#[tokio::test]
async fn a_member_gets_the_scope_of_the_membership_row() {
    let world = World::over(source());
    let session = world.alice().await;
    let found = Membership::resolve(&world.authority, &session, &slug("hers")).await.unwrap().unwrap();
    let scope = found.scope();
    assert_eq!(scope.workspace(), HERS);
    assert_eq!(scope.workspace_state(), WorkspaceState::Active);
    assert_eq!(scope.authority(), world.authority.id());
    let expected = membership(ALICE, HERS, MembershipState::Active).id;
    let (membership, role, via) = (expected, Role::Admin, Via::Session);
    assert_eq!(scope.principal(), Principal::Member { membership, user: ALICE, role, until: None, via });
}

#[tokio::test]
async fn the_slug_of_a_foreign_workspace_looks_like_one_that_does_not_exist() {
    let world = World::over(source());
    let session = world.alice().await;
    for forged in ["his", "nobodys"] {
        let found = Membership::resolve(&world.authority, &session, &slug(forged)).await.unwrap();
        assert!(found.is_none(), "{forged}");
    }
}

#[tokio::test]
async fn a_suspended_membership_opens_nothing_and_is_not_listed() {
    let suspended = MemorySource::default()
        .with_session(alices_token().hash(), session_of(ALICE))
        .with_membership(membership(ALICE, HERS, MembershipState::Suspended), workspace(HERS, "hers"));
    let world = World::over(suspended);
    let session = world.alice().await;
    assert!(Membership::resolve(&world.authority, &session, &slug("hers")).await.unwrap().is_none());
    assert!(Membership::of(&world.authority, &session).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_membership_lets_in_until_its_end_and_support_only_with_one() {
    let row = membership(ALICE, HERS, MembershipState::Active);
    let end = start().plus_seconds(60);
    let open = async |role, until, later| {
        let row = MembershipRecord { role, until, ..row.clone() };
        let source = MemorySource::default().with_session(alices_token().hash(), session_of(ALICE));
        let world = World::over(source.with_membership(row, workspace(HERS, "hers")));
        let session = world.alice().await;
        world.clock.advance_seconds(later);
        let found = Membership::resolve(&world.authority, &session, &slug("hers")).await.unwrap();
        found.map(|found| found.scope().principal())
    };
    for role in [Role::Admin, Role::Support] {
        let Some(Principal::Member { until, .. }) = open(role, Some(end), 59).await else { panic!("{role}") };
        assert_eq!(until, Some(end));
        assert!(open(role, Some(end), 60).await.is_none(), "{role} after its end");
        assert_eq!(open(role, None, 0).await.is_some(), role == Role::Admin, "{role} without an end");
        assert_eq!(MembershipRecord { role, ..row.clone() }.check().is_ok(), role == Role::Admin);
    }
}

#[tokio::test]
async fn memberships_are_listed_by_slug() {
    let several =
        source().with_membership(membership(ALICE, HIS, MembershipState::Active), workspace(HIS, "abacus"));
    let world = World::over(several);
    let listed = Membership::of(&world.authority, &world.alice().await).await.unwrap();
    let slugs: Vec<&str> = listed.iter().map(|each| each.workspace().slug.as_str()).collect();
    assert_eq!(slugs, ["abacus", "hers"]);
}

/// Answers every question about memberships with rows that were not asked for.
struct Liar(Vec<MembershipEvidence>);

#[async_trait]
impl AuthoritySource for Liar {
    async fn session(&self, _: &TokenHash) -> Result<Option<SessionEvidence>, AuthorityError> {
        let session = session_of(ALICE);
        let token =
            SessionTokenRecord { user: ALICE, session: session.id, issued: session.created, replaced: None };
        Ok(Some(SessionEvidence { session, token, revoked: 0 }))
    }

    async fn api_token(&self, _: &TokenHash) -> Result<Option<ApiTokenRecord>, AuthorityError> {
        Ok(None)
    }

    async fn memberships(&self, _: UserId) -> Result<Vec<MembershipEvidence>, AuthorityError> {
        Ok(self.0.clone())
    }

    async fn lease(&self, _: LeaseId) -> Result<Option<LeaseRecord>, AuthorityError> {
        Ok(Some(LeaseRecord { id: LeaseId::from_bytes([8; 16]), ..lease("2026-03-02T09:00:00Z") }))
    }
}

#[tokio::test]
async fn a_source_that_returns_another_users_row_is_not_believed() {
    let liar = Liar(vec![evidence(membership(BOB, HIS, MembershipState::Active), workspace(HIS, "his"))]);
    let world = World::over(liar);
    let session = world.alice().await;
    assert!(Membership::of(&world.authority, &session).await.unwrap().is_empty());
    assert!(Membership::resolve(&world.authority, &session, &slug("his")).await.unwrap().is_none());
}

#[tokio::test]
async fn a_source_that_pairs_a_membership_with_another_workspace_is_not_believed() {
    let liar = Liar(vec![evidence(membership(ALICE, HERS, MembershipState::Active), workspace(HIS, "his"))]);
    let world = World::over(liar);
    let session = world.alice().await;
    assert!(Membership::resolve(&world.authority, &session, &slug("his")).await.unwrap().is_none());
}

#[tokio::test]
async fn a_source_that_returns_another_lease_is_not_believed() {
    let world = World::over(Liar(Vec::new()));
    assert!(JobLease::verify(&world.authority, LEASE).await.unwrap().is_none());
}

#[tokio::test]
async fn a_session_of_another_authority_is_an_error_even_over_the_same_data() {
    let ours = World::seeded(source(), 100);
    let theirs = World::seeded(source(), 200);
    let session = theirs.alice().await;
    assert_ne!(session.authority(), ours.authority.id());
    let resolved = Membership::resolve(&ours.authority, &session, &slug("hers")).await;
    assert!(matches!(resolved, Err(AuthorityError::ForeignAuthority)));
    let listed = Membership::of(&ours.authority, &session).await;
    assert!(matches!(listed, Err(AuthorityError::ForeignAuthority)));
}

#[tokio::test]
async fn an_unknown_token_is_no_session() {
    let world = World::over(source());
    assert!(VerifiedSession::verify(&world.authority, &token(2)).await.unwrap().is_none());
}

#[tokio::test]
async fn a_session_ends_with_its_idle_limit() {
    let world = World::over(source());
    let verify = || async { VerifiedSession::verify(&world.authority, &alices_token()).await.unwrap() };
    world.clock.advance_seconds(30 * 60 - 1);
    assert_eq!(verify().await.map(|session| session.user()), Some(ALICE));
    world.clock.advance_seconds(1);
    assert!(verify().await.is_none());
}

#[tokio::test]
async fn a_session_outlives_a_clock_that_goes_back_before_its_start() {
    let world = World::over(source());
    world.clock.advance_seconds(-86_400);
    assert!(VerifiedSession::verify(&world.authority, &alices_token()).await.unwrap().is_some());
}

#[tokio::test]
async fn a_live_lease_gives_the_scope_of_its_own_row() {
    let world = World::over(source().with_lease(lease("2026-03-02T08:00:10Z")));
    let held = JobLease::verify(&world.authority, LEASE).await.unwrap().unwrap();
    assert_eq!((held.epoch(), held.connection()), (3, lease("2026-03-02T08:00:10Z").connection));
    let scope = held.scope();
    assert_eq!(scope.workspace(), HERS);
    assert_eq!(scope.authority(), world.authority.id());
    assert_eq!(scope.principal(), Principal::System(SystemPrincipal::Sync));
}

#[tokio::test]
async fn a_lease_is_over_at_the_instant_it_expires() {
    let world = World::over(source().with_lease(lease("2026-03-02T08:00:10Z")));
    world.clock.advance_seconds(9);
    assert!(JobLease::verify(&world.authority, LEASE).await.unwrap().is_some());
    world.clock.advance_seconds(1);
    assert!(JobLease::verify(&world.authority, LEASE).await.unwrap().is_none());
    assert!(JobLease::verify(&world.authority, LeaseId::from_bytes([8; 16])).await.unwrap().is_none());
}

/// A source that cannot be read.
struct Broken;

#[async_trait]
impl AuthoritySource for Broken {
    async fn api_token(&self, _: &TokenHash) -> Result<Option<ApiTokenRecord>, AuthorityError> {
        Err(AuthorityError::Source("row 17 of sessions.db".into()))
    }

    async fn session(&self, _: &TokenHash) -> Result<Option<SessionEvidence>, AuthorityError> {
        Err(AuthorityError::Source("row 17 of sessions.db".into()))
    }

    async fn memberships(&self, _: UserId) -> Result<Vec<MembershipEvidence>, AuthorityError> {
        Err(AuthorityError::Source("row 17 of sessions.db".into()))
    }

    async fn lease(&self, _: LeaseId) -> Result<Option<LeaseRecord>, AuthorityError> {
        Err(AuthorityError::Source("row 17 of sessions.db".into()))
    }
}

#[tokio::test]
async fn a_source_that_fails_is_an_error_and_never_an_absence() {
    let world = World::over(Broken);
    let session = VerifiedSession::verify(&world.authority, &alices_token()).await.unwrap_err();
    let lease = JobLease::verify(&world.authority, LEASE).await.unwrap_err();
    let token = ApiToken::generate(&SeededEntropy::new(1)).unwrap();
    let token = VerifiedToken::verify(&world.authority, &token).await.unwrap_err();
    for error in [session, lease, token] {
        assert!(matches!(error, AuthorityError::Source(_)));
        assert_eq!(error.to_string(), "identity data cannot be read");
    }
}
