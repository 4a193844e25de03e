//! Requests that nobody sends by mistake.

use axum::http::StatusCode;
use serde_json::json;

use crate::service::north;

const ENDPOINTS: [&str; 5] =
    ["evaluation", "evaluations", "search/subject", "search/resource", "search/action"];

#[tokio::test]
async fn bodies_that_are_no_objects_are_refused() {
    let north = north();
    let deep = format!("{{\"context\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
    let bodies: [&[u8]; 12] = [
        b"",
        b"null",
        b"[]",
        b"\"subject\"",
        b"{",
        b"{} {}",
        b"\xff\xfe",
        b"{\"subject\":\"\xc3\"}",
        b"{\"subject\":{\"type\":\"Member\",\"id\":\"\\ud800\"}}",
        b"{\"subject\":1e999}",
        b"{\"subject\":{},\"subject\":{}}",
        deep.as_bytes(),
    ];
    for body in bodies {
        for endpoint in ENDPOINTS {
            let request = north.request(&format!("/access/v1/{endpoint}"), body.to_vec());
            let answered = north.send(request).await;
            assert_eq!(answered.status, StatusCode::BAD_REQUEST, "{endpoint} {}", body.escape_ascii());
            assert!(!answered.body.is_empty() && answered.body.len() < 300, "{}", answered.body);
        }
    }
}

#[tokio::test]
async fn a_member_that_is_there_twice_is_refused_wherever_it_is() {
    let north = north();
    let question = north.question(5, "view", 0).to_string();
    let other = format!("\"id\":\"{}\"", north.id("member", 0));
    for twice in [
        question.replacen("\"subject\":{", &format!("\"subject\":{{{other},"), 1),
        question.replacen("\"second_factor\":", "\"second_factor\":false,\"second\\u005ffactor\":", 1),
    ] {
        let answered = north.send(north.request("/access/v1/evaluation", twice)).await;
        assert_eq!(answered.status, StatusCode::BAD_REQUEST);
        assert!(answered.body.contains("there twice"), "{}", answered.body);
    }
}

#[tokio::test]
async fn ids_are_letters_and_nothing_more() {
    let north = north();
    let long = "x".repeat(1 << 16);
    for id in ["", "\"", "\\", "\0", "a\nb", "Member::\"x\"", "é\u{202e}", "' or 1=1 --", "../south", &long]
    {
        for part in ["subject", "resource"] {
            let mut question = north.question(0, "view", 0);
            question[part]["id"] = json!(id);
            let answer = north.ask("evaluation", &question).await.json();
            assert_eq!(answer["context"]["error"]["message"], format!("unknown {part}"));
        }
        let mut question = north.question(0, "view", 0);
        question["action"]["name"] = json!(id);
        assert!(!north.decides(&question).await);
        let mut question = north.question(0, "view", 0);
        question["subject"]["type"] = json!(id);
        assert!(!north.decides(&question).await);
    }
}

#[tokio::test]
async fn a_context_cannot_name_entities_or_functions() {
    let north = north();
    for trick in [
        json!({ "__entity": { "type": "Member", "id": "north-member-0" } }),
        json!({ "__extn": { "fn": "ip", "arg": "127.0.0.1" } }),
        json!({ "__expr": "true" }),
        json!(null),
        json!(1),
    ] {
        let mut question = north.question(0, "view", 0);
        question["context"]["second_factor"] = trick.clone();
        assert_eq!(north.ask("evaluation", &question).await.status, StatusCode::BAD_REQUEST, "{trick}");
        // What no policy can read does not matter.
        let mut question = north.question(0, "view", 0);
        question["context"]["other"] = trick;
        assert!(north.decides(&question).await);
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let north = north();
    let mut question = north.question(0, "view", 0);
    question["context"]["padding"] = json!("x".repeat(2 << 20));
    let answered = north.ask("evaluation", &question).await;
    assert_eq!(answered.status, StatusCode::PAYLOAD_TOO_LARGE);
    question["context"]["padding"] = json!("x".repeat(500_000));
    assert!(north.decides(&question).await);
}
