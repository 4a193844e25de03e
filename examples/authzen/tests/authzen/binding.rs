//! The HTTPS binding and the metadata: sections 9 and 10 of the specification.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::json;

use crate::service::north;

const ENDPOINTS: [&str; 5] =
    ["evaluation", "evaluations", "search/subject", "search/resource", "search/action"];

#[tokio::test]
async fn the_metadata_says_where_everything_is_and_everything_is_there() {
    let north = north();
    let metadata = Request::get("/.well-known/authzen-configuration").body(Body::empty()).unwrap();
    let metadata = north.send(metadata).await.json();
    let own = "https://pdp.example.com";
    assert_eq!(metadata["policy_decision_point"], own);
    let keys = [
        "access_evaluation_endpoint",
        "access_evaluations_endpoint",
        "search_subject_endpoint",
        "search_resource_endpoint",
        "search_action_endpoint",
    ];
    assert_eq!(metadata.as_object().unwrap().len(), keys.len() + 1);
    for (key, endpoint) in keys.into_iter().zip(ENDPOINTS) {
        assert_eq!(metadata[key], format!("{own}/access/v1/{endpoint}"));
        assert_eq!(north.ask(endpoint, &north.question(0, "view", 0)).await.status, StatusCode::OK, "{key}");
    }
}

#[tokio::test]
async fn a_request_identifier_comes_back_with_every_answer() {
    let north = north();
    let id = "bfe9eb29-ab87-4ca3-be83-a1d5d8305716 \"odd\"";
    let mut requests = vec![
        north.request("/access/v1/evaluation", north.question(0, "view", 0).to_string()),
        north.request("/access/v1/evaluation", "{"),
        north.request("/access/v1/nothing", "{}"),
        Request::get("/.well-known/authzen-configuration").body(Body::empty()).unwrap(),
        Request::post("/access/v1/evaluation").body(Body::empty()).unwrap(),
        Request::get("/access/v1/evaluation").body(Body::empty()).unwrap(),
    ];
    let mut statuses = Vec::new();
    for request in &mut requests {
        request.headers_mut().insert("x-request-id", id.parse().unwrap());
        let answered = north.send(std::mem::take(request)).await;
        assert_eq!(answered.headers["x-request-id"], id);
        statuses.push(answered.status.as_u16());
    }
    assert_eq!(statuses, [200, 400, 404, 200, 401, 405]);
    let without = north.ask("evaluation", &north.question(0, "view", 0)).await;
    assert!(without.headers.get("x-request-id").is_none());
}

#[tokio::test]
async fn the_content_type_has_to_be_json() {
    let north = north();
    for (content_type, status) in [
        (Some("application/json"), 200),
        (Some("Application/JSON; charset=utf-8"), 200),
        (Some("text/plain"), 400),
        (Some("application/json-patch+json"), 400),
        (Some(""), 400),
        (None, 400),
    ] {
        let mut request = north.request("/access/v1/evaluation", north.question(0, "view", 0).to_string());
        request.headers_mut().remove(header::CONTENT_TYPE);
        if let Some(content_type) = content_type {
            request.headers_mut().insert(header::CONTENT_TYPE, content_type.parse().unwrap());
        }
        assert_eq!(north.send(request).await.status.as_u16(), status, "{content_type:?}");
    }
}

#[tokio::test]
async fn a_refusal_is_a_message_and_a_denial_is_a_success() {
    let north = north();
    let refused = north.ask("evaluation", &json!({})).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert_eq!(refused.headers[header::CONTENT_TYPE], "text/plain; charset=utf-8");
    assert_eq!(refused.body, "`subject` is missing");
    let denied = north.ask("evaluation", &north.question(5, "view", 0)).await;
    assert_eq!((denied.status, denied.json()["decision"].as_bool()), (StatusCode::OK, Some(false)));
    assert_eq!(denied.headers[header::CACHE_CONTROL], "no-store");
}

#[tokio::test]
async fn the_page_object_comes_first() {
    let north = north();
    let mut search = north.question(0, "view", 0);
    search["resource"] = json!({ "type": "Repository" });
    let answer = north.ask("search/resource", &search).await;
    answer.json();
    assert!(answer.body.starts_with("{\"page\":{"), "{}", &answer.body[..40]);
}
