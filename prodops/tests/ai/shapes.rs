//! What exactly is sent: keys in their headers, nothing kept, nothing by which anybody could be named.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::scene::{ANTHROPIC, AZURE, COMPATIBLE, GEMINI, OPENAI, Scene, commits};

async fn sent(kit: super::scene::Kit) -> (Scene, Vec<String>) {
    let scene = Scene::new(kit).await;
    scene.run(&commits(1)).await.unwrap();
    let seen = scene.double.seen();
    (scene, seen)
}

#[tokio::test]
async fn keys_are_where_each_provider_wants_them_and_nowhere_else() {
    let headers = [
        (OPENAI, "authorization: Bearer "),
        (AZURE, "api-key: "),
        (ANTHROPIC, "x-api-key: "),
        (GEMINI, "x-goog-api-key: "),
        (COMPATIBLE, "authorization: Bearer "),
    ];
    for (kit, header) in headers {
        let (scene, seen) = sent(kit).await;
        for request in seen {
            assert!(request.contains(&format!("{header}{}", scene.key)), "{header}");
            assert_eq!(request.matches(&scene.key).count(), 1, "{header}");
        }
    }
}

#[tokio::test]
async fn responses_are_not_stored_and_files_expire_by_themselves() {
    let (_, seen) = sent(OPENAI).await;
    let upload = seen.iter().find(|request| request.contains("name=\"purpose\"")).unwrap();
    let line = upload.lines().find(|line| line.starts_with('{')).unwrap();
    let line: Value = serde_json::from_str(line).unwrap();
    assert_eq!((&line["custom_id"], &line["url"]), (&json!("0"), &json!("/v1/responses")));
    assert_eq!(line["body"]["store"], json!(false));
    assert_eq!(line["body"]["text"]["format"]["strict"], json!(true));
    let fields: BTreeSet<&str> = line["body"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        fields.into_iter().collect::<Vec<_>>(),
        ["input", "instructions", "max_output_tokens", "model", "store", "text"]
    );
    assert!(upload.contains("name=\"expires_after[seconds]\"\r\n\r\n259200"));
}

#[tokio::test]
async fn anthropic_is_asked_in_the_version_that_is_known() {
    let (_, seen) = sent(ANTHROPIC).await;
    assert!(seen.iter().all(|request| request.contains("anthropic-version: 2023-06-01")));
}
