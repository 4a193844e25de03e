//! Kinds of change, and moved lines as `git diff --color-moved=blocks` has them.

use prodops_classify::{ClassifiedCommit, Classifier, CommitInput, LineKinds};
use prodops_core::fact::ComplexityDelta;
use prodops_core::index_key::IndexKey;
use prodops_core::source::{Change, ChangeKind, Content, Transient};

use crate::git::Git;
use crate::history::Generator;
use crate::oracle::commits;

fn content(text: Option<&str>) -> Content {
    text.map_or(Content::Absent, |text| Content::Bytes(Transient::new(text.as_bytes().to_vec())))
}

fn change(path: &str, old: Option<&str>, new: Option<&str>) -> Change {
    let kind = match (old, new) {
        (None, _) => ChangeKind::Added,
        (_, None) => ChangeKind::Deleted,
        _ => ChangeKind::Modified,
    };
    Change { path: path.as_bytes().to_vec(), kind, modes: None, old: content(old), new: content(new) }
}

fn classified(changes: &[Change]) -> ClassifiedCommit {
    let message = Transient::new(b"m".to_vec());
    let input = CommitInput { message: &message, merge: false, author_name: b"", author_email: b"", changes };
    Classifier::new(&IndexKey::from_bytes([1; 32])).classify(input)
}

pub(crate) fn kinds(changes: &[Change]) -> Vec<LineKinds> {
    classified(changes).kinds
}

fn kinds_of(path: &str, old: &str, new: &str) -> LineKinds {
    kinds(&[change(path, Some(old), Some(new))])[0]
}

#[test]
fn hunks_fall_into_kinds() {
    let kinds = |old: &str, new: &str| kinds_of("a.rs", old, new);
    let none = LineKinds::default();
    let start = "fn a() {\n    one(b, b);\n    two();\n}\n";
    for (new, expected) in [
        ("fn a() {\n    one(b, b);\n    two();\n    three();\n}\n", LineKinds { added: 1, ..none }),
        ("fn a() {\n    two();\n}\n", LineKinds { deleted: 1, ..none }),
        ("fn a() {\n    one(b, c);\n    two();\n}\n", LineKinds { updated: 1, ..none }),
        ("fn a() {\n    one(c, c);\n    two();\n}\n", LineKinds { replaced: 1, ..none }),
        ("fn a() {\n\tone( b,\n\t\tb );\n    two();\n}\n", LineKinds { format_only: 2, ..none }),
        ("fn a() {\n    // b\n    one(b, b); // c\n    two();\n}\n", LineKinds { comment_only: 2, ..none }),
    ] {
        assert_eq!(kinds(start, new), expected, "{new}");
    }
}

#[test]
fn complexity_is_known_on_both_sides_or_not_at_all() {
    let (one, three) = ("fn a() {\n    if b {}\n}\n", "fn a() {\n    if b { if c {} }\n}\n");
    let long = format!("fn a() {{}} // {}\n", "x".repeat(10 << 20));
    let mut large = change("a.rs", Some(one), Some(three));
    large.old = Content::TooLarge { bytes: 1 << 30 };
    let delta = |before, after| Some(ComplexityDelta { before, after });
    for (change, expected) in [
        (change("a.rs", Some(one), Some(three)), delta(1, 3)),
        (change("a.rs", None, Some(three)), delta(0, 3)),
        (change("a.rs", Some(one), None), delta(1, 0)),
        (change("a.rs", Some(three), Some(three)), delta(3, 3)),
        (change("a.rs", None, Some("")), delta(0, 0)),
        (change("a.md", Some(one), Some(three)), None),
        (change("a.rs", Some(one), Some("\0")), None),
        (change("a.rs", Some(one), Some(&long)), None),
        (change("a.rs", None, Some(&long)), None),
        (large, None),
    ] {
        assert_eq!(classified(std::slice::from_ref(&change)).changes[0].complexity, expected);
    }
}

#[test]
fn what_changes_inside_of_a_literal_is_no_format() {
    let old = "let a = \"x\n  y\n\";\n";
    assert_eq!(kinds_of("a.rs", old, &old.replace("  y", " y")).format_only, 0);
    let old = "x = \"\"\"\na\n  b\n\"\"\"\n";
    assert_eq!(kinds_of("a.py", old, &old.replace("  b", "b")).format_only, 0);
    assert_eq!(kinds_of("a.py", "if a:\n  b\n  c\n", "if a:\n  b\nc\n").format_only, 0);
    let old = "a /* x\n  y */ b\n";
    assert_eq!(kinds_of("a.c", old, &old.replace("  y", " z")).comment_only, 1);
}

#[test]
fn files_that_move_or_are_copied_move_or_copy_their_lines() {
    let text: String = (0..20).map(|n| format!("    let value_{n} = compute_something({n});\n")).collect();
    let changes = [change("a.rs", Some(&text), None), change("b.rs", None, Some(&text))];
    assert_eq!(kinds(&changes)[1], LineKinds { moved: 20, ..LineKinds::default() });
    let changes =
        [change("a.rs", Some(&text), Some(&format!("{text}x\n"))), change("b.rs", None, Some(&text))];
    assert_eq!(kinds(&changes)[1], LineKinds { copied: 20, ..LineKinds::default() });
}

/// Moved lines of every commit, as git paints them.
fn painted(git: &Git) -> Vec<(String, u32)> {
    let log = [
        "-c",
        "color.diff.newMoved=black",
        "-c",
        "color.diff.oldMoved=red",
        "-c",
        "color.diff.new=green",
        "log",
        "--no-merges",
        "--no-renames",
        "-p",
        "--color=always",
        "--color-moved=blocks",
        "--ws-error-highlight=none",
        "--format=@%H",
    ];
    let text = git.run(&log, b"");
    let mut commits: Vec<(String, u32)> = Vec::new();
    for line in text.split(|byte| *byte == b'\n') {
        if let Some(id) = line.strip_prefix(b"@").filter(|id| id.len() == 40) {
            commits.push((String::from_utf8(id.to_vec()).unwrap(), 0));
        } else if line.starts_with(b"\x1b[30m+")
            && let Some(last) = commits.last_mut()
        {
            last.1 += 1;
        }
    }
    commits
}

/// What is moved, beside what git paints as moved.
#[derive(Default)]
struct Painted {
    commits: usize,
    moved: u64,
    /// Lines of disagreement, and the commits that have them.
    off: u64,
    differences: Vec<String>,
}

fn compare(git: &Git) -> Painted {
    let (mut objects, mut all) = (git.objects(), Painted::default());
    let painted: std::collections::HashMap<String, u32> = painted(git).into_iter().collect();
    for commit in commits(git) {
        let changes = commit.read(&mut objects);
        // git shows a file that became a link as all of one gone and all of the other new, which it counts as one change.
        // And it paints the line that names the commit of a submodule, which has no lines here.
        let submodule = |content: &Content| matches!(content, Content::Submodule);
        let left_out = |change: &Change| {
            change.kind == ChangeKind::TypeChanged || submodule(&change.old) || submodule(&change.new)
        };
        if changes.iter().any(left_out) {
            continue;
        }
        let found: u32 = kinds(&changes).iter().map(|kinds| kinds.moved).sum();
        let by_git = painted[&commit.id];
        all.commits += 1;
        all.moved += u64::from(by_git);
        all.off += u64::from(found.abs_diff(by_git));
        if found != by_git {
            all.differences.push(format!("{}: {by_git} moved lines by git, {found} here", commit.id));
        }
    }
    all
}

#[test]
fn lines_move_as_git_paints_them() {
    let folder = tempfile::tempdir().unwrap();
    let git = Git::init(folder.path());
    git.run(&["fast-import", "--quiet"], &Generator::new(7).history(300));
    git.run(&["symbolic-ref", "HEAD", "refs/heads/main"], b"");
    let all = compare(&git);
    assert!(all.moved > 50);
    assert_eq!(all.differences, [""; 0]);
}

/// `PRODOPS_TEST_REPOSITORY=<path> cargo test -p prodops-classify --release -- --ignored --nocapture`
#[test]
#[ignore = "reads the repository that PRODOPS_TEST_REPOSITORY names"]
fn lines_of_a_real_repository_move_as_git_paints_them() {
    let Some(path) = option_env!("PRODOPS_TEST_REPOSITORY") else { panic!("set PRODOPS_TEST_REPOSITORY") };
    let Painted { commits, moved, off, differences } = compare(&Git::open(path.as_ref()));
    differences.iter().for_each(|line| println!("{line}"));
    println!("{} of {commits} commits differ; {off} of {moved} moved lines off", differences.len());
    assert!(off * 1_000 <= moved);
}
