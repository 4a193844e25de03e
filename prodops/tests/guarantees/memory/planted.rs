//! Repositories full of a marker: in code, comments, strings, names, binary files and code in messages.

use std::fs::File;
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::Path;

use super::Ending;
use crate::place::Place;
use crate::repository::{Commit, FIRST, Repository};

/// So many are read before the first are stored that others are being read then.
const COMMITS: usize = 400;

/// Where all of it is read, less has to do.
const FEW: usize = 100;

/// One repository for each ending, named after it.
pub(super) fn repositories(place: &Place, marker: &str, endings: &[Ending]) {
    let commits: Vec<Commit> = (0..COMMITS).map(|at| commit(at, marker)).collect();
    for ending in endings {
        let whole = matches!(ending, Ending::Success | Ending::Damage);
        let commits = if whole { &commits[..FEW] } else { &commits };
        let repository = place.repository(&format!("{ending:?}").to_lowercase(), commits);
        assert!(repository.git(&["log", "-p", "-1", "main"], b"").contains(marker), "it is planted");
        if *ending == Ending::Damage {
            damage(&repository, marker);
        }
    }
}

fn commit(place: usize, marker: &str) -> Commit {
    let code = format!(
        "/* {marker}comment{place} */\nfn {marker}_name{place}() {{\n    let a = \"{marker}string{place}\"; // {marker}\n}}\n"
    );
    let prose = format!("# {marker}\n\n{}\n", format!("{marker}prose{place} ").repeat(200));
    let pointer = format!("version https://git-lfs.github.com/spec/v1\next-0-{marker} sha256:{place:064}\n");
    let files = vec![
        (format!("src/a{}.rs", place % 7), code.repeat(1 + place % 8)),
        (format!("src/b{}.py", place % 5), code.replace("/*", "#")),
        ("notes.md".to_owned(), prose),
        (format!("data{}.bin", place % 3), format!("\0\u{1}{marker}{place}\0").repeat(30)),
        ("large.psd".to_owned(), pointer),
        (".gitattributes".to_owned(), format!("*.{marker}{place} linguist-generated\n")),
    ];
    Commit {
        author: ("Ada Kept".to_owned(), "ada@example.org".to_owned()),
        at: FIRST + place as i64 * 60,
        message: format!(
            "fix: change {place}\n\nBefore:\n\n```rust\nfn {marker}message{place}() {{}}\n```\n"
        ),
        parents: place.checked_sub(1).into_iter().collect(),
        files,
    }
}

/// Damages the middle of what is packed and, with one more commit, the end of an object by itself.
fn damage(repository: &Repository, marker: &str) {
    let objects = repository.path().join("objects");
    let packs = std::fs::read_dir(objects.join("pack")).unwrap().map(|entry| entry.unwrap().path());
    for pack in packs.filter(|path| path.extension().is_some_and(|end| end == "pack")) {
        let file = writable(&pack);
        file.write_all_at(&[0; 64], file.metadata().unwrap().len() / 2).unwrap();
    }
    let hash = repository.git(&["hash-object", "-w", "--stdin"], lines(marker).as_bytes());
    let (folder, name) = hash.trim().split_at(2);
    let file = writable(&objects.join(folder).join(name));
    file.set_len(file.metadata().unwrap().len() * 2 / 3).unwrap();
    let entry = format!("100644 blob {}\tlast.rs\n", hash.trim());
    let tree = repository.git(&["mktree", "--missing"], entry.as_bytes());
    let identity = ["-c", "user.name=Ada Kept", "-c", "user.email=ada@example.org"];
    let arguments = [&identity[..], &["commit-tree", tree.trim(), "-p", "main", "-m", marker]].concat();
    let commit = repository.git(&arguments, b"");
    repository.git(&["update-ref", "refs/heads/main", commit.trim()], b"");
}

/// Objects are protected from changes; whoever owns them may still do so.
fn writable(path: &Path) -> File {
    let mut rights = std::fs::metadata(path).unwrap().permissions();
    rights.set_mode(0o600);
    std::fs::set_permissions(path, rights).unwrap();
    File::options().write(true).open(path).unwrap()
}

/// Text that does not compress to nothing.
fn lines(marker: &str) -> String {
    (0..4_000_u32).map(|n| format!("{marker}loose{}\n", n.wrapping_mul(2_654_435_761))).collect()
}
