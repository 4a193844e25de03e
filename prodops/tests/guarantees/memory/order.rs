//! What a child is told to do, and how it is started.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use super::search::masked;

/// Orders, a line each.
pub(super) struct Order {
    /// The place in which it works.
    pub(super) folder: PathBuf,
    /// What to look for, laid over with a mask.
    pub(super) needle: Vec<u8>,
    /// Whether it does what our programs do at their start.
    pub(super) guarded: bool,
    /// Whether it is aborted while it reads, or lives through every other ending.
    pub(super) aborts: bool,
}

impl Order {
    pub(super) fn new(folder: PathBuf, marker: &str) -> Self {
        Self { folder, needle: masked(marker), guarded: false, aborts: false }
    }

    pub(super) fn repositories(&self) -> PathBuf {
        self.folder.join("repositories")
    }

    /// The folder for temporary files of the child.
    pub(super) fn temporary(&self) -> PathBuf {
        self.folder.join("temporary")
    }

    /// Reads the orders from standard input, without taking more of it than they are.
    pub(super) fn read() -> Option<Self> {
        let mut lines = std::io::stdin().lines().take(4).map(Result::unwrap);
        let (folder, needle) = (lines.next()?.into(), lines.next()?);
        let needle = needle.split(' ').map(|byte| byte.parse().unwrap()).collect();
        let (guarded, aborts) = (lines.next()?.parse().ok()?, lines.next()?.parse().ok()?);
        Some(Self { folder, needle, guarded, aborts })
    }

    fn write(&self, mut to: impl Write) {
        let needle: Vec<String> = self.needle.iter().map(u8::to_string).collect();
        let Self { folder, guarded, aborts, .. } = self;
        writeln!(to, "{}\n{}\n{guarded}\n{aborts}", folder.display(), needle.join(" ")).unwrap();
    }

    /// Runs this test binary as the child, in its folder, after this line of the shell.
    pub(super) fn run(&self, first: &str) -> Output {
        std::fs::create_dir(self.temporary()).unwrap();
        let mut child = Command::new("/bin/sh")
            .args(["-c", &format!("{first} exec \"$0\" \"$@\"")])
            .current_dir(&self.folder)
            .arg(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "--nocapture", "memory::child"])
            .env("TMPDIR", self.temporary())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        self.write(child.stdin.take().unwrap());
        child.wait_with_output().unwrap()
    }
}
