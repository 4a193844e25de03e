//! Section 5: one workspace knows nothing of another, and nobody chooses theirs by asking.

use std::sync::Arc;

use prodops::core::environment::Environment;
use prodops::core::filter::Filter;
use prodops::core::id::ConnectionId;
use prodops::core::input::{StreamName, WorkspaceName};
use prodops::core::tenancy::{MembershipRecord, MembershipState, Role};
use prodops::core::time::Timestamp;
use prodops::engine::EngineError;
use prodops::policy::{Disconnect, IntegrationFacts, Moment, Policy, ReadRepository, RepositoryFacts};
use prodops::store::embedded::Embedded;
use prodops::store::testing::{Fixture, KeysOnDemand};
use prodops::store::{StoreError, authority_source};

use crate::place::{Place, Tenant, enter, session, slug, store, tenant};
use crate::repository::history;

/// All that the owner of a workspace can see, but for the log of their looking.
async fn seen(tenant: &Tenant) -> String {
    let mut text = format!("{:?}", tenant.workspace.connections().await.unwrap());
    for repository in tenant.workspace.repositories().await.unwrap() {
        let commits = tenant.workspace.commits(repository.id, None, 5_000).await.unwrap();
        let coverage = tenant.workspace.coverage(repository.id).await.unwrap();
        text.push_str(&format!("{repository:?} {commits:?} {coverage:?}"));
    }
    format!("{text} {:?}", tenant.report().await)
}

#[tokio::test]
async fn p5_1_whatever_one_workspace_does_the_other_stays_as_it_was() {
    let place = Place::new();
    let engine = place.engine().await;
    let repository = place.repository("shared", &history(40));
    let (one, two) = (tenant(&engine, "one").await, tenant(&engine, "two").await);
    one.read(&repository).await;
    let before = (seen(&one).await, one.log().await.len());
    // Read the same, read it rewritten, cut it, let somebody in: all through the other workspace.
    let connection = two.read(&repository).await;
    repository.import(&history(25));
    two.sync(connection).await.unwrap();
    two.joined_by(&engine, Role::Admin).await;
    two.workspace.disconnect(connection).await.unwrap();
    assert_eq!(seen(&one).await, before.0);
    assert_eq!(one.log().await.len(), before.1 + 1, "only the look itself");
    let theirs = seen(&two).await;
    for repository in one.workspace.repositories().await.unwrap() {
        assert!(!theirs.contains(&repository.id.to_string()));
        assert!(!theirs.contains(&repository.connection.to_string()));
    }
}

#[tokio::test]
async fn p5_1_each_of_the_two_locks_holds_alone() {
    let place = Place::new();
    let file = place.path("store.redb");
    let engine = place.engine_on(&file).await;
    let (one, two) = (tenant(&engine, "one").await, tenant(&engine, "two").await);
    let connection = one.read(&place.repository("api", &history(30))).await;
    let repository = one.workspace.repositories().await.unwrap()[0].id;
    let (victim, stranger) = (one.owner, two.owner);
    drop((one, two, engine));

    let fixture = Fixture::new(Arc::new(store(&file, &place.roots()).await), 1);
    let mine = fixture.enter(stranger, &slug("two")).await;
    let theirs = fixture.enter(victim, &slug("one")).await;
    // The first: the store, asked past the engine and every policy, has the rows for their owner only.
    let (open, shut) = (fixture.store.workspace(&theirs).unwrap(), fixture.store.workspace(&mine).unwrap());
    let stream = StreamName::new("commits").unwrap();
    assert!(open.connection(connection).await.unwrap().is_some());
    assert!(shut.connection(connection).await.unwrap().is_none());
    assert!(open.repository(repository).await.unwrap().is_some());
    assert!(shut.repository(repository).await.unwrap().is_none());
    assert!(open.cursor(connection, &stream).await.unwrap().is_some());
    assert!(shut.cursor(connection, &stream).await.unwrap().is_none());
    assert_eq!(open.commits(repository, None, 100).await.unwrap().items.len(), 30);
    assert_eq!(shut.commits(repository, None, 100).await.unwrap().items, []);
    assert!(!open.people().await.unwrap().is_empty() && shut.people().await.unwrap().is_empty());
    assert!(!open.coverage(repository).await.unwrap().is_empty());
    assert!(shut.coverage(repository).await.unwrap().is_empty());
    assert_eq!(open.repositories(&Filter::all()).await.unwrap().len(), 1);
    assert_eq!(shut.repositories(&Filter::all()).await.unwrap(), []);
    assert_eq!(shut.connections(&Filter::all()).await.unwrap(), []);
    assert!(matches!(
        shut.retain_commits(connection, repository, 1, &Default::default()).await,
        Err(StoreError::Invalid { .. })
    ));
    // The second: the policies, told the truth about a row, refuse even an owner of another workspace.
    let policy = Policy::shipped().unwrap();
    let moment = Moment::at(Timestamp::UNIX_EPOCH);
    let row = IntegrationFacts { workspace: theirs.workspace(), id: connection };
    assert!(policy.authorize::<Disconnect>(&theirs, &row, &moment).is_ok());
    assert!(policy.authorize::<Disconnect>(&mine, &row, &moment).is_err());
    let row = RepositoryFacts { workspace: theirs.workspace(), id: repository, integration: connection };
    assert!(policy.authorize::<ReadRepository>(&theirs, &row, &moment).is_ok());
    assert!(policy.authorize::<ReadRepository>(&mine, &row, &moment).is_err());
    // A scope of another authority opens nothing at all, for whichever workspace it was made.
    let other = Fixture::new(
        Arc::new(Embedded::memory(Environment::Test, KeysOnDemand::new(Environment::Test).await).unwrap()),
        2,
    );
    assert!(matches!(other.store.workspace(&theirs), Err(StoreError::ScopeViolation)));
}

#[tokio::test]
async fn p5_2_a_slug_opens_what_the_caller_is_a_member_of_and_nothing_else() {
    let place = Place::new();
    let engine = place.engine().await;
    let (one, two) = (tenant(&engine, "one").await, tenant(&engine, "two").await);
    let connection = one.read(&place.repository("api", &history(12))).await;
    let own = session(&engine, two.owner).await;
    for forged in ["one", "absent", "one-", "two-one"]
        .iter()
        .filter_map(|text| prodops::core::input::WorkspaceSlug::new(text).ok())
    {
        let refused = engine.enter(&own, &forged).await.unwrap_err();
        assert_eq!(format!("{refused:?}"), format!("{:?}", EngineError::NotFound), "{forged}");
    }
    // The right slug leads to the caller's own workspace, and a foreign id in it to nothing.
    let entered = engine.enter(&own, &slug("two")).await.unwrap();
    assert_eq!(entered.record().id, two.workspace.record().id);
    assert!(matches!(entered.disconnect(connection).await, Err(EngineError::NotFound)));
    assert!(matches!(
        entered.disconnect(ConnectionId::from_bytes([1; 16])).await,
        Err(EngineError::NotFound)
    ));
    // Nobody takes a slug that is taken, and with it the place of those who go there.
    let name = WorkspaceName::new("Another one").unwrap();
    assert!(engine.provision_workspace_for(&slug("one"), &name, two.owner).await.is_err());
    assert!(matches!(engine.enter(&own, &slug("one")).await, Err(EngineError::NotFound)));
}

#[tokio::test]
async fn p5_2_a_membership_without_force_opens_nothing() {
    let place = Place::new();
    let file = place.path("store.redb");
    let engine = place.engine_on(&file).await;
    let one = tenant(&engine, "one").await;
    let (user, _) = one.joined_by(&engine, Role::Admin).await;
    drop((one, engine));

    let backend: Arc<dyn prodops::store::backend::Backend> = Arc::new(store(&file, &place.roots()).await);
    let rows = authority_source(&backend).memberships(user).await.unwrap();
    let membership = rows.into_iter().next().unwrap().membership;
    let fixture = Fixture::new(backend, 1);
    let suspended = MembershipRecord { state: MembershipState::Suspended, ..membership };
    fixture.identity().put_membership(&suspended).await.unwrap();
    drop(fixture);

    let engine = place.engine_on(&file).await;
    assert!(matches!(enter(&engine, user, "one").await, Err(EngineError::NotFound)));
    assert_eq!(engine.workspaces(&session(&engine, user).await).await.unwrap(), []);
}
