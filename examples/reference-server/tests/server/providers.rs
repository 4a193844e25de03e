//! What lies at AI providers, as the command tells it.

use std::process::{Command, Output};

use prodops::core::entropy::SystemEntropy;
use prodops::store::contract::{BatchTag, RemoteObjectKind, RemoteObjectRecord, RemoteObjectState};
use reference_server::config::Config;

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_reference-server")).args(arguments).output().unwrap()
}

#[tokio::test]
async fn what_is_pending_is_listed_and_nothing_of_what_was_sent() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let (config, store, key) = (place("prodops.toml"), place("facts.redb"), place("root.key"));
    assert!(run(&["vault", "new-key", key.to_str().unwrap()]).status.success());
    let text = format!(
        "environment = \"test\"\nstore = {:?}\nroot-keys = [\"file:{}\"]\n",
        store.to_str().unwrap(),
        key.display()
    );
    std::fs::write(&config, text).unwrap();
    let pending = || {
        let done = run(&["providers", "pending", "--config", config.to_str().unwrap()]);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    };
    assert_eq!(pending(), "nothing lies at an AI provider\n");

    let tag = BatchTag::random(&SystemEntropy).unwrap();
    let object = RemoteObjectRecord {
        tag: tag.clone(),
        kind: RemoteObjectKind::Batch,
        provider: "anthropic".to_owned(),
        id: None,
        state: RemoteObjectState::Intended,
        since: "2026-11-27T12:00:00Z".parse().unwrap(),
        alive: None,
    };
    let engine = Config::load(&config).unwrap().engine().unwrap().build().await.unwrap();
    engine.put_remote_object(&object).await.unwrap();
    drop(engine);
    let line = format!("anthropic\tbatch\tsince 2026-11-27T12:00:00Z\tintended\tunknown\t{tag}\n");
    assert_eq!(pending(), line);
}
