//! Every kind of change, name and message that git can hold.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};

use prodops_core::fact::Gap;
use prodops_core::source::ChangeKind;

use crate::git_oracle::agrees;
use crate::reading::{Reading, Side};
use crate::repository::Repository;

#[tokio::test]
async fn files_links_folders_and_modes_change_into_each_other_as_git_says() {
    let repository = Repository::new();
    let at = |name: &str| repository.path().join(name);
    repository.write("f", "a\nb");
    repository.write("empty", "");
    repository.write("deep/er/file", "x");
    repository.commit("files");
    std::fs::set_permissions(at("f"), PermissionsExt::from_mode(0o755)).unwrap();
    let mode = repository.commit("mode only");
    std::fs::remove_file(at("f")).unwrap();
    symlink("deep/er", at("f")).unwrap();
    let linked = repository.commit("file to link");
    std::fs::remove_file(at("f")).unwrap();
    repository.write("f/g", "in");
    repository.commit("link to folder");
    std::fs::remove_dir_all(at("f")).unwrap();
    repository.write("f", "file");
    repository.write("empty", "now");
    repository.commit("folder to file");
    std::fs::rename(at("deep"), at("deep.d")).unwrap();
    std::fs::remove_file(at("f")).unwrap();
    repository.commit("moved and deleted");
    repository.commit("nothing at all");

    let reading = Reading::of(repository.path()).read().await;
    agrees(&reading, &repository);
    let only = |id| reading.seen(id).changes[0].clone();
    assert_eq!(only(mode), (b"f".to_vec(), ChangeKind::Modified, Side::Bytes(0), Side::Bytes(0)));
    assert_eq!(only(linked), (b"f".to_vec(), ChangeKind::TypeChanged, Side::Bytes(3), Side::Bytes(7)));
}

#[tokio::test]
async fn paths_are_bytes() {
    let repository = Repository::new();
    let names: [&[u8]; 4] = [b"new\nline", b"quote\" tab\t \\", b"latin-\xe4\xff", "grüße/雪".as_bytes()];
    for name in names {
        repository.write(OsStr::from_bytes(name), "x\n");
    }
    repository.commit("names");
    let reading = Reading::of(repository.path()).read().await;
    agrees(&reading, &repository);
    let mut paths: Vec<_> =
        reading.seen(repository.head()).changes.into_iter().map(|change| change.0).collect();
    paths.sort_unstable();
    let mut expected: Vec<_> = names.iter().map(|name| name.to_vec()).collect();
    expected.sort_unstable();
    assert_eq!(paths, expected);
}

#[tokio::test]
async fn names_and_messages_that_are_not_utf8_stay_as_they_are() {
    let repository = Repository::with_commits(1);
    let tree = repository.git(&["rev-parse", "HEAD^{tree}"]);
    let mut text = format!("tree {tree}\nauthor ").into_bytes();
    text.extend(b"J\xf6rg <j\xf6rg@x> 1700000000 +0100\ncommitter C <c@x> 1700000000 +0100\n");
    text.extend(b"encoding ISO-8859-1\n\n\xfcber\n");
    let id = repository.commit_raw(&text);
    let reading = Reading::of(repository.path()).read().await;
    let seen = reading.seen(id);
    assert_eq!(seen.author, (b"J\xf6rg".to_vec(), b"j\xf6rg@x".to_vec()));
    assert_eq!(seen.message, 5);
    assert_eq!(reading.gaps(), []);
}

#[tokio::test]
async fn the_mailmap_of_the_head_says_who_somebody_is() {
    let repository = Repository::with_commits(2);
    repository.write(
        ".mailmap",
        "Ada Lovelace <ada@countess.example> <ada@example.org>\nKarl <carl@example.org>\n",
    );
    let id = repository.commit("mailmap");
    // Neither a file that is not committed nor one that the configuration names has a say.
    repository.write(".mailmap", "Eve <eve@example.org> <ada@example.org>\n");
    std::fs::write(repository.beside("map"), "Eve <eve@example.org> <ada@example.org>\n").unwrap();
    repository.git(&["config", "mailmap.file", repository.beside("map").to_str().unwrap()]);
    let reading = Reading::of(repository.path()).read().await;
    for id in [id, repository.id("HEAD~2")] {
        assert_eq!(reading.seen(id).author, (b"Ada Lovelace".to_vec(), b"ada@countess.example".to_vec()));
        assert_eq!(reading.seen(id).committer, (b"Karl".to_vec(), b"carl@example.org".to_vec()));
    }
}

#[tokio::test]
async fn a_submodule_is_passed_over_and_said_so() {
    let repository = Repository::with_commits(1);
    let (first, second) = ("1".repeat(40), "2".repeat(40));
    repository.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{first},module")]);
    let added = repository.commit_index("add");
    repository.git(&["update-index", "--cacheinfo", &format!("160000,{second},module")]);
    let moved = repository.commit_index("move");
    let blob = repository.git_with(&["hash-object", "-w", "--stdin"], b"file now");
    repository.git(&["update-index", "--cacheinfo", &format!("100644,{blob},module")]);
    let file = repository.commit_index("to file");

    let reading = Reading::of(repository.path()).read().await;
    agrees(&reading, &repository);
    let sides = |id| (reading.seen(id).changes[0].2, reading.seen(id).changes[0].3);
    assert_eq!(sides(added), (Side::Absent, Side::Submodule));
    assert_eq!(sides(moved), (Side::Submodule, Side::Submodule));
    assert_eq!(sides(file), (Side::Submodule, Side::Bytes(8)));
    assert_eq!(reading.gaps(), [(Gap::Submodule, 3)]);
}

#[tokio::test]
async fn a_file_over_the_limit_is_not_read() {
    let repository = Repository::new();
    repository.write("big", vec![b'x'; 4_097]);
    repository.write("fits", vec![b'x'; 4_096]);
    let id = repository.commit("both");
    let reading = Reading::of(repository.path()).with_limit(4_096).read().await;
    let sides: Vec<_> = reading.seen(id).changes.iter().map(|change| change.3).collect();
    assert_eq!(sides, [Side::TooLarge(4_097), Side::Bytes(4_096)]);
    assert_eq!(reading.gaps(), [(Gap::TooLargeFile, 1)]);

    // That it was not even looked at shows when it cannot be read, but its size is still known.
    repository.git(&["gc", "--quiet", "--prune=now"]);
    let packed = Reading::of(repository.path()).with_limit(4_096).read().await;
    assert_eq!(packed.seen(id), reading.seen(id));
}
