//! The commands as somebody at a terminal meets them.

use std::process::{Command, Output};

use crate::site::repository;

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_reference-server")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn commits_prints_one_object_per_commit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("line\nbreak");
    repository(&path, 4);
    let done = run(&["commits", path.to_str().unwrap()]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let lines: Vec<serde_json::Value> =
        text(&done.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 6);
    let keys = [
        "sha",
        "parents",
        "author_time",
        "committer_time",
        "merge",
        "bot",
        "files",
        "added",
        "deleted",
        "label",
        "probability",
        "source",
        "moved",
        "copied",
        "format_only",
        "comment_only",
        "complexity",
        "complexity_files",
        "rework_own",
        "rework_others",
        "patch_id",
        "files_by_artefact",
    ];
    for line in &lines {
        assert_eq!(line.as_object().unwrap().len(), keys.len());
        assert!(keys.iter().all(|key| line.get(key).is_some()), "{line}");
    }
    assert_eq!(lines.iter().filter(|line| line["merge"] == true).count(), 1);
    assert_eq!(
        lines.iter().filter(|line| line["label"] == "feature" && line["source"] == "declared").count(),
        4
    );
    assert!(lines[0]["author_time"].as_str().unwrap().ends_with("+01:00"));
}

#[test]
fn ages_prints_the_runs_of_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fine");
    repository(&path, 4);
    let listed =
        Command::new("git").current_dir(&path).args(["ls-tree", "-r", "--name-only", "HEAD"]).output();
    let files = text(&listed.unwrap().stdout);
    let file = files.lines().next().unwrap();
    let done = run(&["ages", path.to_str().unwrap(), file]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let mut next = 1;
    for line in text(&done.stdout).lines() {
        let run: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(run.as_object().unwrap().len(), 5);
        assert_eq!(run["first_line"], next);
        assert_eq!(run["commit"].as_str().unwrap().len(), 40);
        assert!(run["author_time"].as_str().unwrap().ends_with("+01:00"));
        next += run["lines"].as_u64().unwrap();
    }
    assert!(next > 1);
    let missing = run(&["ages", path.to_str().unwrap(), "no/such"]);
    assert!(text(&missing.stderr).contains("HEAD has no file"), "{}", text(&missing.stderr));
}

#[test]
fn fingerprint_prints_places_and_keyed_values() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one.rs"), folder.path().join("two.rs"));
    let block = (0..20).map(|n| format!("let a{n} = b + {n};\n")).collect::<String>();
    std::fs::write(&one, format!("fn a() {{}}\n{block}")).unwrap();
    std::fs::write(&two, format!("// other\nstruct B;\n\n{}", block.replace(" = ", "="))).unwrap();
    let values = |key: Option<&str>, file: &std::path::Path| {
        let mut arguments = vec!["fingerprint", file.to_str().unwrap(), "--k", "8", "--w", "4"];
        arguments.extend(key.iter().flat_map(|key| ["--key", key]));
        let done = run(&arguments);
        assert!(done.status.success(), "{}", text(&done.stderr));
        let line = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap();
        let lines: Vec<serde_json::Value> = text(&done.stdout).lines().map(line).collect();
        lines.iter().map(|line| line["value"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let key = "0f".repeat(32);
    let (first, second) = (values(Some(&key), &one), values(Some(&key), &two));
    assert_eq!(first, values(Some(&key), &one));
    let shared = first.iter().filter(|value| second.contains(value)).count();
    assert!(shared > 10 && shared * 10 > first.len() * 8, "{shared} of {}", first.len());
    assert!(values(None, &one).iter().all(|value| !first.contains(value)));
    let wrong = run(&["fingerprint", one.to_str().unwrap(), "--k", "0"]);
    assert!(text(&wrong.stderr).contains("between 1 and 1024"), "{}", text(&wrong.stderr));
}

#[test]
fn analyze_prints_a_table_or_an_object() {
    let folder = tempfile::tempdir().unwrap();
    repository(folder.path(), 3);
    let path = folder.path().to_str().unwrap();
    let table = run(&["analyze", path]);
    assert!(text(&table.stdout).contains("unknown: connect a code host"), "{}", text(&table.stderr));
    let json = run(&["analyze", "--format", "json", path]);
    let object: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(object["commits"], serde_json::json!({ "total": 5, "merges": 1, "bots": 0 }));
    assert_eq!(object["labels"]["feature"], 3);
    assert!(
        object["metrics"].as_array().unwrap().iter().all(|metric| metric.as_object().unwrap().len() == 6)
    );
    let later = run(&["analyze", "--format", "json", "--since", "2026-02-20", path]);
    let object: serde_json::Value = serde_json::from_slice(&later.stdout).unwrap();
    assert_eq!(object["commits"]["total"], 0);
}

#[test]
fn mistakes_are_one_line_and_an_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let file = folder.path().join("taken.toml");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    repository(&folder.path().join("fine"), 2);
    let fine = folder.path().join("fine");
    std::fs::write(
        &file,
        "environment = \"test\"\nstore = \"x\"\nroot-keys = [\"file:k\"]\nlisten = \"0.0.0.0:1\"\n",
    )
    .unwrap();
    for (arguments, words) in [
        (vec!["analyze", "/no/such/folder"], "no git repository at `/no/such/folder`"),
        (vec!["commits", path], "no git repository"),
        (vec!["demo", path], "no git repository"),
        (vec!["analyze", "--since", "yesterday", fine.to_str().unwrap()], "is no day"),
        (vec!["demo", "--port", &port, fine.to_str().unwrap()], "is taken"),
        (vec!["serve", "--config", "/no/such.toml"], "no configuration"),
        (vec!["serve", "--config", file.to_str().unwrap()], "only loopback"),
    ] {
        let done = run(&arguments);
        let line = text(&done.stderr);
        assert_eq!(done.status.code(), Some(1), "{arguments:?}: {line}");
        assert_eq!(line.lines().count(), 1, "{arguments:?}: {line}");
        assert!(line.starts_with("error: ") && line.contains(words), "{arguments:?}: {line}");
        assert!(done.stdout.is_empty(), "{arguments:?}");
    }
    assert_eq!(run(&["analyze"]).status.code(), Some(2));
}
