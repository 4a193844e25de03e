//! What the API answers to those who may ask.

use axum::http::{Method, StatusCode};

use crate::site::Site;

#[tokio::test]
async fn a_report_counts_what_is_there_and_says_what_is_unknown() {
    let site = Site::new().await;
    let answer = site.get(&site.one.session, "/api/v1/workspaces/one/report?window=all").await;
    assert_eq!(answer.status, StatusCode::OK);
    let report = answer.json();
    let metric = |id: &str| {
        let all = report["metrics"].as_array().unwrap();
        all.iter().find(|metric| metric["definition"] == id).unwrap_or_else(|| panic!("{id}")).clone()
    };
    assert_eq!(metric("commits@1")["value"], 6);
    assert_eq!(metric("commits@1")["excluded"]["merge"], 1);
    assert_eq!(metric("active_people@1")["value"], 1);
    let unknown = metric("deployment_frequency@1");
    assert!(unknown["value"].is_null());
    assert_eq!(unknown["reading"]["unknown"]["reason"], "not_connected");
}

#[tokio::test]
async fn commits_come_in_pages_without_a_word_of_their_text() {
    let site = Site::new().await;
    let base = format!("/api/v1/workspaces/one/repositories/{}/commits", site.one.repository);
    let mut seen = Vec::new();
    let mut path = format!("{base}?limit=3");
    loop {
        let answer = site.get(&site.one.session, &path).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        for hidden in ["step", "file1", "author", "offset", "path"] {
            assert!(!answer.body.contains(hidden), "{hidden}: {}", answer.body);
        }
        let page = answer.json();
        seen.extend(
            page["items"].as_array().unwrap().iter().map(|commit| commit["id"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next"].as_str() else { break };
        path = format!("{base}?limit=3&after={next}");
    }
    let count = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!((seen.len(), count), (7, 7));
}

#[tokio::test]
async fn a_connection_is_made_read_and_cut() {
    let site = Site::new().await;
    let me = Some(&site.one.session);
    let path = site.folder.path().join("alpha");
    let wanted = serde_json::json!({ "connector": "git", "target": path.to_str().unwrap() }).to_string();
    let all = "/api/v1/workspaces/one/connections";
    let twice = site.send(me, Method::POST, all, Some(&wanted)).await;
    assert_eq!(twice.status, StatusCode::CONFLICT, "it is connected already: {}", twice.body);
    let present = site.send(me, Method::GET, all, None).await.json();
    for row in present.as_array().or_else(|| present["items"].as_array()).unwrap() {
        if row["target"].as_str() == path.to_str() {
            let one = format!("{all}/{}", row["id"].as_str().unwrap());
            assert_eq!(site.send(me, Method::DELETE, &one, None).await.status, StatusCode::OK);
        }
    }
    let made = site.send(me, Method::POST, all, Some(&wanted)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let sync = format!("/api/v1/workspaces/one/connections/{id}/sync");
    assert_eq!(site.send(me, Method::POST, &sync, None).await.status, StatusCode::ACCEPTED);
    let cut = site.send(me, Method::DELETE, &format!("/api/v1/workspaces/one/connections/{id}"), None).await;
    assert_eq!(cut.json()["state"], "disconnected");
    let again = site.send(me, Method::POST, &sync, None).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert_eq!(again.content_type(), "application/problem+json");
}

#[tokio::test]
async fn what_another_workspace_reads_cannot_be_connected() {
    let site = Site::new().await;
    let path = site.folder.path().join("beta");
    let wanted = serde_json::json!({ "connector": "git", "target": path.to_str().unwrap() }).to_string();
    let connections = "/api/v1/workspaces/one/connections";
    let foreign = site.send(Some(&site.one.session), Method::POST, connections, Some(&wanted)).await;
    let absent = r#"{"connector":"git","target":"/nowhere"}"#;
    let absent = site.send(Some(&site.one.session), Method::POST, connections, Some(absent)).await;
    assert_eq!(foreign.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(foreign.body, absent.body);
}

#[tokio::test]
async fn mistakes_are_problems_with_a_line_that_helps() {
    let site = Site::new().await;
    let me = Some(&site.one.session);
    let connections = "/api/v1/workspaces/one/connections";
    for (method, path, body, status, words) in [
        (Method::GET, "/api/v1/workspaces/one/report?window=9d", None, 400, "expected 30d"),
        (Method::GET, "/api/v1/workspaces/one/report?zone=Mars/Olympus", None, 400, "IANA"),
        (Method::GET, "/api/v1/workspaces/one/audit?after=zz", None, 400, "page token"),
        (Method::POST, connections, Some("{"), 400, ""),
        (Method::POST, connections, Some(r#"{"connector":"git","target":""}"#), 400, "connection target"),
        (Method::POST, connections, Some(r#"{"connector":"nope","target":"x"}"#), 400, "offers git"),
        (
            Method::POST,
            connections,
            Some(r#"{"connector":"git","target":"/nowhere"}"#),
            422,
            "no such target",
        ),
        (
            Method::POST,
            connections,
            Some(r#"{"connector":"git","target":"/no/alpha"}"#),
            422,
            "no git repository",
        ),
        (Method::GET, "/api/v1/nothing", None, 404, ""),
        (Method::PATCH, connections, None, 404, ""),
        (Method::GET, "/api/v1/workspaces/%00/report", None, 404, ""),
    ] {
        let answer = site.send(me, method, path, body).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.body);
        assert_eq!(answer.content_type(), "application/problem+json", "{path}");
        assert_eq!(answer.json()["status"], status, "{path}");
        assert!(answer.body.contains(words), "{path}: {}", answer.body);
    }
    assert_eq!(site.get(&site.one.session, connections).await.json().as_array().unwrap().len(), 1);
}
