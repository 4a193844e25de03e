//! Repositories made by the `git` executable, without the configuration of whoever runs the tests and with fixed dates.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// When the first generated commit was made: 2025-03-03T08:00:00Z.
pub(crate) const FIRST: i64 = 1_740_988_800;

/// A commit to be made.
#[derive(Debug, Clone)]
pub(crate) struct Commit {
    pub(crate) author: (String, String),
    pub(crate) at: i64,
    pub(crate) message: String,
    /// Places of earlier commits of the same list; with none, it begins a history of its own.
    pub(crate) parents: Vec<usize>,
    /// Whole files that it writes; those without content are taken away.
    pub(crate) files: Vec<(String, String)>,
}

/// A bare repository.
#[derive(Debug)]
pub(crate) struct Repository(PathBuf);

impl Repository {
    pub(crate) fn init(folder: &Path) -> Self {
        std::fs::create_dir_all(folder).unwrap();
        let repository = Self(folder.to_owned());
        repository.git(&["init", "--quiet", "--bare", "--initial-branch=main", "."], b"");
        repository
    }

    /// A new repository with these commits on its branch.
    pub(crate) fn with(folder: &Path, commits: &[Commit]) -> Self {
        let repository = Self::init(folder);
        repository.import(commits);
        repository
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Writes the commits and sets the branch to the last one, whatever it was before.
    pub(crate) fn import(&self, commits: &[Commit]) {
        self.git(&["fast-import", "--quiet", "--force"], &script(commits));
    }

    /// Runs git on an input and returns what it writes.
    pub(crate) fn git(&self, arguments: &[&str], input: &[u8]) -> String {
        let mut command = Command::new("git");
        command.current_dir(&self.0).args(arguments);
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS"] {
            command.env_remove(name);
        }
        command
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .env("LC_ALL", "C");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("git is installed");
        child.stdin.take().unwrap().write_all(input).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "git {arguments:?}");
        String::from_utf8(output.stdout).unwrap()
    }
}

fn script(commits: &[Commit]) -> Vec<u8> {
    let mut out = Vec::new();
    for (mark, commit) in commits.iter().enumerate() {
        let Commit { author: (name, email), at, message, .. } = commit;
        writeln!(out, "commit refs/heads/main\nmark :{}", mark + 1).unwrap();
        writeln!(out, "author {name} <{email}> {at} +0100\ncommitter {name} <{email}> {at} +0100").unwrap();
        writeln!(out, "data {}\n{message}", message.len()).unwrap();
        if commit.parents.is_empty() {
            writeln!(out, "deleteall").unwrap();
        }
        for (place, parent) in commit.parents.iter().enumerate() {
            writeln!(out, "{} :{}", if place == 0 { "from" } else { "merge" }, parent + 1).unwrap();
        }
        for (path, content) in &commit.files {
            match content.len() {
                0 => writeln!(out, "D {path}").unwrap(),
                length => writeln!(out, "M 100644 inline {path}\ndata {length}\n{content}").unwrap(),
            }
        }
        writeln!(out).unwrap();
    }
    out
}

/// A history of `count` commits: every tenth is a merge of a side line, one author is renamed on the way, one is a
/// program, and lock files change beside code, prose and tests.
pub(crate) fn history(count: usize) -> Vec<Commit> {
    let mut commits: Vec<Commit> = Vec::with_capacity(count);
    for place in 0..count {
        let parents = match (place, place % 10) {
            (0, _) => Vec::new(),
            // The side line starts two commits back, has one commit, and is merged by the next.
            (_, 8) => vec![place - 2],
            (_, 9) => vec![place - 2, place - 1],
            _ => vec![place - 1],
        };
        let author = match place % 7 {
            0 => ("renovate[bot]".to_owned(), "bot@example.org".to_owned()),
            1 => (format!("Person {}", place / 1_000), "one@example.org".to_owned()),
            other => (format!("Person {other}"), format!("person-{other}@example.org")),
        };
        let body: String =
            (0..place % 13 + 1).map(|line| format!("let value_{line} = {};\n", place * line)).collect();
        let name = match place % 4 {
            0 => format!("docs/page-{}.md", place % 3),
            1 => "Cargo.lock".to_owned(),
            2 => format!("tests/case_{}.rs", place % 5),
            _ => format!("src/module_{}.rs", place % 11),
        };
        let files = if parents.len() > 1 { Vec::new() } else { vec![(name, body)] };
        let kind = ["feat", "fix", "docs", "refactor"][place % 4];
        let message = format!("{kind}: step {place}\n\nFor the sake of it.");
        commits.push(Commit { author, at: FIRST + place as i64 * 3_600, message, parents, files });
    }
    commits
}
