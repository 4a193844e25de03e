//! The ages of lines against `git blame -w -M`.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use prodops::classify::{AgeFile, AgeStep, LineAges, LineEditor, LineOrigin, LineOrigins};
use prodops::connectors::git::{GitConnector, LineageCommit, LineageFile, LineageOrder, LineageVisitor};
use prodops::core::fact::CommitId;
use prodops::core::index_key::IndexKey;
use prodops::core::input::ConnectionTarget;
use prodops_core::entropy::Entropy;
use prodops_core::testing::SeededEntropy;

fn git(folder: &Path, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut command = Command::new("git");
    command.current_dir(folder).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    let mut child = command.spawn().expect("git is installed");
    let mut stdin = child.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(input).unwrap());
        child.wait_with_output().unwrap()
    });
    assert!(output.status.success(), "git {arguments:?}");
    output.stdout
}

fn step<R>(commit: LineageCommit, reader: impl FnOnce(&AgeStep<'_>) -> R) -> R {
    let file = |file: LineageFile| AgeFile { path: file.path, new: file.new, old: file.old };
    let files: Vec<AgeFile> = commit.files.into_iter().map(file).collect();
    reader(&AgeStep {
        id: commit.header.id,
        parents: &commit.header.parents,
        author: None,
        committed: commit.header.committer.time.at.to_jiff().as_second(),
        files: &files,
    })
}

struct Forward {
    editor: LineEditor,
    ages: LineAges,
}

impl LineageVisitor for Forward {
    fn wants(&self, _: &CommitId, _: &[u8]) -> bool {
        true
    }

    fn visit(&mut self, commit: LineageCommit) {
        let children = commit.children;
        let edits = step(commit, |step| self.editor.edits(step));
        self.ages.follow(&edits.lines, children);
    }
}

struct Backward(LineOrigins);

impl LineageVisitor for Backward {
    fn wants(&self, commit: &CommitId, path: &[u8]) -> bool {
        self.0.wants(commit, path)
    }

    fn visit(&mut self, commit: LineageCommit) {
        step(commit, |step| self.0.step(step));
    }
}

fn source(folder: &Path) -> (GitConnector, ConnectionTarget) {
    let connector = GitConnector::within([PathBuf::from("/")]).unwrap();
    (connector, ConnectionTarget::new(folder.to_str().unwrap()).unwrap())
}

/// The commit of every line of every file, by the ages of the whole history.
fn ages(folder: &Path) -> Forward {
    let (connector, target) = source(folder);
    let editor = LineEditor::new(&IndexKey::from_bytes([3; 32]));
    let mut ages = Forward { editor, ages: LineAges::default() };
    connector.lineage(&target, LineageOrder::ParentsFirst, &mut ages).unwrap();
    ages
}

/// The commit of every line of one file, found backwards.
fn traced(folder: &Path, file: &str) -> Vec<String> {
    let (connector, target) = source(folder);
    let (head, content) = connector.file_at_head(&target, file.as_bytes()).unwrap().unwrap();
    let mut origins = Backward(LineOrigins::of(file.as_bytes()));
    origins.0.start(head, &content);
    connector.lineage(&target, LineageOrder::ChildrenFirst, &mut origins).unwrap();
    let lines = |one: LineOrigin| std::iter::repeat_n(one.commit.to_string(), one.lines as usize);
    origins.0.finish().into_iter().flat_map(lines).collect()
}

/// The commit of every line by git; a line of a boundary has a `^` in front.
fn blame(folder: &Path, file: &str) -> Vec<String> {
    let lines = git(folder, &["blame", "-w", "-M", "-l", "-s", "--root", "HEAD", "--", file], b"");
    let lines = lines.split(|byte| *byte == b'\n').filter(|line| line.len() > 40);
    lines.map(|line| String::from_utf8_lossy(&line[..40]).into_owned()).collect()
}

fn ours(forward: &Forward, file: &str) -> Vec<String> {
    let runs = forward.ages.file(forward.editor.key(file.as_bytes())).unwrap_or_default();
    let lines = |run| std::iter::repeat_n(forward.ages.commit(run).unwrap().to_string(), run.lines as usize);
    runs.iter().flat_map(lines).collect()
}

/// Lines of files at `HEAD`, and those that agree: by the ages of the whole history, and found backwards.
#[derive(Debug, Default)]
struct Agreement {
    lines: usize,
    forward: usize,
    backward: usize,
    /// Files in which one of them disagrees: in how many lines each, and of how many.
    off: BTreeMap<String, ([usize; 2], usize)>,
    /// Some lines of each on which the first disagrees.
    examples: Vec<String>,
}

/// Compares every `nth` file.
fn compare(folder: &Path, nth: usize, agreement: &mut Agreement) {
    let ages = ages(folder);
    let listed = git(folder, &["ls-tree", "-r", "-z", "HEAD"], b"");
    for entry in listed.split(|byte| *byte == 0).filter(|entry| !entry.is_empty()).step_by(nth) {
        let entry = String::from_utf8_lossy(entry).into_owned();
        let (meta, file) = entry.split_once('\t').unwrap();
        if meta.starts_with("160000") {
            continue;
        }
        let blamed = blame(folder, file);
        let same = |found: &[String]| blamed.iter().zip(found).filter(|(a, b)| a == b).count();
        let traced = traced(folder, file);
        assert_eq!(traced.len(), blamed.len(), "{file}");
        let ours = ours(&ages, file);
        let (lines, found) = (blamed.len(), [same(&ours), same(&traced)]);
        let differs = blamed.iter().zip(&ours).enumerate().filter(|(_, (git, ours))| git != ours);
        agreement.examples.extend(differs.take(5).map(|(line, (git, ours))| {
            format!("{file}:{}: {git} by git, {ours} by the ages of the history", line + 1)
        }));
        agreement.lines += lines;
        agreement.forward += found[0];
        agreement.backward += found[1];
        if found != [lines; 2] {
            agreement.off.insert(file.to_owned(), (found.map(|same| lines - same), lines));
        }
    }
}

/// A history with branches, renames, moves and files that come back.
struct Generator {
    entropy: SeededEntropy,
    stream: Vec<u8>,
    mark: usize,
}

type Tree = BTreeMap<String, Vec<String>>;

impl Generator {
    fn below(&self, limit: usize) -> usize {
        let mut bytes = [0; 8];
        self.entropy.fill(&mut bytes).unwrap();
        (u64::from_le_bytes(bytes) % limit as u64) as usize
    }

    fn line(&self) -> String {
        match self.below(8) {
            0 => "}".to_owned(),
            1 => String::new(),
            _ => format!(
                "    let value_{} = compute({}, {});",
                self.below(1 << 30),
                self.below(99),
                self.below(99)
            ),
        }
    }

    fn edit(&self, tree: &mut Tree) {
        let names: Vec<String> = tree.keys().cloned().collect();
        if names.len() < 6 || self.below(12) == 0 {
            let lines = (0..20 + self.below(60)).map(|_| self.line()).collect();
            tree.insert(format!("dir{}/file{}.rs", self.below(3), self.below(40)), lines);
            return;
        }
        let name = &names[self.below(names.len())];
        match self.below(14) {
            0 => drop(tree.remove(name)),
            1 => {
                let lines = tree.remove(name).unwrap();
                tree.insert(format!("dir{}/moved{}.rs", self.below(3), self.below(40)), lines);
            }
            2 => tree.get_mut(name).unwrap().iter_mut().for_each(|line| line.insert_str(0, "  ")),
            3 => {
                let lines = tree.get_mut(name).unwrap();
                let from = self.below(lines.len());
                let block: Vec<String> = lines.drain(from..(from + 6).min(lines.len())).collect();
                let to = self.below(lines.len() + 1);
                lines.splice(to..to, block);
            }
            _ => {
                let lines = tree.get_mut(name).unwrap();
                let from = self.below(lines.len() + 1);
                let to = (from + self.below(4)).min(lines.len());
                let new: Vec<String> = (0..self.below(5)).map(|_| self.line()).collect();
                lines.splice(from..to, new);
                lines.push(self.line());
            }
        }
    }

    fn commit(&mut self, parents: &[usize], tree: &Tree) -> usize {
        self.mark += 1;
        let time = 1_700_000_000 + 3_600 * self.mark;
        let mut head = format!(
            "commit refs/heads/main\nmark :{}\ncommitter A <a@example.org> {time} +0000\ndata 1\nc",
            self.mark
        );
        for (place, parent) in parents.iter().enumerate() {
            head += &format!("{} :{parent}\n", if place == 0 { "\nfrom" } else { "merge" });
        }
        head += "deleteall\n";
        self.stream.extend_from_slice(head.as_bytes());
        for (path, lines) in tree {
            let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
            let file = format!("M 100644 inline {path}\ndata {}\n{text}\n", text.len());
            self.stream.extend_from_slice(file.as_bytes());
        }
        self.mark
    }

    fn history(mut self, rounds: usize) -> Vec<u8> {
        let mut tree = Tree::new();
        (0..8).for_each(|_| self.edit(&mut tree));
        let mut head = self.commit(&[], &tree);
        for _ in 0..rounds {
            let branches = 1 + self.below(3);
            let (mut tips, mut merged) = (Vec::new(), tree.clone());
            for _ in 0..branches {
                let (mut tip, mut mine) = (head, tree.clone());
                for _ in 0..1 + self.below(4) {
                    self.edit(&mut mine);
                    tip = self.commit(&[tip], &mine);
                }
                // What the branch changed is merged file by file.
                for name in tree.keys().chain(mine.keys()).cloned().collect::<Vec<_>>() {
                    if tree.get(&name) != mine.get(&name) {
                        match mine.get(&name) {
                            Some(lines) => drop(merged.insert(name, lines.clone())),
                            None => drop(merged.remove(&name)),
                        }
                    }
                }
                tips.push(tip);
            }
            if self.below(3) == 0 {
                self.edit(&mut merged);
            }
            tree = merged;
            head = if tips.len() == 1 { tips[0] } else { self.commit(&tips, &tree) };
            if tips.len() == 1 {
                head = self.commit(&[head], &tree);
            }
        }
        self.stream
    }
}

#[test]
fn lines_come_from_the_commits_that_git_blames() {
    let mut found = Agreement::default();
    for seed in 1..=4 {
        let folder = tempfile::tempdir().unwrap();
        git(folder.path(), &["init", "--quiet", "--bare", "--initial-branch=main", "."], b"");
        let generator = Generator { entropy: SeededEntropy::new(seed), stream: Vec::new(), mark: 0 };
        git(folder.path(), &["fast-import", "--quiet"], &generator.history(30));
        compare(folder.path(), 1, &mut found);
    }
    assert!(found.lines > 1_000 && found.backward * 1_000 >= found.lines * 995, "{found:?}");
    assert!(found.forward * 100 >= found.lines * 98, "{found:?}");
}

/// `PRODOPS_TEST_REPOSITORY=<path> cargo test -p reference-server --release -- --ignored --nocapture`
#[test]
#[ignore = "reads the repository that PRODOPS_TEST_REPOSITORY names"]
fn lines_of_a_real_repository_come_from_the_commits_that_git_blames() {
    let Some(path) = option_env!("PRODOPS_TEST_REPOSITORY") else { panic!("set PRODOPS_TEST_REPOSITORY") };
    let mut found = Agreement::default();
    compare(path.as_ref(), 10, &mut found);
    println!("{found:#?}");
    assert!(found.backward * 100 >= found.lines * 99);
}
