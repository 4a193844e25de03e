//! Each team sees what is its own; what is another's looks like what does not exist.

use axum::http::StatusCode;

use crate::service::Service;

#[tokio::test]
async fn a_sync_reads_the_own_repository_and_no_other() {
    let Some(service) = Service::start().await else { return };
    let (a, b) = (service.signed_in(0).await, service.signed_in(1).await);
    assert_eq!(service.post("/sync", &a, "").await.status, StatusCode::SEE_OTHER);

    let report = service.get("/report.json", &a).await.json();
    assert_eq!(report["team"], "team-a");
    assert_eq!(report["repositories"].as_array().unwrap().len(), 1);
    let commits = &report["metrics"].as_array().unwrap()[0];
    assert_eq!((commits["definition"].as_str(), commits["value"].as_u64()), (Some("commits@1"), Some(3)));

    let untouched = service.get("/report.json", &b).await.json();
    assert_eq!(untouched["repositories"].as_array().unwrap().len(), 0);
    assert_eq!(service.post("/sync", &b, "").await.status, StatusCode::SEE_OTHER);
    assert_eq!(service.get("/report.json", &b).await.json()["metrics"][0]["value"], 5);
}

#[tokio::test]
async fn names_from_a_repository_are_text_on_the_page() {
    let Some(service) = Service::start().await else { return };
    let a = service.signed_in(0).await;
    service.post("/sync", &a, "").await;
    let page = service.get("/", &a).await.text;
    assert!(page.contains("&#60;a&#62;") && !page.contains("<a>"), "{page}");
}

#[tokio::test]
async fn another_teams_workspace_is_not_there() {
    let Some(service) = Service::start().await else { return };
    let a = service.signed_in(0).await;
    let absent = service.get("/report.json?team=no-such-team", &a).await;
    let foreign = service.get("/report.json?team=team-b", &a).await;
    assert_eq!((foreign.status, &foreign.text), (StatusCode::NOT_FOUND, &absent.text));
    assert_eq!(absent.status, StatusCode::NOT_FOUND);
    assert_eq!(service.get("/?team=team-b", &a).await.status, StatusCode::NOT_FOUND);
    assert_eq!(service.post("/sync?team=team-b", &a, "").await.status, StatusCode::NOT_FOUND);
    assert_eq!(service.get("/report.json?team=team-a", &a).await.status, StatusCode::OK);
}

#[tokio::test]
async fn another_teams_repository_is_not_there() {
    let Some(service) = Service::start().await else { return };
    let (a, b) = (service.signed_in(0).await, service.signed_in(1).await);
    for cookie in [&a, &b] {
        service.post("/sync", cookie, "").await;
    }
    let report = service.get("/report.json", &b).await.json();
    let foreign = report["repositories"][0].as_str().unwrap();
    let path = format!("/report.json?repository={foreign}");
    assert_eq!(service.get(&path, &b).await.status, StatusCode::OK);

    let answer = service.get(&path, &a).await;
    let absent =
        service.get(&format!("/report.json?repository={}", foreign.replace(char::is_numeric, "0")), &a).await;
    assert_eq!((answer.status, &answer.text), (StatusCode::NOT_FOUND, &absent.text));
    // The own team's slug does not open another team's repository either.
    assert_eq!(service.get(&format!("{path}&team=team-a"), &a).await.status, StatusCode::NOT_FOUND);
    assert_eq!(service.get("/report.json?repository=1", &a).await.status, StatusCode::NOT_FOUND);
}
