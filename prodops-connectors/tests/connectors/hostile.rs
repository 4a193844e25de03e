//! Repositories that want to run something, show something else, or never end.

use std::path::Path;
use std::process::Command;

use prodops_core::fact::Gap;

use crate::git_oracle::agrees;
use crate::reading::Reading;
use crate::repository::Repository;

/// A repository in which every setting, hook and attribute that can name a program names one that leaves a mark.
fn armed(mark: &Path) -> Repository {
    let repository = Repository::with_commits(2);
    repository.write(".gitattributes", "* filter=evil diff=evil merge=evil\n");
    repository.commit("attributes");
    repository.grow(2);
    let run = format!("touch {}", mark.display());
    for key in [
        "core.fsmonitor",
        "core.sshCommand",
        "core.pager",
        "core.editor",
        "core.askPass",
        "core.alternateRefsCommand",
        "diff.external",
        "diff.evil.command",
        "diff.evil.textconv",
        "filter.evil.clean",
        "filter.evil.smudge",
        "filter.evil.process",
        "merge.evil.driver",
        "credential.helper",
        "gpg.program",
        "uploadpack.packObjectsHook",
    ] {
        repository.git(&["config", key, &run]);
    }
    let hooks = repository.path().join(".git/hooks");
    std::fs::create_dir_all(&hooks).unwrap();
    for hook in ["post-checkout", "reference-transaction", "post-index-change", "fsmonitor-watchman"] {
        std::fs::write(hooks.join(hook), format!("#!/bin/sh\n{run}\n")).unwrap();
        let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(hooks.join(hook), executable).unwrap();
    }
    let more = repository.beside("more");
    std::fs::write(&more, "[core]\nuseReplaceRefs = true\n").unwrap();
    repository.git(&["config", "include.path", more.to_str().unwrap()]);
    repository
}

#[tokio::test]
async fn nothing_that_a_repository_brings_along_is_run() {
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("mark");
    let repository = armed(&mark);
    // A missing object of a partial clone would be fetched by git, over the command above.
    repository.git(&["config", "core.repositoryFormatVersion", "1"]);
    repository.git(&["config", "extensions.partialClone", "origin"]);
    repository.git(&["config", "remote.origin.promisor", "true"]);
    repository.git(&["config", "remote.origin.url", "ssh://nobody@localhost/nowhere"]);
    repository.lose("HEAD:log");
    let reading = Reading::of(repository.path()).read().await;
    reading.holds(repository.history());
    assert_eq!(reading.gaps(), [(Gap::UnreadableObject, 1)]);
    assert!(!mark.exists(), "something was run");

    // The mark would be left if somebody followed the settings: git does.
    let git = Command::new("git")
        .envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_SYSTEM", "/dev/null")])
        .arg("-C")
        .arg(repository.path())
        .args(["status", "--short"])
        .output();
    assert!(git.is_ok() && mark.exists(), "the trap works");
}

#[tokio::test]
async fn replacement_objects_and_grafts_change_nothing() {
    let repository = Repository::with_commits(3);
    let middle = repository.id("HEAD~1");
    let history = repository.history();
    let tree = repository.git(&["rev-parse", "HEAD~2^{tree}"]);
    let forged = repository.git_with(&["commit-tree", &tree], b"forged history");
    let blob = repository.git_with(&["hash-object", "-w", "--stdin"], b"forged content that is longer");
    let head_log = repository.git(&["rev-parse", "HEAD:log"]);
    let size = repository.git(&["cat-file", "-s", &head_log]).parse().unwrap();
    repository.git(&["replace", &middle.to_string(), &forged]);
    repository.git(&["replace", &head_log, &blob]);
    repository.git(&["config", "core.useReplaceRefs", "true"]);
    std::fs::write(repository.path().join(".git/info/grafts"), format!("{}\n", history[0])).unwrap();
    let reading = Reading::of(repository.path()).read().await;
    reading.holds(history.clone());
    assert_eq!(reading.seen(history[0]).changes[0].3, crate::reading::Side::Bytes(size));
}

/// Run by itself below with an environment that points elsewhere.
#[tokio::test]
async fn a_plain_repository_is_read() {
    let repository = Repository::with_commits(3);
    agrees(&Reading::of(repository.path()).read().await, &repository);
}

#[test]
fn git_variables_of_the_environment_are_not_followed() {
    let other = Repository::with_commits(1);
    let git_dir = other.path().join(".git");
    let config = other.beside("config");
    std::fs::write(&config, "[core]\nrepositoryFormatVersion = 99\n").unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["hostile::a_plain_repository_is_read", "--exact", "--nocapture"])
        .env("GIT_DIR", &git_dir)
        .env("GIT_COMMON_DIR", &git_dir)
        .env("GIT_WORK_TREE", other.path())
        .env("GIT_OBJECT_DIRECTORY", git_dir.join("objects"))
        .env("GIT_INDEX_FILE", git_dir.join("index"))
        .env("GIT_SHALLOW_FILE", other.beside("config"))
        .env("GIT_NAMESPACE", "elsewhere")
        .env("GIT_CONFIG_GLOBAL", &config)
        .env("GIT_CONFIG_SYSTEM", &config)
        .envs([("GIT_CONFIG_COUNT", "1"), ("GIT_CONFIG_KEY_0", "core.repositoryFormatVersion")])
        .env("GIT_CONFIG_VALUE_0", "99")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

/// A commit of a tree whose every level holds the level below many times.
fn nested(repository: &Repository, levels: usize, copies: usize) {
    let blob = repository.git_with(&["hash-object", "-w", "--stdin"], b"x");
    let mut entry = format!("100644 blob {blob}");
    for _ in 0..levels {
        let tree: String = (0..copies).map(|n| format!("{entry}\t{n}\n")).collect();
        entry = format!("040000 tree {}", repository.git_with(&["mktree"], tree.as_bytes()));
    }
    let tree = entry.rsplit(' ').next().unwrap();
    let commit = repository.git_with(&["commit-tree", tree], b"nested");
    repository.git(&["update-ref", "HEAD", &commit]);
}

#[tokio::test]
async fn a_tree_of_a_billion_files_ends() {
    let repository = Repository::new();
    nested(&repository, 9, 10);
    repository.git(&["gc", "--quiet"]);
    let reading = Reading::of(repository.path()).with_limit(0).read().await;
    let gap = reading.gaps().into_iter().find(|(gap, _)| *gap == Gap::UnreadableObject);
    assert!(gap.is_some_and(|(_, count)| count > 0), "the rest is said to be unread");
}

#[tokio::test]
async fn folders_nested_without_end_are_cut_off() {
    let repository = Repository::new();
    nested(&repository, 600, 1);
    let reading = Reading::of(repository.path()).read().await;
    assert_eq!(reading.gaps(), [(Gap::UnreadableObject, 1)]);
}

#[tokio::test]
async fn a_mailmap_that_is_a_pipe_stops_nobody() {
    let repository = Repository::with_commits(1);
    let pipe = repository.path().join(".mailmap");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    repository.git(&["config", "mailmap.file", pipe.to_str().unwrap()]);
    Reading::of(repository.path()).read().await.holds(repository.history());
}
