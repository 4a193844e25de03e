//! One decision: sections 5 and 6 of the specification.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::service::north;

#[tokio::test]
async fn policies_decide() {
    let north = north();
    // Of its own team and not above its clearance; edited unless archived; exported by name only.
    for (member, action, repository, allowed) in [
        (1, "view", 1, true),
        (1, "edit", 1, true),
        (1, "edit", 13, false),
        (1, "view", 3, false),
        (1, "view", 8, true),
        (1, "export", 1, false),
        (1, "export", 5, true),
        (0, "export", 4, true),
        (5, "view", 5, false),
    ] {
        let question = north.question(member, action, repository);
        assert_eq!(north.decides(&question).await, allowed, "{question}");
    }
}

#[tokio::test]
async fn a_denial_names_the_policies_that_forbade_it_and_nothing_else() {
    let north = north();
    let denied = north.ask("evaluation", &north.question(1, "edit", 13)).await.json();
    assert_eq!(denied, json!({ "decision": false, "context": { "policies": ["archived-repository"] } }));
    let silent = north.ask("evaluation", &north.question(1, "edit", 2)).await.json();
    assert_eq!(silent, json!({ "decision": false, "context": { "policies": ["above-clearance"] } }));
    let nobody_permits = north.ask("evaluation", &north.question(1, "export", 1)).await.json();
    assert_eq!(nobody_permits, json!({ "decision": false }));
    let allowed = north.ask("evaluation", &north.question(1, "view", 1)).await.json();
    assert_eq!(allowed, json!({ "decision": true }));
}

#[tokio::test]
async fn every_required_key_is_required() {
    let north = north();
    let whole = north.question(1, "view", 1);
    for path in [
        "subject",
        "subject/type",
        "subject/id",
        "action",
        "action/name",
        "resource",
        "resource/type",
        "resource/id",
    ] {
        let mut broken = whole.clone();
        match path.split_once('/') {
            None => broken.as_object_mut().unwrap().remove(path),
            Some((part, key)) => broken[part].as_object_mut().unwrap().remove(key),
        };
        let answered = north.ask("evaluation", &broken).await;
        assert_eq!(answered.status, StatusCode::BAD_REQUEST, "{path}");
        let last = path.rsplit('/').next().unwrap();
        assert!(answered.body.contains(&format!("`{last}`")), "{path}: {}", answered.body);
    }
}

#[tokio::test]
async fn keys_of_another_type_are_a_bad_request() {
    let north = north();
    for (pointer, wrong) in [
        ("/subject", json!("ann")),
        ("/subject/id", json!(1)),
        ("/subject/type", Value::Null),
        ("/action", json!([])),
        ("/action/name", json!({})),
        ("/resource/id", json!(true)),
        ("/context", json!("now")),
        ("/context/second_factor", json!("yes")),
    ] {
        let mut broken = north.question(1, "view", 1);
        *broken.pointer_mut(pointer).unwrap() = wrong;
        assert_eq!(north.ask("evaluation", &broken).await.status, StatusCode::BAD_REQUEST, "{pointer}");
    }
    for part in ["subject", "action", "resource"] {
        let mut broken = north.question(1, "view", 1);
        broken[part]["properties"] = json!("none");
        assert_eq!(north.ask("evaluation", &broken).await.status, StatusCode::BAD_REQUEST, "{part}");
    }
}

#[tokio::test]
async fn unknown_keys_are_ignored() {
    let north = north();
    let mut question = north.question(1, "view", 1);
    question["version"] = json!(2);
    question["subject"]["label"] = json!("x");
    question["context"]["time"] = json!("1985-10-26T01:22-07:00");
    question["context"]["schema"] = json!({ "$ref": "x" });
    assert!(north.decides(&question).await);
}

#[tokio::test]
async fn attributes_come_from_the_directory_and_never_from_the_request() {
    let north = north();
    let mut question = north.question(1, "view", 3);
    assert!(!north.decides(&question).await);
    question["subject"]["properties"] =
        json!({ "clearance": 9, "role": "admin", "workspace": { "type": "Workspace", "id": "north" } });
    question["resource"]["properties"] = json!({ "sensitivity": 0 });
    question["action"]["properties"] = json!({ "soft": true });
    assert!(!north.decides(&question).await);
}

#[tokio::test]
async fn what_is_not_known_is_denied_and_said() {
    let north = north();
    for (pointer, what) in [
        ("/subject/type", "subject"),
        ("/subject/id", "subject"),
        ("/action/name", "action"),
        ("/resource/type", "resource"),
        ("/resource/id", "resource"),
    ] {
        let mut question = north.question(1, "view", 1);
        *question.pointer_mut(pointer).unwrap() = json!("nothing");
        let answer = north.ask("evaluation", &question).await.json();
        let error = json!({ "status": 404, "message": format!("unknown {what}") });
        assert_eq!(answer, json!({ "decision": false, "context": { "error": error } }), "{pointer}");
    }
}

#[tokio::test]
async fn an_action_that_is_not_for_such_a_resource_is_denied() {
    let north = north();
    let mut question = north.question(0, "edit", 1);
    question["resource"] = json!({ "type": "Report", "id": north.id("report", 0) });
    assert_eq!(north.ask("evaluation", &question).await.json(), json!({ "decision": false }));
}

#[tokio::test]
async fn the_context_of_the_request_counts() {
    let north = north();
    let mut question = north.question(1, "view", 1);
    question["resource"] = json!({ "type": "Report", "id": north.id("report", 1) });
    assert!(north.decides(&question).await);
    question["context"]["second_factor"] = json!(false);
    let denied = north.ask("evaluation", &question).await.json();
    assert_eq!(denied["context"]["policies"], json!(["personal-report-without-second-factor"]));
    question.as_object_mut().unwrap().remove("context");
    let answered = north.ask("evaluation", &question).await;
    assert_eq!(answered.status, StatusCode::BAD_REQUEST);
    assert!(answered.body.contains("second_factor"), "{}", answered.body);
}
