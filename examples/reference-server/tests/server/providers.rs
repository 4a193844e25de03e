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

#[test]
fn the_register_is_told_and_a_key_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (config, key) = (folder.path().join("prodops.toml"), folder.path().join("ai.key"));
    let text = format!(
        "environment = \"test\"\nstore = \"x.redb\"\nroot-keys = [\"file:k\"]\n[[ai]]\napi = \"openai\"\nmodel = \"m\"\n\
         key = \"file:{}\"\nregion = \"EU\"\ninput-price = 0.1\noutput-price = 0.4\n",
        key.display()
    );
    std::fs::write(&config, text).unwrap();
    let list = || run(&["providers", "list", "--config", config.to_str().unwrap()]);
    let refused = list();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && said.contains("`[[ai]]` number 1: `key`: "), "{said}");
    assert!(said.contains("ai.key") && said.trim_end().lines().count() == 1, "{said}");
    std::fs::write(&key, "a key\n").unwrap();
    std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let told = list();
    let said = String::from_utf8(told.stdout).unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    for line in
        ["openai (OpenAI)\n", "  region: EU\n", "  training: possible, unless sharing", "api.openai.com:443"]
    {
        assert!(said.contains(line), "{line}: {said}");
    }
}
