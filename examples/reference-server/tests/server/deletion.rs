//! The deletion of a workspace through pages and API, and backups by hand.

use axum::http::{Method, StatusCode};
use prodops::core::tenancy::Role;

use crate::site::Site;

const API: &str = "/api/v1/workspaces/one/deletion";
const PAGE: &str = "/w/one/deletion";

#[tokio::test]
async fn an_owner_asks_on_the_page_by_typing_the_name_and_calls_it_off() {
    let site = Site::new().await;
    let owner = &site.one.session;
    let page = site.get(owner, PAGE).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("Type <code>one</code> to confirm"));
    let wrong = site.send(Some(owner), Method::POST, PAGE, Some("confirm=two")).await;
    assert!(wrong.body.contains("Nothing was changed"), "{}", wrong.body);
    assert_eq!(site.get(owner, API).await.status, StatusCode::NOT_FOUND);

    let asked = site.send(Some(owner), Method::POST, PAGE, Some("confirm=one")).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.body);
    let page = site.get(owner, PAGE).await;
    assert!(page.body.contains("is being deleted") && page.body.contains("Keep this workspace"));
    assert_eq!(site.get(owner, API).await.json()["state"], "pending");
    let kept = site.send(Some(owner), Method::POST, "/w/one/deletion/cancel", None).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER);
    assert_eq!(site.get(owner, API).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_owner_asks_through_the_api_and_others_may_not() {
    let site = Site::new().await;
    let owner = &site.one.session;
    let admin = site.member(Role::Admin).await;
    for method in [Method::GET, Method::POST, Method::DELETE] {
        let answer = site.send(Some(&admin), method.clone(), API, None).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{method}");
    }
    let menu = site.get(&admin, "/w/one").await.body;
    assert!(!menu.contains(PAGE), "no way is shown that leads nowhere");
    assert!(site.get(owner, "/w/one").await.body.contains(PAGE));
    let asked = site.send(Some(owner), Method::POST, API, None).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.body);
    let dates = asked.json();
    assert!(dates["requested"].as_str() < dates["grace_ends"].as_str());
    assert!(dates["purged_by"].as_str() < dates["gone_by"].as_str());
    let again = site.send(Some(owner), Method::POST, API, None).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.body);
    let closed = site.get(&admin, "/w/one").await;
    assert_eq!(closed.status, StatusCode::NOT_FOUND, "closed to everybody but owners");
    let kept = site.send(Some(owner), Method::DELETE, API, None).await;
    assert_eq!(kept.status, StatusCode::NO_CONTENT);
    assert_eq!(site.get(&admin, "/w/one").await.status, StatusCode::OK);
}
