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
async fn the_work_on_lines_leads_to_the_commits_behind_it() {
    let site = Site::new().await;
    let page = site.get(&site.one.session, "/w/one/work?window=all").await;
    assert_eq!(page.status, StatusCode::OK);
    for text in
        ["of lines are rework", "Own rework", "/w/one/work/rework_own?window=all", "Moved, not written"]
    {
        assert!(page.body.contains(text), "{text}");
    }
    let list = site.get(&site.one.session, "/w/one/work/new?window=all").await;
    let json = site.get(&site.one.session, "/api/v1/workspaces/one/work/new?window=all").await.json();
    let items = json["items"].as_array().unwrap();
    assert!(!items.is_empty(), "{json}");
    for item in items {
        assert!(item["lines"].as_u64().unwrap() > 0, "{item}");
        assert!(list.body.contains(&item["commit"]["id"].as_str().unwrap()[..10]), "{item}");
    }
    for unknown in ["/w/one/work/nonsense", "/api/v1/workspaces/one/work/nonsense"] {
        assert_eq!(site.get(&site.one.session, unknown).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn whose_lines_are_left_is_shown_by_folder_and_few_people_are_held_back() {
    let site = Site::new().await;
    let path = format!("/repositories/{}/ownership", site.one.repository);
    let page = site.get(&site.one.session, &format!("/w/one{path}")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("file0.rs") && page.body.contains("held back"), "{}", page.body);
    let json = site.get(&site.one.session, &format!("/api/v1/workspaces/one{path}")).await.json();
    let places = json["places"].as_array().unwrap();
    let named = |place: &serde_json::Value| place["place"]["file"] == "file0.rs" && place["lines"] == 4;
    assert!(places.iter().any(named), "{json}");
    assert_eq!((&json["unplaced"], places.len()), (&serde_json::json!(0), 4), "{json}");
    assert!(
        places.iter().all(|place| place["bus_factor"]["unknown"]["reason"] == "too_few_people"),
        "{json}"
    );
    // The same files hold nothing twice, which is known and told.
    let twice = format!("/repositories/{}/duplicates", site.one.repository);
    let page = site.get(&site.one.session, &format!("/w/one{twice}")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("Nothing is written twice") && page.body.contains("of code and tests"));
    let json = site.get(&site.one.session, &format!("/api/v1/workspaces/one{twice}")).await.json();
    assert_eq!(json["lines"]["definition"], "duplicated_lines@1", "{json}");
    assert_eq!((&json["blocks"], &json["lines"]["value"]["numerator"]), (&0.into(), &0.into()), "{json}");
    // Without the repository the numbers have no names.
    std::fs::rename(site.folder.path().join("alpha"), site.folder.path().join("gone")).unwrap();
    let page = site.get(&site.one.session, &format!("/w/one{path}")).await;
    assert!(page.body.contains("Names of files are not kept") && !page.body.contains("file0.rs"));
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
