//! The `git` executable, without the configuration of whoever runs the tests.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A repository.
pub(crate) struct Git {
    folder: PathBuf,
}

impl Git {
    pub(crate) fn open(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    pub(crate) fn init(folder: &Path) -> Self {
        let git = Self::open(folder);
        git.run(&["init", "--quiet", "--bare", "--initial-branch=main", "."], b"");
        git
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.current_dir(&self.folder).args(arguments);
        command
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .env("LC_ALL", "C");
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS"] {
            command.env_remove(name);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command
    }

    /// Runs a command on an input and returns what it writes.
    pub(crate) fn run(&self, arguments: &[&str], input: &[u8]) -> Vec<u8> {
        let mut child = self.command(arguments).spawn().expect("git is installed");
        let mut questions = child.stdin.take().unwrap();
        // Whoever answers before the end of the question would wait for its reader.
        let output = std::thread::scope(|scope| {
            scope.spawn(move || questions.write_all(input).unwrap());
            child.wait_with_output().unwrap()
        });
        assert!(output.status.success(), "git {arguments:?}");
        output.stdout
    }

    /// Starts to read objects.
    pub(crate) fn objects(&self) -> Objects {
        let mut child = self.command(&["cat-file", "--batch"]).spawn().expect("git is installed");
        let (questions, answers) =
            (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Objects { child, questions: Some(questions), answers }
    }
}

/// A running `git cat-file --batch`.
pub(crate) struct Objects {
    child: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Objects {
    /// The content of an object.
    pub(crate) fn read(&mut self, id: &str) -> Vec<u8> {
        writeln!(self.questions.as_mut().unwrap(), "{id}").unwrap();
        let mut header = String::new();
        self.answers.read_line(&mut header).unwrap();
        let size =
            header.split_whitespace().nth(2).unwrap_or_else(|| panic!("{header}")).parse::<usize>().unwrap();
        let mut content = vec![0; size];
        self.answers.read_exact(&mut content).unwrap();
        self.answers.read_exact(&mut [0]).unwrap();
        content
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        // The end of its input ends the process.
        self.questions.take();
        let _ = self.child.wait();
    }
}
