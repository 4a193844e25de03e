//! API tokens: what a program can do with one, and how it ends.

use prodops::core::api_token::ApiToken;
use prodops::core::audit::{AuditObject, Decision};
use prodops::core::id::ApiTokenId;
use prodops::core::input::ApiTokenName;
use prodops::core::tenancy::{MembershipState, Role};
use prodops::engine::{ApiTokenRequest, Engine, EngineError, Workspace};

use crate::place::{Place, slug, tenant};

const DAY: i64 = 86_400;

fn wanted(cap: Role) -> ApiTokenRequest {
    ApiTokenRequest { name: ApiTokenName::new("nightly").unwrap(), cap, lifetime_seconds: DAY }
}

async fn made(workspace: &Workspace, cap: Role) -> (ApiToken, ApiTokenId) {
    let (token, record) = workspace.create_api_token(&wanted(cap)).await.unwrap();
    (token, record.id)
}

/// The workspace as the token's bearer sees it; `None` when the token is nobody's.
async fn entered(engine: &Engine, token: &ApiToken, name: &str) -> Option<Workspace> {
    let token = engine.api_token(&ApiToken::parse(&token.reveal()).unwrap()).await.unwrap()?;
    engine.enter(&token, &slug(name)).await.ok()
}

#[tokio::test]
async fn a_token_opens_its_own_workspace_with_what_cap_and_role_have_in_common() {
    let place = Place::new();
    let engine = place.engine().await;
    let (one, two) = (tenant(&engine, "one").await, tenant(&engine, "two").await);
    two.workspace.add_member(one.owner, Role::Owner).await.unwrap();
    let (token, _) = made(&one.workspace, Role::Viewer).await;
    let as_token = entered(&engine, &token, "one").await.unwrap();
    assert_eq!(as_token.role(), Role::Viewer);
    assert!(as_token.repositories().await.is_ok());
    assert!(matches!(as_token.connections().await, Err(EngineError::Denied)));
    assert!(entered(&engine, &token, "two").await.is_none(), "its owner's other workspace");
    let verified = engine.api_token(&token).await.unwrap().unwrap();
    assert_eq!(engine.workspaces(&verified).await.unwrap().len(), 1);
}

#[tokio::test]
async fn it_is_dead_when_revoked_expired_or_its_member_is_suspended() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    let (user, as_member) = one.joined_by(&engine, Role::Member).await;
    let (revoked, id) = made(&as_member, Role::Member).await;
    let (other, _) = made(&as_member, Role::Member).await;
    as_member.revoke_api_token(id).await.unwrap();
    assert!(engine.api_token(&revoked).await.unwrap().is_none());
    assert!(matches!(as_member.revoke_api_token(id).await, Err(EngineError::NotFound)));

    one.workspace.change_role(user, Role::Viewer).await.unwrap();
    assert_eq!(entered(&engine, &other, "one").await.unwrap().role(), Role::Viewer);
    one.workspace.change_role(user, Role::Auditor).await.unwrap();
    assert!(entered(&engine, &other, "one").await.is_none(), "nothing in common with its cap");
    one.workspace.change_role(user, Role::Viewer).await.unwrap();
    one.workspace.set_member_state(user, MembershipState::Suspended).await.unwrap();
    assert!(entered(&engine, &other, "one").await.is_none());
    one.workspace.set_member_state(user, MembershipState::Active).await.unwrap();
    assert!(entered(&engine, &other, "one").await.is_some());
    place.advance_seconds(DAY);
    assert!(engine.api_token(&other).await.unwrap().is_none());
}

#[tokio::test]
async fn nobody_hands_out_more_than_they_have_and_a_token_makes_no_token() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    let (_, viewer) = one.joined_by(&engine, Role::Viewer).await;
    let (_, member) = one.joined_by(&engine, Role::Member).await;
    let (token, _) = made(&one.workspace, Role::Owner).await;
    let as_token = entered(&engine, &token, "one").await.unwrap();
    for (caller, cap) in
        [(&viewer, Role::Viewer), (&member, Role::Admin), (&member, Role::Auditor), (&as_token, Role::Viewer)]
    {
        let refused = caller.create_api_token(&wanted(cap)).await;
        assert!(matches!(refused, Err(EngineError::Denied)), "{refused:?}");
    }
    assert!(matches!(viewer.api_tokens().await, Err(EngineError::Denied)));
    for lifetime_seconds in [i64::MIN, 0, 366 * DAY + 1] {
        let request = ApiTokenRequest { lifetime_seconds, ..wanted(Role::Viewer) };
        assert!(matches!(member.create_api_token(&request).await, Err(EngineError::Input(_))));
    }
}

#[tokio::test]
async fn people_see_and_revoke_their_own_tokens_only() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    let (_, member) = one.joined_by(&engine, Role::Member).await;
    let (token, id) = made(&member, Role::Viewer).await;
    assert!(one.workspace.api_tokens().await.unwrap().is_empty());
    assert!(matches!(one.workspace.revoke_api_token(id).await, Err(EngineError::NotFound)));
    engine.api_token(&token).await.unwrap().unwrap();
    let listed = member.api_tokens().await.unwrap();
    assert_eq!((listed.len(), listed[0].id), (1, id));
    assert!(listed[0].last_used.is_some(), "its use was noted");
}

#[tokio::test]
async fn a_membership_has_at_most_fifty_live_tokens() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    for _ in 0..50 {
        made(&one.workspace, Role::Viewer).await;
    }
    let refused = one.workspace.create_api_token(&wanted(Role::Viewer)).await.unwrap_err();
    assert_eq!(refused.to_string(), "number of API tokens is at its limit: revoke one first");
    place.advance_seconds(DAY);
    made(&one.workspace, Role::Viewer).await;
}

#[tokio::test]
async fn making_and_revoking_leave_their_trail() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    let (_, id) = made(&one.workspace, Role::Viewer).await;
    one.workspace.revoke_api_token(id).await.unwrap();
    let log = one.log().await;
    for action in ["CreateApiToken", "RevokeApiToken"] {
        let entry = log.iter().find(|event| event.action == action).unwrap();
        assert_eq!((entry.object, entry.decision), (AuditObject::ApiToken(id), Decision::Allowed));
    }
}
