//! Several decisions at once: section 7 of the specification.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::service::north;

/// Questions of the first member about repositories: allowed, denied, allowed, denied.
fn four() -> Value {
    let north = north();
    let resource =
        |number| json!({ "resource": { "type": "Repository", "id": north.id("repository", number) } });
    let mut all = north.question(1, "view", 0);
    all["evaluations"] = json!([resource(1), resource(3), resource(4), resource(7)]);
    all
}

async fn decisions(question: &Value) -> Vec<bool> {
    let answer = north().ask("evaluations", question).await.json();
    assert!(answer.get("decision").is_none());
    let decisions = answer["evaluations"].as_array().unwrap();
    decisions.iter().map(|decision| decision["decision"].as_bool().unwrap()).collect()
}

#[tokio::test]
async fn decisions_come_in_the_order_of_the_questions() {
    assert_eq!(decisions(&four()).await, [true, false, true, false]);
}

#[tokio::test]
async fn each_semantic_ends_where_it_says() {
    for (semantic, expected) in [
        ("execute_all", &[true, false, true, false][..]),
        ("deny_on_first_deny", &[true, false]),
        ("permit_on_first_permit", &[true]),
    ] {
        let mut question = four();
        question["options"] = json!({ "evaluations_semantic": semantic, "another_option": "value" });
        assert_eq!(decisions(&question).await, expected, "{semantic}");
    }
    let mut question = four();
    question["options"] = json!({ "evaluations_semantic": "guess" });
    assert_eq!(north().ask("evaluations", &question).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_default_is_overridden_as_a_whole() {
    let north = north();
    let mut question = north.question(1, "view", 1);
    question["evaluations"] = json!([
        {},
        { "action": { "name": "export" } },
        { "subject": { "type": "Member", "id": north.id("member", 0) }, "action": { "name": "export" } },
        { "context": {} },
    ]);
    let answer = north.ask("evaluations", &question).await.json();
    let decisions = answer["evaluations"].as_array().unwrap();
    let allowed: Vec<_> = decisions.iter().map(|each| each["decision"].as_bool().unwrap()).collect();
    assert_eq!(allowed, [true, false, true, false]);
    // The last one's own context lacks what the schema wants: its own error, not the request's.
    assert_eq!(decisions[3]["context"]["error"]["status"], 400);
}

#[tokio::test]
async fn without_evaluations_it_is_one_evaluation() {
    let north = north();
    for evaluations in [None, Some(json!([])), Some(Value::Null)] {
        let mut question = north.question(1, "view", 1);
        question.as_object_mut().unwrap().extend(evaluations.map(|all| ("evaluations".to_owned(), all)));
        assert_eq!(north.ask("evaluations", &question).await.json(), json!({ "decision": true }));
    }
}

#[tokio::test]
async fn a_failure_of_one_is_its_own_and_ends_deny_on_first_deny() {
    let mut question = four();
    question["evaluations"][0]["resource"]["id"] = json!("nothing");
    let answer = north().ask("evaluations", &question).await.json();
    assert_eq!(answer["evaluations"][0]["context"]["error"]["status"], 404);
    assert_eq!(answer["evaluations"].as_array().unwrap().len(), 4);
    question["options"] = json!({ "evaluations_semantic": "deny_on_first_deny" });
    assert_eq!(decisions(&question).await, [false]);
}

#[tokio::test]
async fn a_request_that_is_not_well_formed_is_refused_as_a_whole() {
    let north = north();
    let mut missing = four();
    missing.as_object_mut().unwrap().remove("subject");
    assert_eq!(north.ask("evaluations", &missing).await.status, StatusCode::BAD_REQUEST);
    for wrong in [json!("all"), json!({}), json!(["x"]), json!([{ "subject": 1 }])] {
        let mut question = four();
        question["evaluations"] = wrong.clone();
        assert_eq!(north.ask("evaluations", &question).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    let mut many = four();
    many["evaluations"] = json!(vec![json!({}); 1001]);
    let answered = north.ask("evaluations", &many).await;
    assert_eq!(answered.status, StatusCode::BAD_REQUEST);
    assert!(answered.body.contains("1000"), "{}", answered.body);
}
