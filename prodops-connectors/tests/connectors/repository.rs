//! Throw-away repositories, made with the `git` executable and shut off from the machine's git settings.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

use prodops_core::fact::CommitId;
use tempfile::TempDir;

/// The first commit is made at this second, every later one a minute after the one before.
const FIRST_COMMIT: u64 = 1_700_000_000;

/// Variables that lead git elsewhere.
const HOSTILE: [&str; 8] = [
    "GIT_DIR",
    "GIT_COMMON_DIR",
    "GIT_WORK_TREE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_INDEX_FILE",
    "GIT_SHALLOW_FILE",
    "GIT_NAMESPACE",
    "GIT_CONFIG_COUNT",
];

/// A repository below a folder of its own, which goes when this goes.
pub(crate) struct Repository {
    folder: TempDir,
    path: PathBuf,
    commits: AtomicU64,
}

impl Repository {
    /// An empty repository with a working folder and the branch `main`.
    pub(crate) fn new() -> Self {
        Self::init(&[])
    }

    /// As `git init` makes it with further options.
    pub(crate) fn init(options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("project");
        let repository = Self { folder, path, commits: AtomicU64::new(0) };
        let path = repository.path.to_str().unwrap();
        repository.run(&[&["init", "--quiet", "--initial-branch=main"], options, &[path]].concat(), b"");
        repository
    }

    /// A repository with `n` commits on `main` that each change the file `log`.
    pub(crate) fn with_commits(n: usize) -> Self {
        let repository = Self::new();
        repository.grow(n);
        repository
    }

    /// A copy made by `git clone`, beside this one.
    pub(crate) fn clone_as(&self, name: &str, options: &[&str]) -> PathBuf {
        let to = self.beside(name);
        // Only a clone from a path can share objects; only one from an address can be shallow.
        let scheme = if options.contains(&"--shared") { "" } else { "file://" };
        let from = format!("{scheme}{}", self.path.display());
        self.run(&[&["clone", "--quiet"], options, &[&from, to.to_str().unwrap()]].concat(), b"");
        to
    }

    /// The folder that holds the repository and everything beside it.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A path beside the repository.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where the repository is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Runs git in the repository and returns what it prints, without the last newline.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        String::from_utf8(self.git_bytes(arguments)).unwrap().trim_end().to_owned()
    }

    /// As [`git`](Self::git), for output that is not UTF-8.
    pub(crate) fn git_bytes(&self, arguments: &[&str]) -> Vec<u8> {
        self.run(&[&["-C", self.path.to_str().unwrap()], arguments].concat(), b"")
    }

    /// Runs git in the repository with this input.
    pub(crate) fn git_with(&self, arguments: &[&str], input: &[u8]) -> String {
        let out = self.run(&[&["-C", self.path.to_str().unwrap()], arguments].concat(), input);
        String::from_utf8(out).unwrap().trim_end().to_owned()
    }

    fn run(&self, arguments: &[&str], input: &[u8]) -> Vec<u8> {
        let mut command = Command::new("git");
        // A test can be run under a hostile environment; the builder must not be.
        for name in HOSTILE {
            command.env_remove(name);
        }
        let date = format!("{} +0100", FIRST_COMMIT + 60 * self.commits.load(Ordering::SeqCst));
        command
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .env("HOME", self.folder.path())
            .envs([("GIT_AUTHOR_NAME", "Ada"), ("GIT_AUTHOR_EMAIL", "ada@example.org")])
            .envs([("GIT_COMMITTER_NAME", "Carl"), ("GIT_COMMITTER_EMAIL", "carl@example.org")])
            .envs([("GIT_AUTHOR_DATE", &date), ("GIT_COMMITTER_DATE", &date)])
            .args(["-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "protocol.file.allow=always"])
            .args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the tests need git");
        child.stdin.take().unwrap().write_all(input).unwrap();
        let output = child.wait_with_output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "git {arguments:?}: {error}");
        output.stdout
    }

    /// Writes a file of the working folder.
    pub(crate) fn write(&self, path: impl AsRef<OsStr>, content: impl AsRef<[u8]>) {
        let path = self.path.join(path.as_ref());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// Commits everything in the working folder.
    pub(crate) fn commit(&self, message: &str) -> CommitId {
        self.git(&["add", "--all"]);
        self.commit_index(message)
    }

    /// Commits what is staged, be it nothing.
    pub(crate) fn commit_index(&self, message: &str) -> CommitId {
        self.commits.fetch_add(1, Ordering::SeqCst);
        self.git_with(&["commit", "--quiet", "--allow-empty", "--no-verify", "--file=-"], message.as_bytes());
        self.head()
    }

    /// `n` more commits on the present branch that each change the file `log`.
    pub(crate) fn grow(&self, n: usize) {
        let branch = self.git(&["symbolic-ref", "HEAD"]);
        let born = self.git(&["for-each-ref", &branch]).lines().count() > 0;
        let mut stream = String::new();
        for k in 0..n {
            let number = self.commits.fetch_add(1, Ordering::SeqCst) + 1;
            let who = format!("Ada <ada@example.org> {} +0100", FIRST_COMMIT + 60 * number);
            let message = format!("change {number}");
            let text = format!("{number} {k}\n");
            let _ = write!(
                stream,
                "commit {branch}\nauthor {who}\ncommitter {}",
                who.replace("Ada", "Carl").replace("ada", "carl")
            );
            let _ = write!(stream, "\ndata {}\n{message}\n", message.len());
            if k == 0 && born {
                let _ = writeln!(stream, "from {branch}^0");
            }
            let _ = write!(stream, "M 100644 inline log\ndata {}\n{text}\n", text.len());
        }
        self.git_with(&["fast-import", "--quiet"], stream.as_bytes());
        self.git(&["reset", "--quiet", "--hard"]);
    }

    /// Merges branches into the present one.
    pub(crate) fn merge(&self, branches: &[&str]) -> CommitId {
        self.commits.fetch_add(1, Ordering::SeqCst);
        self.git(&[&["merge", "--quiet", "--no-ff", "-m", "merge"], branches].concat());
        self.head()
    }

    /// A commit object with exactly this text, sensible or not; the present branch is moved to it.
    pub(crate) fn commit_raw(&self, text: &[u8]) -> CommitId {
        let id = self.git_with(&["hash-object", "-t", "commit", "-w", "--stdin", "--literally"], text);
        self.git(&["update-ref", "HEAD", &id]);
        id.parse().unwrap()
    }

    /// The head commit.
    pub(crate) fn head(&self) -> CommitId {
        self.id("HEAD")
    }

    /// The id of a revision.
    pub(crate) fn id(&self, revision: &str) -> CommitId {
        self.git(&["rev-parse", revision]).parse().unwrap()
    }

    /// Every commit that the head reaches.
    pub(crate) fn history(&self) -> Vec<CommitId> {
        self.git(&["rev-list", "HEAD"]).lines().map(|line| line.parse().unwrap()).collect()
    }

    /// The file of a loose object.
    pub(crate) fn loose(&self, revision: &str) -> PathBuf {
        let id = self.git(&["rev-parse", revision]);
        let (folder, file) = id.split_at(2);
        self.path.join(".git/objects").join(folder).join(file)
    }

    /// Makes a loose object unreadable.
    pub(crate) fn damage(&self, revision: &str) {
        let file = self.loose(revision);
        std::fs::remove_file(&file).unwrap();
        std::fs::write(file, b"\x78\x01garbage").unwrap();
    }

    /// Takes a loose object away.
    pub(crate) fn lose(&self, revision: &str) {
        std::fs::remove_file(self.loose(revision)).unwrap();
    }
}
