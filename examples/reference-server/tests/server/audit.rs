//! The audit page, and the commands for whoever runs the deployment.

use std::path::Path;
use std::process::{Command, Output};

use axum::http::StatusCode;

use crate::site::Site;

#[tokio::test]
async fn the_page_shows_who_did_what_and_how_it_is_signed() {
    let site = Site::new().await;
    site.app.engine.audit_upkeep().await.unwrap();
    let page = site.get(&site.one.session, "/w/one/audit").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    for text in
        ["<td data-name=\"Who\"", ">you<", "connect", "run sync", "done", "prodops/test+", "background sync"]
    {
        assert!(page.body.contains(text), "{text}");
    }
    assert!(page.body.contains("href=\"/w/one/audit\""), "the navigation leads here");
    assert!(!page.body.contains(&site.two.connection.to_string()), "another workspace's connection");
    let refused = site.get(&site.one.session, "/w/one/audit?decision=denied").await;
    assert!(refused.body.contains("No entry fits"), "{}", refused.body);
    let own = site.get(&site.one.session, &format!("/w/one/audit?object={}", site.one.connection)).await;
    assert!(own.body.contains("commits read") && !own.body.contains("read audit</td>"), "{}", own.body);
    for wrong in ["decision=x", "member=x", "object=x", "from=x", "after=zz"] {
        let answer = site.get(&site.one.session, &format!("/w/one/audit?{wrong}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    assert_eq!(site.get(&site.one.session, "/w/two/audit").await.status, StatusCode::NOT_FOUND);
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_reference-server")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn verify(config: &Path, checkpoint: &Path) -> Output {
    let (config, checkpoint) = (config.to_str().unwrap(), checkpoint.to_str().unwrap());
    run(&["audit", "verify", "--config", config, "--checkpoint", checkpoint])
}

#[test]
fn an_export_is_kept_elsewhere_and_the_store_is_verified_against_it() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let (config, store, key) = (place("prodops.toml"), place("facts.redb"), place("root.key"));
    assert!(run(&["vault", "new-key", key.to_str().unwrap()]).status.success());
    let line = format!(
        "environment = \"test\"\nstore = {:?}\nroot-keys = [\"file:{}\"]\n",
        store.to_str().unwrap(),
        key.display()
    );
    std::fs::write(&config, line).unwrap();
    let export = |name: &str| {
        let out = place(name);
        run(&["audit", "export", "--config", config.to_str().unwrap(), "--out", out.to_str().unwrap()])
    };
    let first = export("first");
    assert!(first.status.success(), "{}", text(&first.stderr));
    let before = std::fs::read(&store).unwrap();
    assert!(export("second").status.success());
    let again = export("second");
    assert!(text(&again.stderr).contains("choose a folder"), "{}", text(&again.stderr));
    let log = std::fs::read_to_string(place("second").join("events/deployment.jsonl")).unwrap();
    assert!(log.lines().count() >= 2 && log.contains("\"action\":\"ExportAudit\""), "{log}");
    assert!(place("second").join("tile/0/000.p").is_dir());

    let checkpoint = place("second").join("checkpoint");
    let whole = verify(&config, &checkpoint);
    assert!(whole.status.success(), "{}{}", text(&whole.stdout), text(&whole.stderr));
    // The store is put back to what it was before the second export.
    std::fs::write(&store, before).unwrap();
    let cut = verify(&config, &checkpoint);
    assert_eq!(cut.status.code(), Some(1));
    assert!(
        text(&cut.stderr).contains("the audit log was tampered with: the tree has"),
        "{}",
        text(&cut.stderr)
    );
    let nonsense = verify(&config, &config);
    assert!(
        text(&nonsense.stderr).contains("cannot be used: not a signed note"),
        "{}",
        text(&nonsense.stderr)
    );
}
