//! Databases that are misconfigured on purpose, one fault each: the doctor names it, and no engine opens them.

use prodops_store::testing::postgres::{TestDatabase, skipped};

use super::deployment::{Deployment, Wanted, lines, refusal};

/// What is done to the database, and what the doctor says then.
async fn assert_named(harm: &str, word: &str, said: &[&str]) {
    let deployment = Deployment::new().await;
    let harm = harm.replace("{database}", deployment.data.name());
    deployment.data.execute(&harm).await;
    let found = deployment.command(&["doctor"]);
    let report = String::from_utf8(found.stdout.clone()).unwrap();
    let line = report.lines().find(|line| said.iter().all(|part| line.contains(part)));
    let line = line.unwrap_or_else(|| panic!("{harm}: nothing about {said:?} in\n{report}"));
    assert!(line.starts_with(word), "{harm}: {line}");
    let refused = word == "FAULT";
    assert_eq!(found.status.code(), Some(i32::from(refused)), "{harm}:\n{report}");
    let plan = deployment.command(&["vault", "plan"]);
    assert_eq!(!plan.status.success(), refused, "{harm}: {}", String::from_utf8_lossy(&plan.stderr));
    if refused {
        assert!(!refusal(&plan).is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_deployment_has_no_fault() {
    if skipped() {
        return;
    }
    let deployment = Deployment::new().await;
    let report = lines(&deployment.command(&["doctor"]));
    assert!(report.contains("it is empty: the first start begins it"), "{report}");
    assert!(lines(&deployment.command(&["vault", "plan"])).contains("1 owners"));
    let report = lines(&deployment.command(&["doctor"]));
    for said in [
        "ok      the login role has no power of its own",
        "ok      the schema is of the version that this program reads and writes",
        "ok      the root keys open the keyring",
        "ok      the ledger of deletions is whole",
        "advice  keys and data are apart: they are in two databases of one server",
        "ok      earlier states of the data are kept as long as the configuration says",
        "yours   encryption of the volume of the database",
        "0 faults",
    ] {
        assert!(report.contains(said), "{said}:\n{report}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_without_its_locks_is_named() {
    if skipped() {
        return;
    }
    const LOCKED: &str = "row-level security is enabled and forced";
    const POLICY: &str = "each policy admits the workspace of the transaction and nothing else";
    assert_named(
        "ALTER TABLE prodops.commit_fact DISABLE ROW LEVEL SECURITY",
        "FAULT",
        &[LOCKED, "prodops.commit_fact", "FORCE ROW LEVEL SECURITY"],
    )
    .await;
    assert_named(
        "ALTER TABLE prodops.cursor NO FORCE ROW LEVEL SECURITY",
        "FAULT",
        &[LOCKED, "prodops.cursor"],
    )
    .await;
    assert_named("DROP POLICY own_workspace ON prodops.person", "FAULT", &[POLICY, "prodops.person"]).await;
    assert_named(
        "CREATE POLICY everything ON prodops.person USING (true)",
        "FAULT",
        &[POLICY, "person.everything"],
    )
    .await;
    assert_named(
        "CREATE OR REPLACE FUNCTION prodops.current_workspace() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE \
         RETURN '00000000-0000-0000-0000-000000000001'::uuid",
        "FAULT",
        &["the workspace of the transaction comes from its setting"],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_way_around_the_locks_is_named() {
    if skipped() {
        return;
    }
    assert_named(
        "CREATE FUNCTION public.peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER \
         AS 'SELECT count(*) FROM prodops.commit_fact'",
        "FAULT",
        &["no function acts with somebody else's rights", "peek()"],
    )
    .await;
    assert_named(
        "CREATE MATERIALIZED VIEW public.copy AS SELECT * FROM prodops.person",
        "FAULT",
        &["views ask with the rights of whoever asks them", "copy"],
    )
    .await;
    assert_named(
        "CREATE UNIQUE INDEX told ON prodops.connection (id)",
        "FAULT",
        &["workspace_id leads every key", "told"],
    )
    .await;
    assert_named(
        "ALTER DATABASE {database} SET synchronous_commit = off",
        "advice",
        &["commits are durable", "synchronous_commit"],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_another_environment_or_version_is_named() {
    if skipped() {
        return;
    }
    const VERSION: &str = "the schema is of the version that this program reads and writes";
    for (harm, said) in [
        ("UPDATE prodops.stamp SET environment = 'production'", "it is stamped production"),
        ("UPDATE prodops.stamp SET schema_version = 0", "run `reference-server migrate`"),
        ("UPDATE prodops.stamp SET schema_version = 99", "run the program that migrated it"),
    ] {
        let what = if harm.contains("version") { VERSION } else { "belongs to this environment" };
        assert_named(harm, "FAULT", &[what, said]).await;
    }
}

/// A login role of its own for a test, in the cluster that all tests share.
async fn assert_role_named(attributes: &str, granted: &[&str], said: &str) {
    let deployment = Deployment::new().await;
    let role = format!("{}_role", deployment.data.name());
    deployment.data.execute(&format!("CREATE ROLE {role} LOGIN {attributes}")).await;
    let planes = ["prodops_app", "prodops_identity", "prodops_control", "prodops_purger"];
    for granted in planes.iter().chain(granted) {
        deployment.data.execute(&format!("GRANT {granted} TO {role}")).await;
    }
    deployment.configure(&["root.key"], &Wanted { login: Some(role.clone()), ..Wanted::default() });
    let (found, plan) = (deployment.command(&["doctor"]), deployment.command(&["vault", "plan"]));
    deployment.data.execute(&format!("DROP ROLE {role}")).await;
    let report = String::from_utf8(found.stdout.clone()).unwrap();
    let line = report.lines().find(|line| line.contains(said));
    assert!(line.is_some_and(|line| line.starts_with("FAULT")), "{attributes} {granted:?}: {said}\n{report}");
    assert_eq!(found.status.code(), Some(1));
    assert!(refusal(&plan).contains(said), "{attributes}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_may_too_much_is_named() {
    if skipped() {
        return;
    }
    let power = "the login role has no power of its own";
    assert_role_named("NOINHERIT SUPERUSER", &[], power).await;
    assert_role_named("NOINHERIT BYPASSRLS", &[], power).await;
    assert_role_named("INHERIT", &[], power).await;
    assert_role_named(
        "NOINHERIT",
        &["prodops_owner"],
        "the login role takes on the roles of the planes and no other",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_beside_the_data_or_gone_are_named() {
    if skipped() {
        return;
    }
    // One database for both.
    let deployment = Deployment::new().await;
    let config = deployment.data.admin_config();
    prodops::store::postgres::migrate_keyring(&config, prodops::core::environment::Environment::Test)
        .await
        .unwrap();
    deployment.secret("keyring.url", &deployment.data.url_as(&deployment.data.superuser()));
    let found = deployment.command(&["doctor"]);
    let report = String::from_utf8(found.stdout).unwrap();
    assert!(report.contains("FAULT   keys and data are apart: they are in one database"), "{report}");
    assert!(refusal(&deployment.command(&["vault", "plan"])).contains("every backup of it would hold both"));

    // Data, and an empty keyring.
    let deployment = Deployment::new().await;
    lines(&deployment.command(&["vault", "plan"]));
    let other = TestDatabase::keyring().await;
    deployment.secret("keyring.url", &other.url());
    let report = String::from_utf8(deployment.command(&["doctor"]).stdout).unwrap();
    assert!(
        report.contains("FAULT   the root keys open the keyring: it is empty although there is data"),
        "{report}"
    );
    assert!(refusal(&deployment.command(&["vault", "plan"])).contains("keyring is missing"));

    // A line of the ledger that somebody took out, and another root key.
    let deployment = Deployment::new().await;
    lines(&deployment.command(&["vault", "plan"]));
    deployment.keys.execute("INSERT INTO prodops_keyring.deletion VALUES (1, 'something else\n')").await;
    deployment.new_key("other.key");
    let report = String::from_utf8(deployment.command(&["doctor"]).stdout).unwrap();
    assert!(report.contains("FAULT   the ledger of deletions is whole"), "{report}");
    deployment.configure(&["other.key"], &Wanted::default());
    let report = String::from_utf8(deployment.command(&["doctor"]).stdout).unwrap();
    assert!(report.contains("FAULT   the root keys open the keyring: wrong root key"), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn old_backups_and_undeclared_copies_are_named() {
    if skipped() {
        return;
    }
    let deployment = Deployment::new().await;
    let (backups, keys) = (deployment.path("backups"), deployment.path("keys"));
    let more = format!(
        "[backup]\nfolder = \"{}\"\nkeys-folder = \"{}\"\nevery-hours = 1\n",
        backups.display(),
        keys.display()
    );
    deployment.configure(
        &["root.key"],
        &Wanted { store: "recovery-days = 7".to_owned(), more, ..Wanted::default() },
    );
    let report = String::from_utf8(deployment.command(&["doctor"]).stdout).unwrap();
    assert!(
        report.contains("FAULT   the newest backup is younger than two of its intervals: there is none"),
        "{report}"
    );
    assert!(
        report.contains("advice  earlier states of the data") && report.contains("archive_mode is off"),
        "{report}"
    );
    lines(&deployment.command(&["backup"]));
    let report = lines(&deployment.command(&["doctor"]));
    assert!(report.contains("ok      the newest backup"), "{report}");
    let made = std::fs::read_dir(&backups).unwrap().flatten();
    let made =
        made.map(|entry| entry.path()).find(|path| path.to_str().unwrap().contains("backup-")).unwrap();
    let id = made.to_str().unwrap().split("Z-").nth(1).unwrap().to_owned();
    std::fs::rename(&made, backups.join(format!("backup-2026-01-01T00-00-00Z-{id}"))).unwrap();
    let report = String::from_utf8(deployment.command(&["doctor"]).stdout).unwrap();
    assert!(report.contains("hours old: does `serve` run"), "{report}");
    // Longer than the last backup is kept.
    deployment
        .configure(&["root.key"], &Wanted { store: "recovery-days = 21".to_owned(), ..Wanted::default() });
    assert!(
        refusal(&deployment.command(&["doctor"]))
            .contains("`recovery-days` is 21, longer than `backup-days`")
    );
}
