//! What git itself says that a commit changed.

use std::collections::BTreeMap;

use prodops_core::fact::{CommitId, ContentKey, PathKey};
use prodops_core::source::ChangeKind;

use crate::reading::{Reading, SeenChange, Side};
use crate::repository::Repository;
use crate::sink::number;

/// The changes of one commit against its first parent, none for merges, in git's order.
fn changes(repository: &Repository, id: CommitId) -> Vec<SeenChange> {
    let id = id.to_string();
    let options =
        ["diff-tree", "-r", "--root", "--raw", "-z", "--no-renames", "--no-commit-id", "--no-abbrev"];
    let out = repository.git_bytes(&[&options[..], &[&id]].concat());
    let fields: Vec<&[u8]> = out.split(|byte| *byte == 0).filter(|field| !field.is_empty()).collect();
    fields.chunks_exact(2).map(|pair| change(repository, pair[0], pair[1])).collect()
}

fn change(repository: &Repository, raw: &[u8], path: &[u8]) -> SeenChange {
    let raw = std::str::from_utf8(raw).unwrap().trim_start_matches(':');
    let [old_mode, new_mode, old, new, letter] = raw.split(' ').collect::<Vec<_>>()[..] else {
        panic!("{raw}")
    };
    let kind = match letter {
        "A" => ChangeKind::Added,
        "D" => ChangeKind::Deleted,
        "M" => ChangeKind::Modified,
        "T" => ChangeKind::TypeChanged,
        _ => panic!("{raw}"),
    };
    let side = |mode: &str, id: &str| match mode {
        "000000" => Side::Absent,
        "160000" => Side::Submodule,
        // Where only the mode changed, there is nothing to read.
        _ if old == new => Side::Bytes(0),
        _ => Side::Bytes(repository.git(&["cat-file", "-s", id]).parse().unwrap()),
    };
    (path.to_vec(), kind, side(old_mode, old), side(new_mode, new))
}

/// Every commit of the head's history came by with exactly the changes that git names, parents before children.
pub(crate) fn agrees(reading: &Reading, repository: &Repository) {
    reading.holds(repository.history());
    for id in repository.history() {
        assert_eq!(reading.seen(id).changes, changes(repository, id), "{id}");
    }
    // What was read all over counts as it came last.
    let order = reading.sink.asked().order.clone();
    let place = |id: &CommitId| order.iter().rposition(|other| other == id).unwrap();
    for (id, commit) in &reading.sink.stored().commits {
        assert!(commit.parents.iter().all(|parent| place(parent) < place(id)), "{id} comes before a parent");
    }
    let stored = reading.sink.stored().files.clone();
    let found = stored.into_values().map(|file| (file.path, (file.content, file.lines)));
    assert_eq!(found.collect::<BTreeMap<_, _>>(), files(repository), "what lies at the head");
}

/// The regular files at the head: what each holds, and how many bytes.
fn files(repository: &Repository) -> BTreeMap<PathKey, (ContentKey, u32)> {
    let out = repository.git_bytes(&["ls-tree", "-r", "-l", "-z", "HEAD"]);
    let file = |line: &[u8]| {
        let tab = line.iter().position(|byte| *byte == b'\t').unwrap();
        let entry: Vec<&str> = std::str::from_utf8(&line[..tab]).unwrap().split_whitespace().collect();
        let object: CommitId = entry[2].parse().unwrap();
        let content = ContentKey(number(object.as_bytes()));
        let path = PathKey(number(&line[tab + 1..]));
        entry[0].starts_with("100").then(|| (path, (content, entry[3].parse().unwrap())))
    };
    out.split(|byte| *byte == 0).filter(|line| !line.is_empty()).filter_map(file).collect()
}
