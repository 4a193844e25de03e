//! The page of connections, and what the API says of them.

use axum::http::{Method, StatusCode, header};
use prodops::core::audit::Decision;
use prodops::core::tenancy::Role;
use prodops::store::contract::AuditQuery;

use crate::site::Site;

#[tokio::test]
async fn the_page_shows_what_is_read_when_and_has_it_read_at_once() {
    let site = Site::new().await;
    let page = site.get(&site.one.session, "/w/one/integrations").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    for text in ["/alpha", "read regularly", "never", "Read now", "href=\"/w/one/integrations\" aria-current"]
    {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    assert!(!page.body.contains("/beta"), "the other workspace's repository");
    site.app.engine.worker().round().await.unwrap();
    let page = site.get(&site.one.session, "/w/one/integrations").await;
    assert!(page.body.contains("just now") && page.body.contains("in 15\u{a0}min"), "{}", page.body);

    let read = format!("/w/one/integrations/{}/read", site.one.connection);
    let asked = site.post(&site.one.session, &read, "").await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.body);
    assert_eq!(asked.headers[header::LOCATION], "/w/one/integrations");
    let page = site.get(&site.one.session, "/w/one/integrations").await;
    assert!(page.body.contains(">now</time>"), "{}", page.body);
}

#[tokio::test]
async fn what_cannot_be_read_says_why_and_is_tried_again_by_somebody() {
    let site = Site::new().await;
    let (here, away) = (site.folder.path().join("alpha"), site.folder.path().join("away"));
    std::fs::rename(&here, &away).unwrap();
    site.app.engine.worker().round().await.unwrap();
    let page = site.get(&site.one.session, "/w/one/integrations").await;
    for text in
        ["failed, tried again", "It is not where it was", "Failed once", "<code>unusable</code>", "Try again"]
    {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    let list =
        site.send(Some(&site.one.session), Method::GET, "/api/v1/workspaces/one/connections", None).await;
    let connection = &list.json()[0];
    assert_eq!((&connection["failure"], &connection["failed_attempts"]), (&"unusable".into(), &1.into()));
    assert_eq!(connection["given_up"], false);
    assert!(connection["next_sync"].as_str().unwrap().starts_with("20"));

    std::fs::rename(&away, &here).unwrap();
    let sync = format!("/api/v1/workspaces/one/connections/{}/sync", site.one.connection);
    let asked = site.send(Some(&site.one.session), Method::POST, &sync, None).await;
    assert_eq!(asked.status, StatusCode::ACCEPTED);
    site.app.engine.worker().round().await.unwrap();
    let list =
        site.send(Some(&site.one.session), Method::GET, "/api/v1/workspaces/one/connections", None).await;
    assert_eq!((&list.json()[0]["failure"], &list.json()[0]["failed_attempts"]), (&().into(), &0.into()));
}

#[tokio::test]
async fn who_may_not_see_connections_finds_no_way_there_and_asks_in_vain() {
    let site = Site::new().await;
    let viewer = site.member(Role::Viewer).await;
    let overview = site.get(&viewer, "/w/one").await;
    assert!(!overview.body.contains("/w/one/integrations\""), "{}", overview.body);
    assert_eq!(site.get(&viewer, "/w/one/integrations").await.status, StatusCode::FORBIDDEN);
    let read = format!("/w/one/integrations/{}/read", site.one.connection);
    assert_eq!(site.post(&viewer, &read, "").await.status, StatusCode::FORBIDDEN);
    let foreign = format!("/w/one/integrations/{}/read", site.two.connection);
    assert_eq!(site.post(&site.one.session, &foreign, "").await.status, StatusCode::NOT_FOUND);
    let session = site.app.engine.session(&site.one.session).await.unwrap().unwrap();
    let slug = prodops::core::input::WorkspaceSlug::new("one").unwrap();
    let workspace = site.app.engine.enter(&session, &slug).await.unwrap();
    let log = workspace.audit(&AuditQuery::default(), None, 1_000).await.unwrap().items;
    let denied = log.iter().filter(|entry| entry.event.decision == Decision::Denied);
    let denied: Vec<_> = denied.map(|entry| entry.event.action.as_str()).collect();
    assert_eq!(denied, ["ListConnections", "RunSync"], "looking at the overview left no trace");
}

#[tokio::test]
async fn readiness_asks_for_a_worker() {
    let site = Site::new().await;
    let waiting = site.send(None, Method::GET, "/readyz", None).await;
    assert_eq!(waiting.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(waiting.body.contains("no worker has given a sign of life"), "{}", waiting.body);
    site.app.engine.worker().round().await.unwrap();
    let ready = site.send(None, Method::GET, "/readyz", None).await;
    assert_eq!((ready.status, ready.body.as_str()), (StatusCode::OK, "ready\n"));
}

#[tokio::test]
async fn an_ai_provider_is_chosen_with_a_budget_and_everybody_sees_it() {
    let site = Site::new().await;
    let (owner, page) = (&site.one.session, "/w/one/integrations");
    let shown = site.get(owner, page).await;
    for text in ["Labels by an AI provider", "Off: nothing is sent to anybody.", "training: never", "local"] {
        assert!(shown.body.contains(text), "{text}: {}", shown.body);
    }
    let form = "provider=local&percent=100&commits=50&cost=2.5";
    let estimate = site.post(owner, "/w/one/integrations/ai", &format!("task=estimate&{form}")).await;
    assert!(estimate.body.contains("Nothing was sent."), "{}", estimate.body);
    let chosen = site.post(owner, "/w/one/integrations/ai", &format!("task=choose&{form}")).await;
    assert_eq!(chosen.status, StatusCode::SEE_OTHER, "{}", chosen.body);
    let shown = site.get(owner, page).await;
    assert!(shown.body.contains("This month: 0 of 50 commits, 0.00 of 2.50 in money."), "{}", shown.body);
    let api = "/api/v1/workspaces/one/ai";
    let said = site.send(Some(owner), Method::GET, api, None).await.json();
    assert_eq!((&said["provider"], &said["monthly"]["cost"]), (&"local".into(), &2.5.into()));
    assert_eq!(said["providers"][0]["condition"], serde_json::Value::Null);
    let other = site.send(Some(&site.two.session), Method::GET, "/api/v1/workspaces/two/ai", None).await;
    assert_eq!(other.json()["provider"], serde_json::Value::Null, "each workspace chooses for itself");

    let viewer = site.member(Role::Viewer).await;
    assert_eq!(site.send(Some(&viewer), Method::GET, api, None).await.json()["provider"], "local");
    let off = Some(r#"{"provider":null,"monthly":{"commits":0,"cost":0}}"#);
    assert_eq!(site.send(Some(&viewer), Method::PUT, api, off).await.status, StatusCode::FORBIDDEN);
    let odd = Some(r#"{"provider":"nobody","monthly":{"commits":1,"cost":1}}"#);
    let odd = site.send(Some(owner), Method::PUT, api, odd).await;
    assert_eq!(odd.status, StatusCode::BAD_REQUEST);
    assert!(odd.body.contains("this deployment offers local"), "{}", odd.body);
    assert_eq!(site.send(Some(owner), Method::PUT, api, off).await.status, StatusCode::NO_CONTENT);
}
