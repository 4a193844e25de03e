//! Section 10, as far as it is about keeping.

use prodops::core::fact::{CommitFact, CoverageFact};
use prodops::engine::{EngineError, Workspace};
use prodops::store::contract::AuditQuery;

use crate::place::{Place, all_history, enter, session, tenant};
use crate::repository::history;

async fn kept(workspace: &Workspace) -> (Vec<CommitFact>, Vec<CoverageFact>) {
    let id = workspace.repositories().await.unwrap()[0].id;
    let commits = workspace.commits(id, None, 5_000).await.unwrap().items;
    (commits, workspace.coverage(id).await.unwrap())
}

#[tokio::test]
async fn p10_1_nothing_expires_while_the_years_go_by() {
    let place = Place::new();
    let repository = place.repository("api", &history(60));
    let file = place.path("store.redb");
    let engine = place.engine_on(&file).await;
    let one = tenant(&engine, "one").await;
    let (owner, connection) = (one.owner, one.read(&repository).await);
    let link = engine.sign_in_link(owner, 60).await.unwrap();
    let token = engine.redeem_sign_in_link(&link).await.unwrap().unwrap();
    let before = kept(&one.workspace).await;
    let commits = one.report().await.result("commits").unwrap().n;
    let log = one.log().await;
    assert_eq!(before.0.len(), 60);
    drop((one, engine));

    for year in 1..=12 {
        place.advance_days(365);
        let engine = place.engine_on(&file).await;
        assert!(engine.session(&token).await.unwrap().is_none(), "the clock has moved: sessions are over");
        let workspace = enter(&engine, owner, "one").await.unwrap();
        assert_eq!(kept(&workspace).await, before, "year {year}");
        let report = workspace.report(&all_history(None)).await.unwrap();
        assert_eq!(report.result("commits").unwrap().n, commits, "year {year}");
        let entries = workspace.audit(&AuditQuery::default(), None, 5_000).await.unwrap().items;
        assert!(
            log.iter().all(|event| entries.iter().any(|entry| entry.event == *event)),
            "the log of year 0 is there in year {year}"
        );
        assert_eq!(workspace.connections().await.unwrap()[0].id, connection);
    }
    // A sync after all those years adds to what is there.
    let engine = place.engine_on(&file).await;
    let workspace = engine.enter(&session(&engine, owner).await, &crate::place::slug("one")).await.unwrap();
    let silent = prodops::connectors::contract::Silent;
    assert_eq!(workspace.sync(connection, &silent, &Default::default()).await.unwrap().pruned, 0);
    assert_eq!(kept(&workspace).await.0, before.0);
    let cut = workspace.disconnect(connection).await.unwrap();
    assert!(matches!(
        workspace.sync(cut.id, &silent, &Default::default()).await,
        Err(EngineError::Disconnected)
    ));
    place.advance_days(365 * 3);
    assert_eq!(kept(&workspace).await.0, before.0, "what a cut connection brought stays too");
}
