//! Connecting, reading and cutting connections.

use prodops::connectors::contract::Silent;
use prodops::core::audit::Decision;
use prodops::core::input::ConnectorId;
use prodops::engine::{EngineError, ReportQuery};
use prodops::metrics::{Window, time_zone};
use prodops::store::contract::{ConnectionState, SyncOutcome};

use crate::place::{NOW, Place, Tenant, git, target, tenant};
use crate::repository::{Repository, history};

async fn nothing_is_stored(tenant: &Tenant) {
    assert_eq!(tenant.workspace.connections().await.unwrap(), []);
    assert!(
        tenant
            .log()
            .await
            .iter()
            .all(|event| event.action == "ReadAudit" || event.decision == Decision::Failed)
    );
}

#[tokio::test]
async fn what_is_no_repository_and_what_lies_outside_get_the_same_clear_line() {
    let place = Place::new();
    let one = tenant(&place.engine().await, "one").await;
    let folder = place.roots().join("just-a-folder");
    std::fs::create_dir(&folder).unwrap();
    let outside = Repository::with(&place.path("elsewhere"), &history(3));
    let climbing = place.roots().join("../elsewhere");
    for path in [&folder, &place.roots().join("absent"), outside.path(), &climbing] {
        let refused = one.workspace.connect(&git(), &target(path)).await.unwrap_err();
        let expected = format!("there is no git repository at `{}`", path.display());
        assert_eq!(refused.to_string(), expected);
        assert!(matches!(refused, EngineError::Connector(_)));
    }
    nothing_is_stored(&one).await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_out_of_the_allowed_folders_leads_nowhere() {
    let place = Place::new();
    let one = tenant(&place.engine().await, "one").await;
    let outside = Repository::with(&place.path("elsewhere"), &history(3));
    let link = place.roots().join("link");
    std::os::unix::fs::symlink(outside.path(), &link).unwrap();
    assert!(one.workspace.connect(&git(), &target(&link)).await.is_err());
    nothing_is_stored(&one).await;
}

#[tokio::test]
async fn an_unknown_connector_is_answered_with_those_there_are() {
    let place = Place::new();
    let one = tenant(&place.engine().await, "one").await;
    let repository = place.repository("api", &history(3));
    let unknown = ConnectorId::new("subversion").unwrap();
    let refused = one.workspace.connect(&unknown, &target(repository.path())).await.unwrap_err();
    assert_eq!(refused.to_string(), "unknown connector: this deployment offers git");
    nothing_is_stored(&one).await;
}

#[tokio::test]
async fn a_cut_connection_is_not_read_and_its_history_stays() {
    let place = Place::new();
    let one = tenant(&place.engine().await, "one").await;
    let connection = one.read(&place.repository("api", &history(40))).await;
    let repositories = one.workspace.repositories().await.unwrap();
    let id = repositories[0].id;
    let before = (one.report().await, one.workspace.commits(id, None, 100).await.unwrap());

    let cut = one.workspace.disconnect(connection).await.unwrap();
    assert_eq!(cut.state, ConnectionState::Disconnected);
    assert_eq!(one.workspace.disconnect(connection).await.unwrap(), cut, "twice is once");
    assert!(matches!(one.sync(connection).await, Err(EngineError::Disconnected)));
    assert!(matches!(one.workspace.begin_sync(connection).await, Err(EngineError::Disconnected)));

    assert_eq!(one.workspace.connections().await.unwrap(), [cut]);
    assert_eq!(one.workspace.repositories().await.unwrap(), repositories);
    assert_eq!((one.report().await, one.workspace.commits(id, None, 100).await.unwrap()), before);
}

#[tokio::test]
async fn a_sync_that_has_begun_can_store_nothing_after_the_cut() {
    let place = Place::new();
    let one = tenant(&place.engine().await, "one").await;
    let repository = place.repository("api", &history(20));
    let record = one.workspace.connect(&git(), &target(repository.path())).await.unwrap();
    let run = one.workspace.begin_sync(record.id).await.unwrap();
    one.workspace.disconnect(record.id).await.unwrap();
    assert!(run.run(&Silent, &Default::default()).await.is_err());
    assert_eq!(one.workspace.repositories().await.unwrap(), []);
}

#[tokio::test]
async fn one_sync_at_a_time_and_a_lost_one_frees_the_connection_after_a_minute() {
    let place = Place::new();
    let one = tenant(&place.engine().await, "one").await;
    let repository = place.repository("api", &history(20));
    let record = one.workspace.connect(&git(), &target(repository.path())).await.unwrap();
    let first = one.workspace.begin_sync(record.id).await.unwrap();
    assert!(matches!(one.sync(record.id).await, Err(EngineError::Busy)));
    assert!(matches!(one.workspace.begin_sync(record.id).await, Err(EngineError::Busy)));
    assert_eq!(first.run(&Silent, &Default::default()).await.unwrap().commits, 20);

    let lost = one.workspace.begin_sync(record.id).await.unwrap();
    place.advance_seconds(59);
    assert!(matches!(one.sync(record.id).await, Err(EngineError::Busy)));
    place.advance_seconds(1);
    assert_eq!(one.sync(record.id).await.unwrap().commits, 0);
    // The lost one comes back too late: another hold followed its own.
    assert!(lost.run(&Silent, &Default::default()).await.is_err());
}

#[tokio::test]
async fn a_repository_that_is_gone_is_said_to_be_and_the_old_report_stays() {
    let place = Place::new();
    let one = tenant(&place.engine().await, "one").await;
    let repository = place.repository("api", &history(40));
    let connection = one.read(&repository).await;
    // A window that ends with the last read: what was known of it stays known.
    let (from, now) = ("2025-03-01T00:00:00Z".parse().unwrap(), NOW.parse().unwrap());
    let window = Window::between(from, now, time_zone("UTC").unwrap()).unwrap();
    let query = ReportQuery { repository: None, window };
    let before = one.workspace.report(&query).await.unwrap();
    assert_eq!((before.as_of, before.result("commits").unwrap().n), (now, 30));

    std::fs::remove_dir_all(repository.path()).unwrap();
    place.advance_days(2);
    let refused = one.sync(connection).await.unwrap_err();
    assert_eq!(refused.to_string(), "the repository is gone");

    let after = one.workspace.report(&query).await.unwrap();
    assert_eq!(after.as_of, before.as_of, "the report says how old it is");
    assert_eq!(after.results, before.results);
    let row = &one.workspace.connections().await.unwrap()[0];
    assert_eq!(row.last_sync.unwrap().outcome, SyncOutcome::Failed);
    assert_eq!(row.state, ConnectionState::Active);
}

#[tokio::test]
async fn a_rewritten_history_replaces_the_old_one() {
    let place = Place::new();
    let one = tenant(&place.engine().await, "one").await;
    let repository = place.repository("api", &history(40));
    let connection = one.read(&repository).await;
    let mut other = history(25);
    other[3].message.push_str(" Told otherwise.");
    repository.import(&other);
    let summary = one.sync(connection).await.unwrap();
    assert_eq!((summary.commits, summary.pruned), (25, 37), "three commits are in both histories");
    let id = one.workspace.repositories().await.unwrap()[0].id;
    let stored = one.workspace.commits(id, None, 100).await.unwrap().items;
    let mut expected: Vec<String> =
        repository.git(&["rev-list", "main"], b"").lines().map(str::to_owned).collect();
    expected.sort();
    assert_eq!(stored.iter().map(|commit| commit.id.to_string()).collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn a_cancelled_sync_goes_on_later() {
    let place = Place::new();
    let one = tenant(&place.engine().await, "one").await;
    let repository = place.repository("api", &history(30));
    let record = one.workspace.connect(&git(), &target(repository.path())).await.unwrap();
    let cancel = tokio_util::sync::CancellationToken::new();
    cancel.cancel();
    assert!(one.workspace.sync(record.id, &Silent, &cancel).await.is_err());
    let row = &one.workspace.connections().await.unwrap()[0];
    assert_eq!(row.last_sync.unwrap().outcome, SyncOutcome::Cancelled);
    assert_eq!(one.sync(record.id).await.unwrap().commits, 30);
}
