//! One server on PostgreSQL as its operator handles it: from an empty database to a restore.

use prodops_store::testing::postgres::{TestDatabase, skipped};

use super::deployment::{Browser, Deployment, Wanted, lines, port, refusal, text};

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_database_is_refused_until_it_is_migrated() {
    if skipped() {
        return;
    }
    let deployment = Deployment::on(TestDatabase::empty().await, TestDatabase::empty().await);
    let refused = refusal(&deployment.command(&["serve"]));
    assert!(refused.contains("run `reference-server migrate --config FILE`"), "{refused}");
    assert!(refusal(&deployment.command(&["migrate"])).contains("no `owner-url` in `[store]`"));
    let owner = deployment.secret("owner.url", &deployment.data.url_as(&deployment.data.superuser()));
    let keys = deployment.secret("owner-keys.url", &deployment.keys.url_as(&deployment.keys.superuser()));
    // In this database the keyring's role has no member yet but the superuser.
    deployment.secret("keyring.url", &deployment.keys.url_as("prodops_test_keyring"));
    let store = format!("owner-url = \"{owner}\"\nkeyring-owner-url = \"{keys}\"");
    deployment.configure(&["root.key"], &Wanted { store, ..Wanted::default() });
    let done = lines(&deployment.command(&["migrate"]));
    assert!(done.contains("the schema of the data is up to date"), "{done}");
    assert!(done.contains("the schema of the keyring is up to date"), "{done}");
    let mut server = deployment.serve();
    let at = port(&server.link());
    assert_eq!(Browser::default().get(at, "/healthz").0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_rotated_and_logs_verified_while_the_server_runs() {
    if skipped() {
        return;
    }
    let deployment = Deployment::new().await;
    let mut server = deployment.serve();
    let link = server.link();
    let (at, mut browser) = (port(&link), Browser::default());
    browser.sign_in(&link);
    assert_eq!(browser.get(at, "/w/one").0, 200);

    // The next root key: the server learns of it first.
    let next = deployment.new_key("next.key");
    deployment.configure(&["next.key", "root.key"], &Wanted::default());
    server.signal("-HUP");
    server.link();
    let plan = lines(&deployment.command(&["vault", "plan"]));
    assert!(plan.contains("2 owners, 2 active data keys") && plan.contains("not in use yet"), "{plan}");
    let done = lines(&deployment.command(&["vault", "rotate-root"]));
    assert!(done.contains(&format!("root key {next} is in use")), "{done}");
    let old = plan.lines().find(|line| line.contains("in use") && !line.contains("not in use")).unwrap();
    let old = old.split([' ', ':']).nth(2).unwrap().to_owned();
    lines(&deployment.command(&["vault", "retire", "--root", &old]));
    // New data keys by another process: the session goes on, with rows and a cookie under the next key.
    for _ in 0..3 {
        let rows = lines(&deployment.command(&["vault", "rotate-dek"]));
        assert!(
            rows.contains("the deployment:") && rows.contains("rows are sealed under the new key"),
            "{rows}"
        );
        assert_eq!(browser.get(at, "/w/one").0, 200, "{}", text(&deployment.path("log")));
        assert_eq!(browser.get(at, "/w/one/integrations").0, 200);
    }
    assert!(lines(&deployment.command(&["vault", "verify"])).contains("none failed"));
    assert!(lines(&deployment.command(&["audit", "verify"])).contains("tree:"));
    let out = deployment.path("audit");
    assert!(
        lines(&deployment.command(&["audit", "export", "--out", out.to_str().unwrap()])).contains("root")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_one_database_is_restored_into_another() {
    if skipped() {
        return;
    }
    let mut deployment = Deployment::new().await;
    let (backups, keys) = (deployment.path("backups"), deployment.path("keys"));
    let more =
        format!("[backup]\nfolder = \"{}\"\nkeys-folder = \"{}\"\n", backups.display(), keys.display());
    let wanted = Wanted { more, ..Wanted::default() };
    deployment.configure(&["root.key"], &wanted);
    let mut server = deployment.serve();
    let link = server.link();
    let (at, mut browser) = (port(&link), Browser::default());
    browser.sign_in(&link);
    assert_eq!(browser.get(at, "/w/one").0, 200);
    let made = lines(&deployment.command(&["backup"]));
    assert!(made.starts_with("made backup-"), "{made}");
    let from = backups.to_str().unwrap().to_owned();
    let refused = deployment.command(&["restore", "--from", &from]);
    assert!(!refused.status.success(), "it is not empty");
    drop(server);

    // Both databases are gone: the copy of the keyring goes into a new one first, then the data.
    (deployment.data, deployment.keys) = (TestDatabase::new().await, TestDatabase::keyring().await);
    deployment.secret("keyring.url", &deployment.keys.url());
    deployment.configure(&["root.key"], &wanted);
    let copy = std::fs::read_dir(&keys).unwrap().flatten().map(|entry| entry.path());
    let copy = copy.into_iter().find(|path| path.join("keyring").exists()).expect("a copy of the keyring");
    let put = lines(&deployment.command(&["vault", "put-back", "--from", copy.to_str().unwrap()]));
    assert!(put.contains("the keyring is as in the copy"), "{put}");
    let twice = refusal(&deployment.command(&["vault", "put-back", "--from", copy.to_str().unwrap()]));
    assert!(twice.contains("not empty"), "{twice}");
    let restored = lines(&deployment.command(&["restore", "--from", &from]));
    assert!(restored.contains("rows of 1 workspaces"), "{restored}");
    assert!(lines(&deployment.command(&["audit", "verify"])).contains("tree:"));
    let mut server = deployment.serve();
    let link = server.link();
    let mut browser = Browser::default();
    browser.sign_in(&link);
    assert_eq!(browser.get(port(&link), "/w/one").0, 200);
}
