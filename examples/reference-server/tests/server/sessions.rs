//! The page and the API of sessions and API tokens.

use axum::http::{Method, StatusCode, header};
use prodops::core::session::OpaqueToken;
use prodops::core::tenancy::Role;

use crate::site::{Site, from_here};

#[tokio::test]
async fn people_see_their_sessions_and_end_one_or_all_others() {
    let site = Site::new().await;
    let (other, third) = (site.sign_in().await, site.sign_in().await);
    let page = site.get(&site.one.session, "/sessions").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.body.matches(">this one<").count(), 1);
    let listed = site.get(&site.one.session, "/api/v1/sessions").await.json();
    let rows = listed.as_array().unwrap().clone();
    assert_eq!(rows.len(), 3);
    assert!(rows[0]["current"] == true && rows[1]["current"] == false);

    let id = site.app.engine.session(&other).await.unwrap().unwrap().id();
    let ended = site.post(&site.one.session, "/sessions/end", &format!("id={id}")).await;
    assert_eq!(
        (ended.status, ended.headers[header::LOCATION].to_str().unwrap()),
        (StatusCode::SEE_OTHER, "/sessions")
    );
    assert_eq!(site.get(&other, "/api/v1/sessions").await.status, StatusCode::UNAUTHORIZED);
    let page = site.post(&site.one.session, "/sessions/end-others", "").await;
    assert!(page.body.contains("One other session was ended."), "{}", page.body);
    assert_eq!(site.get(&third, "/api/v1/sessions").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn nobody_ends_somebody_elses_session() {
    let site = Site::new().await;
    let theirs = site.app.engine.session(&site.two.session).await.unwrap().unwrap().id();
    let me = Some(&site.one.session);
    let foreign = site.send(me, Method::DELETE, &format!("/api/v1/sessions/{theirs}"), None).await;
    let absent = "/api/v1/sessions/00000000-0000-0000-0000-000000000001";
    let absent = site.send(me, Method::DELETE, absent, None).await;
    assert_eq!((foreign.status, &foreign.body), (StatusCode::NOT_FOUND, &absent.body));
    assert_eq!(site.get(&site.two.session, "/api/v1/sessions").await.status, StatusCode::OK);
    let own = site.app.engine.session(&site.one.session).await.unwrap().unwrap().id();
    let ended = site.send(me, Method::DELETE, &format!("/api/v1/sessions/{own}"), None).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    assert_eq!(site.get(&site.one.session, "/api/v1/sessions").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_api_token_is_shown_once_works_on_the_api_and_dies_when_revoked() {
    let site = Site::new().await;
    let form = "workspace=one&name=%3Cnightly%3E&cap=member&days=30";
    let made = site.post(&site.one.session, "/api-tokens/create", form).await;
    assert_eq!(made.status, StatusCode::OK);
    let start = made.body.find("pdt_").expect("the token");
    let token = made.body[start..start + 68].to_owned();
    assert!(made.body.contains("&#60;nightly&#62;") && !made.body.contains("<nightly>"), "{}", made.body);
    let page = site.get(&site.one.session, "/sessions").await;
    assert!(!page.body.contains("pdt_") && page.body.contains("nightly"));

    assert_eq!(
        site.bear(&token, Method::GET, "/api/v1/workspaces/one/connections").await.status,
        StatusCode::OK
    );
    let denied = site.bear(&token, Method::GET, "/api/v1/workspaces/one/audit").await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN, "above its cap");
    for foreign in ["/api/v1/workspaces/two/connections", "/api/v1/workspaces/three/connections"] {
        assert_eq!(site.bear(&token, Method::GET, foreign).await.status, StatusCode::NOT_FOUND);
    }
    for people_only in ["/w/one", "/sessions", "/api/v1/sessions", "/w/one/events"] {
        assert_eq!(
            site.bear(&token, Method::GET, people_only).await.status,
            StatusCode::FORBIDDEN,
            "{people_only}"
        );
    }
    // No browser sends such a header by itself: nothing else is asked of it.
    let sync = format!("/api/v1/workspaces/one/connections/{}/sync", site.one.connection);
    assert_eq!(site.bear(&token, Method::POST, &sync).await.status, StatusCode::ACCEPTED);

    let rows = site.get(&site.one.session, "/api/v1/workspaces/one/api-tokens").await.json();
    let row = rows.as_array().unwrap().iter().find(|row| row["name"] == "<nightly>").unwrap();
    assert_eq!((row["cap"].as_str(), row["last_used"].as_str()), (Some("member"), Some(crate::site::NOW)));
    let form = format!("workspace=one&id={}", row["id"].as_str().unwrap());
    assert_eq!(site.post(&site.one.session, "/api-tokens/revoke", &form).await.status, StatusCode::SEE_OTHER);
    let dead = site.bear(&token, Method::GET, "/api/v1/workspaces").await;
    assert_eq!(
        (dead.status, &dead.headers[header::WWW_AUTHENTICATE]),
        (StatusCode::UNAUTHORIZED, &"Bearer".parse().unwrap())
    );
}

#[tokio::test]
async fn the_api_makes_tokens_for_people_only() {
    let site = Site::new().await;
    let path = "/api/v1/workspaces/one/api-tokens";
    let wanted = r#"{"name":"ci","cap":"owner","days":366}"#;
    let made = site.send(Some(&site.one.session), Method::POST, path, Some(wanted)).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let token = made.json()["value"].as_str().unwrap().to_owned();
    assert_eq!(
        site.bear(&token, Method::POST, path).await.status,
        StatusCode::FORBIDDEN,
        "a token makes no token"
    );
    for bad in [
        r#"{"name":"ci","cap":"owner","days":367}"#,
        r#"{"name":"ci","cap":"owner","days":0}"#,
        r#"{"name":"ci","cap":"root","days":1}"#,
        r#"{"name":"","cap":"owner","days":1}"#,
        r#"{"name":"ci","cap":"owner","days":9223372036854775807}"#,
        r#"{"name":"ci","cap":"owner"}"#,
    ] {
        let refused = site.send(Some(&site.one.session), Method::POST, path, Some(bad)).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{bad}: {}", refused.body);
    }
    let member = site.member(Role::Member).await;
    let above = site.send(Some(&member), Method::POST, path, Some(wanted)).await;
    assert_eq!(above.status, StatusCode::FORBIDDEN);
    let both = from_here(Method::GET, "/api/v1/workspaces")
        .header(header::COOKIE, site.cookie(&site.one.session).await)
        .header(header::AUTHORIZATION, format!("Bearer {token}"));
    let both = site.raw(both.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!(both.status, StatusCode::BAD_REQUEST);
    assert!(both.body.contains("not both"), "{}", both.body);
}

#[tokio::test]
async fn admins_end_every_members_sessions_here() {
    let site = Site::new().await;
    let member = site.member(Role::Member).await;
    assert_eq!(site.get(&member, "/w/one").await.status, StatusCode::OK);
    let page = site.post(&site.one.session, "/sessions/end-members", "workspace=one").await;
    assert!(page.body.contains("shut out of one, yours included"), "{}", page.body);
    for session in [&member, &site.one.session] {
        assert_eq!(site.get(session, "/w/one").await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(site.get(&site.two.session, "/w/two").await.status, StatusCode::OK);
    let again: OpaqueToken = site.sign_in().await;
    assert_eq!(site.get(&again, "/w/one").await.status, StatusCode::OK);
}

#[tokio::test]
async fn viewers_have_no_tokens_and_leave_no_trace_by_looking() {
    let site = Site::new().await;
    let viewer = site.member(Role::Viewer).await;
    let trail = "/api/v1/workspaces/one/audit?limit=1000";
    let before = site.get(&site.one.session, trail).await.json()["items"].as_array().unwrap().len();
    let page = site.get(&viewer, "/sessions").await;
    assert!(page.status == StatusCode::OK && !page.body.contains("Your API tokens"), "{}", page.body);
    let after = site.get(&site.one.session, trail).await.json()["items"].as_array().unwrap().len();
    assert_eq!(after, before + 1, "only the look at the log");
}
