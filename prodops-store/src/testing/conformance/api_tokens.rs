//! API tokens.

use prodops_core::api_token::{ApiToken, ApiTokenRecord, VerifiedToken};
use prodops_core::id::{ApiTokenId, MembershipId};
use prodops_core::input::ApiTokenName;
use prodops_core::tenancy::{Membership, MembershipRecord, Role};

use super::super::fixture::{Fixture, Subject, Tenant};
use crate::StoreError;

fn record(fixture: &Fixture, tenant: &Tenant, membership: MembershipId) -> ApiTokenRecord {
    ApiTokenRecord {
        id: ApiTokenId::from_bytes(fixture.generate.bytes()),
        workspace: tenant.workspace.id,
        membership,
        user: tenant.user,
        name: ApiTokenName::new("a script").unwrap(),
        cap: Role::Member,
        created: fixture.now(),
        expires: fixture.now().plus_seconds(3600),
        last_used: None,
    }
}

async fn membership(fixture: &Fixture, tenant: &Tenant) -> MembershipId {
    let session = fixture.sign_in(tenant.user).await;
    let own = Membership::resolve(&fixture.authority, &session, &tenant.workspace.slug).await.unwrap();
    own.expect("an active membership").id()
}

/// An API token is found by its hash, listed by its membership, noted, and gone once it is revoked.
pub async fn api_tokens_are_found_listed_noted_and_revoked(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 16);
    let (identity, tenant) = (fixture.identity(), fixture.tenant().await);
    let member = membership(&fixture, &tenant).await;
    let token = ApiToken::generate(&fixture.generate.entropy).unwrap();
    let row = record(&fixture, &tenant, member);
    assert!(VerifiedToken::verify(&fixture.authority, &token).await.unwrap().is_none());
    identity.create_api_token(&token.hash(), &row).await.unwrap();
    let verified = VerifiedToken::verify(&fixture.authority, &token).await.unwrap().unwrap();
    assert_eq!(verified.record(), &row);
    let entered = Membership::of(&fixture.authority, &verified).await.unwrap();
    assert_eq!(entered.iter().map(Membership::role).collect::<Vec<_>>(), [Role::Member]);
    assert_eq!(identity.api_tokens(member).await.unwrap(), std::slice::from_ref(&row));

    let later = fixture.now().plus_seconds(10);
    assert!(identity.note_api_token_use(&token.hash(), later).await.unwrap());
    let used = ApiTokenRecord { last_used: Some(later), ..row.clone() };
    assert_eq!(identity.api_tokens(member).await.unwrap(), [used]);

    let foreign = MembershipId::from_bytes(fixture.generate.bytes());
    assert!(!identity.revoke_api_token(foreign, row.id).await.unwrap(), "only its own membership revokes it");
    assert!(identity.revoke_api_token(member, row.id).await.unwrap());
    assert!(!identity.revoke_api_token(member, row.id).await.unwrap());
    assert!(!identity.note_api_token_use(&token.hash(), later).await.unwrap());
    assert!(VerifiedToken::verify(&fixture.authority, &token).await.unwrap().is_none());
    assert!(identity.api_tokens(member).await.unwrap().is_empty());
}

/// A token needs the membership that it names; its id and its hash are taken once.
pub async fn api_tokens_need_what_they_name(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 17);
    let (identity, tenant, other) = (fixture.identity(), fixture.tenant().await, fixture.tenant().await);
    let member = membership(&fixture, &tenant).await;
    let good = record(&fixture, &tenant, member);
    let forged = [
        ApiTokenRecord { membership: MembershipId::from_bytes(fixture.generate.bytes()), ..good.clone() },
        ApiTokenRecord { workspace: other.workspace.id, ..good.clone() },
        ApiTokenRecord { user: other.user, ..good.clone() },
    ];
    for row in forged {
        let refused = identity.create_api_token(&fixture.token(), &row).await;
        assert!(matches!(refused, Err(StoreError::Invalid { .. })), "{refused:?}");
    }
    let hash = fixture.token();
    identity.create_api_token(&hash, &good).await.unwrap();
    let second = record(&fixture, &tenant, member);
    for (hash, row) in [(hash, &second), (fixture.token(), &good)] {
        let taken = identity.create_api_token(&hash, row).await;
        assert!(matches!(taken, Err(StoreError::AlreadyExists { .. })));
    }
    assert_eq!(identity.api_tokens(member).await.unwrap(), [good]);
}

/// The role of a token follows its member's.
pub async fn api_tokens_follow_their_member(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 18);
    let tenant = fixture.tenant().await;
    let member = membership(&fixture, &tenant).await;
    let token = ApiToken::generate(&fixture.generate.entropy).unwrap();
    fixture.identity().create_api_token(&token.hash(), &record(&fixture, &tenant, member)).await.unwrap();
    let row = MembershipRecord { id: member, ..fixture.membership(tenant.workspace.id, tenant.user) };
    for (role, expected) in [(Role::Viewer, Role::Viewer), (Role::Owner, Role::Member)] {
        let changed = MembershipRecord { role, ..row.clone() };
        fixture.identity().put_membership(&changed).await.unwrap();
        let verified = VerifiedToken::verify(&fixture.authority, &token).await.unwrap().unwrap();
        let entered = Membership::of(&fixture.authority, &verified).await.unwrap();
        assert_eq!(entered.iter().map(Membership::role).collect::<Vec<_>>(), [expected]);
    }
}
