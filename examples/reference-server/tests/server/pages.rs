//! The pages as a browser gets them.

use axum::http::{Method, StatusCode, header};

use crate::site::Site;

#[tokio::test]
async fn the_only_workspace_is_shown_at_once() {
    let site = Site::new().await;
    let home = site.get(&site.one.session, "/").await;
    assert_eq!(home.status, StatusCode::SEE_OTHER);
    assert_eq!(home.headers[header::LOCATION], "/w/one");
}

#[tokio::test]
async fn the_overview_shows_numbers_and_what_to_connect() {
    let site = Site::new().await;
    let page = site.get(&site.one.session, "/w/one?window=all").await;
    assert_eq!(page.status, StatusCode::OK);
    for text in ["alpha", "Commits", "unknown", "Connect a code host", "Definition", "6"] {
        assert!(page.body.contains(text), "{text}");
    }
    assert!(!page.body.contains("beta"), "the other workspace's repository");
    assert!(
        !page.body.contains(" style=") && !page.body.contains("<style") && !page.body.contains("onclick")
    );
}

#[tokio::test]
async fn the_investment_leads_to_the_commits_behind_each_share() {
    let site = Site::new().await;
    let page = site.get(&site.one.session, "/w/one/investment?window=all").await;
    assert_eq!(page.status, StatusCode::OK);
    for text in
        ["Person-days", "of effort classified", "/w/one/investment/feature?window=all", "Unclassified"]
    {
        assert!(page.body.contains(text), "{text}");
    }
    let list = site.get(&site.one.session, "/w/one/investment/feature?window=all").await;
    assert!(
        list.body.contains("5 commits, newest first") && list.body.contains("the author"),
        "{}",
        list.body
    );
    let json =
        site.get(&site.one.session, "/api/v1/workspaces/one/investment/feature?window=all").await.json();
    let shown = |id: &serde_json::Value| list.body.contains(&id.as_str().unwrap()[..10]);
    let items = json["items"].as_array().unwrap();
    assert!(
        items.len() == 5 && items.iter().all(|commit| commit["label"] == "feature" && shown(&commit["id"]))
    );
    let skipped = site.get(&site.one.session, "/w/one/investment/feature?window=all&skip=99999999999").await;
    assert!(skipped.body.contains("No commit of this kind"));
    for unknown in ["/w/one/investment/nonsense", "/api/v1/workspaces/one/investment/nonsense"] {
        assert_eq!(site.get(&site.one.session, unknown).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_repository_has_a_page_and_every_number_a_definition() {
    let site = Site::new().await;
    let path = format!("/w/one/repositories/{}", site.one.repository);
    let page = site.get(&site.one.session, &path).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("trunk") && page.body.contains("SHA-1"));
    let definitions = site.get(&site.one.session, "/w/one/definitions").await;
    for definition in prodops::metrics::DEFINITIONS {
        assert!(definitions.body.contains(definition.name), "{}", definition.id);
    }
}

#[tokio::test]
async fn without_a_reading_the_events_end_at_once() {
    let site = Site::new().await;
    let events = site.get(&site.one.session, "/w/one/events").await;
    assert_eq!(events.content_type(), "text/event-stream");
    assert!(events.body.contains("event: done"), "{}", events.body);
}

#[tokio::test]
async fn strangers_and_wrong_addresses_get_a_calm_page() {
    let site = Site::new().await;
    let lost = site.get(&site.one.session, "/w/two").await;
    assert_eq!((lost.status, lost.content_type()), (StatusCode::NOT_FOUND, "text/html; charset=utf-8"));
    let stranger = site.send(None, Method::GET, "/w/one", None).await;
    assert_eq!(
        (stranger.status, stranger.content_type()),
        (StatusCode::UNAUTHORIZED, "text/html; charset=utf-8")
    );
    let nowhere = site.send(None, Method::GET, "/nowhere", None).await;
    assert_eq!((nowhere.status, nowhere.content_type()), (StatusCode::NOT_FOUND, "text/html; charset=utf-8"));
}
