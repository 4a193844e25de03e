//! What each role may do, asked through the engine.

use prodops::connectors::contract::Silent;
use prodops::core::id::{ApiTokenId, UserId};
use prodops::core::input::ApiTokenName;
use prodops::core::tenancy::{Grant, MembershipState, Role};
use prodops::core::time::Timestamp;
use prodops::engine::{ApiTokenRequest, EngineError, Workspace};
use prodops::store::StoreError;
use prodops::store::contract::AuditQuery;

use crate::place::{NOW, Place, Tenant, all_history, enter, git, stranger, target, tenant};
use crate::repository::{Repository, history};

/// Every call with the least role that may make it.
const LEAST: &[(&str, Role)] = &[
    ("report", Role::Viewer),
    ("repositories", Role::Viewer),
    ("repository", Role::Viewer),
    ("commits", Role::Viewer),
    ("coverage", Role::Viewer),
    ("connections", Role::Member),
    ("begin_sync", Role::Member),
    ("sync", Role::Member),
    ("create_api_token", Role::Member),
    ("api_tokens", Role::Member),
    ("revoke_api_token", Role::Member),
    ("connect", Role::Admin),
    ("disconnect", Role::Admin),
    ("audit", Role::Admin),
    ("audit_person", Role::Admin),
    ("permit_counts", Role::Admin),
    ("add_member", Role::Admin),
    ("change_role", Role::Admin),
    ("set_member_state", Role::Admin),
    ("end_member_sessions", Role::Admin),
];

/// What roles beside the ladder may do besides.
const BESIDE: &[(&str, &[Role])] = &[
    ("repositories", &[Role::Support]),
    ("connections", &[Role::Auditor, Role::Support]),
    ("begin_sync", &[Role::Support]),
    ("sync", &[Role::Support]),
    ("audit", &[Role::Auditor]),
    ("audit_person", &[Role::Auditor]),
    ("permit_counts", &[Role::Auditor]),
];

/// Calls that name a repository.
const OF_A_REPOSITORY: [&str; 3] = ["repository", "commits", "coverage"];

async fn call(
    method: &str,
    caller: &Workspace,
    owner: &Tenant,
    repository: &Repository,
    newcomer: UserId,
) -> Result<(), EngineError> {
    let id = owner.workspace.repositories().await.unwrap()[0].id;
    let fresh = || async { owner.workspace.connect(&git(), &target(repository.path())).await.unwrap().id };
    match method {
        "report" => caller.report(&all_history(None)).await.map(drop),
        "repositories" => caller.repositories().await.map(drop),
        "repository" => caller.repository(id).await.map(drop),
        "commits" => caller.commits(id, None, 10).await.map(drop),
        "coverage" => caller.coverage(id).await.map(drop),
        "connections" => caller.connections().await.map(drop),
        "begin_sync" => caller.begin_sync(fresh().await).await.map(drop),
        "sync" => caller.sync(fresh().await, &Silent, &Default::default()).await.map(drop),
        "connect" => caller.connect(&git(), &target(repository.path())).await.map(drop),
        "disconnect" => caller.disconnect(fresh().await).await.map(drop),
        "audit" => caller.audit(&AuditQuery::default(), None, 10).await.map(drop),
        "audit_person" => {
            let log = owner.workspace.audit(&AuditQuery::default(), None, 1).await.unwrap();
            caller.audit_person(&log.items[0].event).await.map(drop)
        }
        "permit_counts" => caller.permit_counts(Timestamp::UNIX_EPOCH, NOW.parse().unwrap()).await.map(drop),
        "add_member" => caller.add_member(newcomer, Role::Viewer).await.map(drop),
        "create_api_token" => caller.create_api_token(&viewers_token()).await.map(drop),
        "api_tokens" => caller.api_tokens().await.map(drop),
        "revoke_api_token" => match caller.create_api_token(&viewers_token()).await {
            Ok((_, made)) => caller.revoke_api_token(made.id).await,
            Err(_) => caller.revoke_api_token(ApiTokenId::from_bytes([1; 16])).await,
        },
        // The first call of these in the table makes the newcomer a member.
        "change_role" => caller.change_role(newcomer, Role::Viewer).await,
        "set_member_state" => caller.set_member_state(newcomer, MembershipState::Active).await,
        "end_member_sessions" => caller.end_member_sessions().await,
        other => panic!("no case for `{other}`"),
    }
}

fn viewers_token() -> ApiTokenRequest {
    ApiTokenRequest {
        name: ApiTokenName::new("a script").unwrap(),
        cap: Role::Viewer,
        lifetime_seconds: 3600,
    }
}

#[tokio::test]
async fn each_role_may_do_what_the_policies_give_it_and_nothing_else() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    let repository = place.repository("api", &history(12));
    one.read(&repository).await;
    for role in Role::ALL {
        let caller = match role {
            Role::Owner => enter(&engine, one.owner, "one").await.unwrap(),
            other => one.joined_by(&engine, other).await.1,
        };
        assert_eq!(caller.role(), role);
        let newcomer = stranger(&engine, &format!("newcomer-{role}")).await;
        for (method, least) in LEAST {
            // What is connected is connected once: each call may connect it.
            for row in one.workspace.connections().await.unwrap() {
                one.workspace.disconnect(row.id).await.unwrap();
            }
            let before = one.workspace.connections().await.unwrap();
            let answer = call(method, &caller, &one, &repository, newcomer).await;
            let beside = BESIDE.iter().any(|(call, roles)| call == method && roles.contains(&role));
            if beside || role.includes(*least) {
                assert!(answer.is_ok(), "{role} {method}: {answer:?}");
            } else {
                let refused = match answer {
                    Err(EngineError::Denied) => true,
                    // Whoever may not read a repository may not learn that it exists.
                    Err(EngineError::NotFound) => OF_A_REPOSITORY.contains(method),
                    _ => false,
                };
                assert!(refused, "{role} {method}: {answer:?}");
                let after = one.workspace.connections().await.unwrap();
                assert!(before.iter().all(|row| after.contains(row)), "{role} {method} changed a connection");
                assert!(after.iter().all(|row| row.last_sync.is_none() || before.contains(row)));
            }
        }
    }
}

#[tokio::test]
async fn nobody_hands_out_more_than_they_have() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    let (_, admin) = one.joined_by(&engine, Role::Admin).await;
    let climber = stranger(&engine, "climber").await;
    assert!(matches!(admin.add_member(climber, Role::Owner).await, Err(EngineError::Denied)));
    assert!(matches!(enter(&engine, climber, "one").await, Err(EngineError::NotFound)), "nothing was kept");
    admin.add_member(climber, Role::Admin).await.unwrap();
    assert_eq!(enter(&engine, climber, "one").await.unwrap().role(), Role::Admin);
}

#[tokio::test]
async fn roles_that_stand_side_by_side_hand_each_other_nothing() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    let (_, admin) = one.joined_by(&engine, Role::Admin).await;
    let (manager, _) = one.joined_by(&engine, Role::Manager).await;
    let newcomer = stranger(&engine, "newcomer").await;
    for beside in [Role::Manager, Role::Auditor, Role::Billing] {
        assert!(matches!(admin.add_member(newcomer, beside).await, Err(EngineError::Denied)), "{beside}");
    }
    assert!(matches!(admin.change_role(manager, Role::Viewer).await, Err(EngineError::Denied)));
    assert!(matches!(admin.erase_member(manager).await, Err(EngineError::Denied)));
    one.workspace.change_role(manager, Role::Auditor).await.unwrap();
}

#[tokio::test]
async fn support_comes_in_for_a_time_and_is_nobody_afterwards() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    let helper = stranger(&engine, "helper").await;
    let now: Timestamp = NOW.parse().unwrap();
    for grant in [Role::Support.into(), Grant::until(Role::Support, now), Grant::until(Role::Viewer, now)] {
        let refused = one.workspace.add_member(helper, grant).await;
        assert!(matches!(refused, Err(EngineError::Input(_))), "{grant:?}: {refused:?}");
    }
    one.workspace.add_member(helper, Grant::until(Role::Support, now.plus_seconds(60))).await.unwrap();
    assert_eq!(enter(&engine, helper, "one").await.unwrap().role(), Role::Support);
    place.advance_seconds(60);
    assert!(matches!(enter(&engine, helper, "one").await, Err(EngineError::NotFound)));
    // The row is still there: another grant takes its place.
    one.workspace.change_role(helper, Grant::until(Role::Support, now.plus_seconds(120))).await.unwrap();
    assert!(enter(&engine, helper, "one").await.is_ok());
    assert!(matches!(one.workspace.change_role(helper, Role::Support).await, Err(EngineError::Input(_))));
}

#[tokio::test]
async fn a_member_is_added_once_and_keeps_their_role() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    let (viewer, _) = one.joined_by(&engine, Role::Viewer).await;
    for user in [viewer, one.owner] {
        let again = one.workspace.add_member(user, Role::Admin).await.unwrap_err();
        assert!(matches!(again, EngineError::Store(StoreError::AlreadyExists { .. })), "{again:?}");
    }
    assert_eq!(enter(&engine, viewer, "one").await.unwrap().role(), Role::Viewer);
    assert_eq!(enter(&engine, one.owner, "one").await.unwrap().role(), Role::Owner);
    let nobody = UserId::from_bytes([9; 16]);
    let unknown = one.workspace.add_member(nobody, Role::Viewer).await.unwrap_err();
    assert!(matches!(unknown, EngineError::Store(StoreError::Invalid { .. })), "{unknown:?}");
}
