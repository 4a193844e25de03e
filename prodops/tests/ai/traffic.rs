//! Everything that leaves during a run: no code, nobody, no secret, no id, and only to where the register says.

use std::collections::BTreeSet;

use super::scene::{Kit, Scene, commit, random_key};

pub(crate) async fn traffic_holds_nothing_else(kit: Kit) {
    const CODE: &str = "xyqqzvkanarybird";
    let token = format!("ghp_{}", &random_key()[..36]);
    let sha = random_key();
    let messages = [
        format!("fix: wait\n\n```rust\nlet {CODE} = 1;\n```\n"),
        format!("fix: wait\n\n    {CODE}();\n"),
        format!("fix: wait for `{CODE}` to close"),
        format!("fix: wait\n\ndiff --git a/x b/x\n@@ -1 +1 @@\n-{CODE}\n+{CODE}\n"),
        format!("fix: wait\n\nTraceback (most recent call last):\n  File \"x.py\", line 1, in {CODE}\n"),
        format!("fix: wait\n\nReported by {CODE}@example.org\nSigned-off-by: {CODE} <{CODE}@example.org>\n"),
        format!("fix: wait\n\nAuthorization: Bearer {token}\nfixes {sha}\n"),
    ];
    let commits: Vec<_> = messages.iter().map(|message| commit(message)).collect();
    let scene = Scene::new(kit).await;
    assert_eq!(scene.run(&commits).await.unwrap().counts.labelled, messages.len() as u64);
    let traffic = scene.double.seen().join("\n");
    for planted in [CODE, "example.org", &token, &sha] {
        assert!(!traffic.contains(planted), "{planted} left the process");
    }
    // The search finds what is there.
    assert!(traffic.contains("fix: wait") && traffic.contains("src/retry.rs"));
    let allowed: BTreeSet<_> =
        scene.provider().entry().destinations.iter().map(|one| (one.host().to_owned(), one.port())).collect();
    for attempt in scene.attempts.all() {
        assert!(allowed.contains(&(attempt.host.unwrap(), attempt.port.unwrap())));
    }
}
