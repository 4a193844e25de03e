//! Renamed and copied files, beside git's.

use std::collections::BTreeMap;

use bstr::BStr;
use prodops_classify::renames;

use crate::git::Git;
use crate::oracle::commits;

/// How many pairs both find, and how many only one of them.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    both: usize,
    only_git: usize,
    only_here: usize,
    /// Both say where a file comes from, and not the same file.
    other_source: usize,
    /// The pairs on which the two do not agree.
    differences: Vec<String>,
}

impl Found {
    fn precision(&self) -> f64 {
        self.both as f64 / (self.both + self.only_here + self.other_source).max(1) as f64
    }

    fn recall(&self) -> f64 {
        self.both as f64 / (self.both + self.only_git + self.other_source).max(1) as f64
    }
}

/// Where git says that new files come from, by commit.
fn gits(git: &Git) -> BTreeMap<String, BTreeMap<Vec<u8>, Vec<u8>>> {
    let log = ["log", "--no-merges", "-M", "-C", "-l1000", "--name-status", "-z", "--format=@%H"];
    let out = git.run(&log, b"");
    let (mut all, mut here) = (BTreeMap::new(), String::new());
    let mut parts = out.split(|byte| *byte == 0).map(|part| part.strip_prefix(b"\n").unwrap_or(part));
    while let Some(part) = parts.next() {
        match part.first() {
            Some(b'@') => here = String::from_utf8(part[1..41].to_vec()).unwrap(),
            Some(b'R' | b'C') if part.len() == 4 => {
                let (from, to) = (parts.next().unwrap(), parts.next().unwrap());
                let pairs: &mut BTreeMap<_, _> = all.entry(here.clone()).or_default();
                pairs.insert(to.to_vec(), from.to_vec());
            }
            Some(_) => drop(parts.next()),
            None => {}
        }
    }
    all
}

fn compare(git: &Git) -> Found {
    let (expected, mut objects, mut found) = (gits(git), git.objects(), Found::default());
    let none = BTreeMap::new();
    for commit in commits(git) {
        let changes = commit.read(&mut objects);
        let mut expected = expected.get(&commit.id).unwrap_or(&none).clone();
        let line = |what: &str, from: &[u8], to: &[u8]| {
            format!("{}: {what}: {:?} from {:?}", commit.id, BStr::new(to), BStr::new(from))
        };
        for rename in renames(&changes) {
            let (from, to) = (&changes[rename.from].path, &changes[rename.to].path);
            match expected.remove(to) {
                Some(gits) if gits == *from => found.both += 1,
                Some(gits) => {
                    found.differences.push(line("git has another source", &gits, to));
                    found.other_source += 1;
                }
                None => {
                    found.differences.push(line("only here", from, to));
                    found.only_here += 1;
                }
            }
        }
        found.differences.extend(expected.iter().map(|(to, from)| line("only git", from, to)));
        found.only_git += expected.len();
    }
    found
}

/// Lines of a file, so many of them changed.
fn lines(file: usize, changed: usize) -> String {
    let line = |n: usize| {
        let marked = if n * 7 % 40 < changed { "changed" } else { "original" };
        format!("the {marked} line {n} of the file {file} says {}\n", n * file % 101)
    };
    (0..40).map(line).collect()
}

/// A history in which files move, change a little or much while they move, and are copied while their source changes.
fn history() -> Vec<u8> {
    let mut stream = String::new();
    let mut commit = |number: usize, actions: String| {
        let time = 1_700_000_000 + number;
        stream += &format!(
            "commit refs/heads/main\ncommitter A <a@example.org> {time} +0000\ndata 1\nc\n{actions}"
        );
    };
    let write = |path: &str, text: &str| format!("M 100644 inline {path}\ndata {}\n{text}\n", text.len());
    commit(0, (0..60).map(|file| write(&format!("old/{file}"), &lines(file, 0))).collect());
    for file in 0..60 {
        let (old, new) = (format!("old/{file}"), format!("new/{file}"));
        // From the same content to one that is another file.
        let changed = lines(file, file % 31);
        let kept = write(&old, &lines(file, 3));
        commit(
            file + 1,
            if file % 3 == 0 {
                kept + &write(&new, &changed)
            } else {
                format!("D {old}\n") + &write(&new, &changed)
            },
        );
    }
    stream.into_bytes()
}

#[test]
fn a_generated_history_has_gits_renames() {
    let folder = tempfile::tempdir().unwrap();
    let git = Git::init(folder.path());
    git.run(&["fast-import", "--quiet"], &history());
    git.run(&["symbolic-ref", "HEAD", "refs/heads/main"], b"");
    let found = compare(&git);
    assert!(found.both >= 20 && found.precision() > 0.95 && found.recall() > 0.95, "{found:?}");
}

/// `PRODOPS_TEST_REPOSITORY=<path> cargo test -p prodops-classify --release -- --ignored --nocapture`
#[test]
#[ignore = "reads the repository that PRODOPS_TEST_REPOSITORY names"]
fn a_real_repository_has_gits_renames() {
    let Some(path) = option_env!("PRODOPS_TEST_REPOSITORY") else { panic!("set PRODOPS_TEST_REPOSITORY") };
    let found = compare(&Git::open(path.as_ref()));
    found.differences.iter().for_each(|line| println!("{line}"));
    let Found { both, only_git, only_here, other_source, .. } = found;
    println!("both {both}, only git {only_git}, only here {only_here}, another source {other_source}");
    println!("precision {:.4}, recall {:.4}", found.precision(), found.recall());
    assert!(found.precision() >= 0.95 && found.recall() >= 0.95);
}
