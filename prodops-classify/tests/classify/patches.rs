//! Patch ids are git's.

use std::collections::HashMap;

use prodops_classify::git_patch;
use prodops_core::source::{Change, Content};

use crate::git::Git;
use crate::history::Generator;
use crate::oracle::commits;

/// How many commits agree, and which do not.
#[derive(Debug, Default)]
struct Agreement {
    equal: usize,
    /// A submodule's pinned commit is a line of the patch for git, and is not read here.
    submodules: usize,
    /// What git says of the commit taken back, where it was asked.
    inverse: (usize, usize),
    different: Vec<String>,
}

/// git's id of each commit.
fn patch_ids(git: &Git, direction: &[&str]) -> HashMap<String, String> {
    let log =
        [&["log", "-p", "--full-index", "--no-renames", "--no-merges", "--format=%H"], direction].concat();
    let ids = git.run(&["patch-id", "--stable"], &git.run(&log, b""));
    let pair = |line: &str| line.split_once(' ').map(|(patch, commit)| (commit.to_owned(), patch.to_owned()));
    String::from_utf8(ids).unwrap().lines().filter_map(pair).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn compare(git: &Git) -> Agreement {
    let (forward, inverse) =
        (patch_ids(git, &[]), patch_ids(git, &["-R", "--src-prefix=b/", "--dst-prefix=a/"]));
    let mut objects = git.objects();
    let mut agreement = Agreement::default();
    let of =
        |change: &Change| [&change.old, &change.new].iter().any(|side| matches!(side, Content::Submodule));
    for commit in commits(git) {
        let changes = commit.read(&mut objects);
        let patch = git_patch(&changes);
        if changes.iter().any(of) {
            agreement.submodules += 1;
        } else if patch.map(|patch| hex(&patch.forward)).as_ref() == forward.get(&commit.id) {
            agreement.equal += 1;
            let back = patch.map(|patch| hex(&patch.inverse));
            let equal = back.as_ref() == inverse.get(&commit.id);
            agreement.inverse.0 += usize::from(equal);
            agreement.inverse.1 += 1;
        } else {
            agreement.different.push(commit.id);
        }
    }
    agreement
}

#[test]
fn generated_histories_have_gits_patch_ids() {
    for seed in 4..=6 {
        let folder = tempfile::tempdir().unwrap();
        let git = Git::init(folder.path());
        git.run(&["fast-import", "--quiet"], &Generator::new(seed).history(300));
        git.run(&["symbolic-ref", "HEAD", "refs/heads/main"], b"");
        let agreement = compare(&git);
        assert!(agreement.equal > 200 && agreement.different.is_empty(), "{agreement:?}");
    }
}

/// `PRODOPS_TEST_REPOSITORY=<path> cargo test -p prodops-classify --release -- --ignored --nocapture`
#[test]
#[ignore = "reads the repository that PRODOPS_TEST_REPOSITORY names"]
fn a_real_repository_has_gits_patch_ids() {
    let Some(path) = option_env!("PRODOPS_TEST_REPOSITORY") else { panic!("set PRODOPS_TEST_REPOSITORY") };
    let agreement = compare(&Git::open(path.as_ref()));
    println!("{agreement:#?}");
    assert!(agreement.different.is_empty());
}
