//! The workspace is the credential's: no request reaches another one.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::service::services;

/// The same question with the ids of the other workspace, in the subject, in the resource, and in both.
fn foreign(question: &Value, own: &str, other: &str) -> Vec<Value> {
    let swapped = |parts: &[&str]| {
        let mut question = question.clone();
        for part in parts {
            let id = question[part]["id"].as_str().unwrap().replacen(own, other, 1);
            question[part]["id"] = json!(id);
        }
        question
    };
    vec![swapped(&["subject"]), swapped(&["resource"]), swapped(&["subject", "resource"])]
}

#[tokio::test]
async fn what_belongs_to_others_looks_like_what_does_not_exist() {
    let [north, south] = services();
    for (service, other) in [(&north, &south), (&south, &north)] {
        let question = service.question(0, "view", 1);
        assert!(service.decides(&question).await);
        for foreign in foreign(&question, service.workspace, other.workspace) {
            let about_foreign = service.ask("evaluation", &foreign).await.json();
            let absent = foreign.to_string().replace(&format!("{}-", other.workspace), "nowhere-");
            let about_absent =
                service.ask("evaluation", &serde_json::from_str(&absent).unwrap()).await.json();
            assert_eq!(about_foreign, about_absent);
            assert_eq!(about_foreign["decision"], false);
        }
        // The other service has the yes to the same words.
        assert!(other.decides(&other.question(0, "view", 1)).await);
    }
}

#[tokio::test]
async fn no_word_of_a_request_chooses_the_workspace() {
    let [north, south] = services();
    let mut question = south.question(0, "view", 1);
    for part in ["subject", "resource", "action"] {
        question[part]["properties"] = json!({ "workspace": { "type": "Workspace", "id": "south" } });
    }
    question["context"]["workspace"] = json!("south");
    question["workspace"] = json!("south");
    question["options"] = json!({ "workspace": "south" });
    assert!(!north.decides(&question).await);
    let mut request = north.request("/access/v1/evaluation?workspace=south", question.to_string());
    request.headers_mut().insert("x-workspace", "south".parse().unwrap());
    assert_eq!(north.send(request).await.json()["decision"], false);
    assert!(south.decides(&question).await);
}

#[tokio::test]
async fn searches_find_what_is_of_the_own_workspace() {
    let [north, south] = services();
    for (service, other) in [(&north, &south), (&south, &north)] {
        let mut resources = service.question(0, "view", 0);
        resources["resource"] = json!({ "type": "Repository" });
        let mut subjects = service.question(0, "view", 0);
        subjects["subject"] = json!({ "type": "Member" });
        for (endpoint, search) in [("search/resource", resources), ("search/subject", subjects)] {
            let answer = service.ask(endpoint, &search).await.json();
            let results = answer["results"].as_array().unwrap();
            assert!(!results.is_empty());
            let own = |each: &Value| each["id"].as_str().unwrap().starts_with(service.workspace);
            assert!(results.iter().all(own));
            assert_eq!(other.ask(endpoint, &search).await.json()["results"], json!([]));
        }
    }
}

#[tokio::test]
async fn nobody_is_answered_without_a_token() {
    let [north, south] = services();
    let question = north.question(0, "view", 1).to_string();
    let wrong = |token: &str| {
        let mut request = north.request("/access/v1/evaluation", question.clone());
        request.headers_mut().insert("authorization", token.parse().unwrap());
        request
    };
    let (token, other) = (&north.token, &south.token);
    let refused = [
        String::new(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        format!("Basic {token}"),
        token.clone(),
        format!("Bearer {}", &token[1..]),
        format!("Bearer {}0", &token[..63]),
        format!("Bearer {token}, Bearer {other}"),
        format!("Bearer {}", token.to_uppercase()),
    ];
    for header in refused {
        let answered = north.send(wrong(&header)).await;
        assert_eq!(answered.status, StatusCode::UNAUTHORIZED, "{header:?}");
        assert_eq!(answered.headers["www-authenticate"], "Bearer realm=\"authzen\"");
        assert!(!answered.body.contains(token.as_str()));
    }
    assert_eq!(north.send(wrong(&format!("bearer {token}"))).await.status, StatusCode::OK);
    let mut twice = wrong(&format!("Bearer {token}"));
    twice.headers_mut().append("authorization", format!("Bearer {other}").parse().unwrap());
    assert_eq!(north.send(twice).await.status, StatusCode::UNAUTHORIZED);
}
