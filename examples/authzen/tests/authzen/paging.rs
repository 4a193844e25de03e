//! Pages of results: section 8.2 of the specification.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::service::{Service, north, services};

fn search(service: &Service, page: Value) -> Value {
    let mut search = service.question(0, "view", 0);
    search["resource"] = json!({ "type": "Repository" });
    search["page"] = page;
    search
}

#[tokio::test]
async fn pages_lead_through_all_results_and_the_last_token_is_empty() {
    let north = north();
    let whole = north.ask("search/resource", &search(&north, json!({}))).await.json();
    let whole = whole["results"].as_array().unwrap().clone();
    assert!(whole.len() > 20);
    for limit in [1, 7, whole.len(), 5000] {
        let (mut seen, mut token) = (Vec::new(), String::new());
        loop {
            // The first request has no token; later ones may leave the limit away.
            let page = if token.is_empty() { json!({ "limit": limit }) } else { json!({ "token": token }) };
            let answer = north.ask("search/resource", &search(&north, page)).await.json();
            let results = answer["results"].as_array().unwrap().clone();
            assert_eq!(answer["page"]["count"], results.len());
            assert_eq!(answer["page"]["total"], whole.len());
            assert!(results.len() <= limit);
            seen.extend(results);
            token = answer["page"]["next_token"].as_str().unwrap().to_owned();
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(seen, whole, "{limit}");
    }
}

#[tokio::test]
async fn a_limit_of_none_counts() {
    let north = north();
    let answer = north.ask("search/resource", &search(&north, json!({ "limit": 0 }))).await.json();
    assert_eq!((&answer["results"], &answer["page"]["count"]), (&json!([]), &json!(0)));
    assert!(answer["page"]["total"].as_u64().unwrap() > 20);
    assert_ne!(answer["page"]["next_token"], "");
    for wrong in [json!(-1), json!(1.5), json!("7"), json!(1u64 << 40)] {
        let answered = north.ask("search/resource", &search(&north, json!({ "limit": wrong }))).await;
        assert_eq!(answered.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn a_token_goes_with_the_search_that_it_was_made_for() {
    let [north, south] = services();
    let first = north.ask("search/resource", &search(&north, json!({ "limit": 3 }))).await.json();
    let token = &first["page"]["next_token"];
    let next = search(&north, json!({ "token": token, "limit": 3 }));
    assert_eq!(north.ask("search/resource", &next).await.status, StatusCode::OK);
    for (pointer, changed) in [
        ("/page/limit", json!(4)),
        ("/subject/id", json!(north.id("member", 1))),
        ("/action/name", json!("edit")),
        ("/resource/type", json!("Report")),
        ("/context/second_factor", json!(false)),
    ] {
        let mut other = next.clone();
        *other.pointer_mut(pointer).unwrap() = changed;
        assert_eq!(north.ask("search/resource", &other).await.status, StatusCode::BAD_REQUEST, "{pointer}");
    }
    // The same words in another workspace are another search, and so is another endpoint.
    assert_eq!(south.ask("search/resource", &next).await.status, StatusCode::BAD_REQUEST);
    let mut subjects = next.clone();
    subjects["resource"]["id"] = json!("x");
    assert_eq!(north.ask("search/subject", &subjects).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn no_token_can_be_made_up() {
    let north = north();
    let first = north.ask("search/resource", &search(&north, json!({ "limit": 3 }))).await.json();
    let token = first["page"]["next_token"].as_str().unwrap();
    for place in 0..token.len() {
        let mut forged = token.as_bytes().to_vec();
        forged[place] = if forged[place] == b'A' { b'B' } else { b'A' };
        let forged = String::from_utf8(forged).unwrap();
        let answered = north.ask("search/resource", &search(&north, json!({ "token": forged }))).await;
        assert_eq!(answered.status, StatusCode::BAD_REQUEST, "{forged}");
    }
    for wrong in [json!("AAAA"), json!("é"), json!(7), json!("A".repeat(100_000))] {
        let answered = north.ask("search/resource", &search(&north, json!({ "token": wrong }))).await;
        assert_eq!(answered.status, StatusCode::BAD_REQUEST);
    }
}
