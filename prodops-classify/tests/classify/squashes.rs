//! Squash merges of a generated history are recognised, with the commits that they bring, and nothing else is.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use prodops_classify::{FingerprintKeys, PatchLines, SquashedPatches};
use prodops_core::entropy::Entropy;
use prodops_core::index_key::IndexKey;
use prodops_core::testing::SeededEntropy;

use crate::git::Git;
use crate::oracle::every_commit;

type Files = BTreeMap<String, Vec<String>>;

/// Files that everybody's branches change.
const SHARED: usize = 6;

fn shared(file: usize) -> String {
    format!("src/file{file}.rs")
}

/// Writes branches that become one commit each, and others that are picked commit by commit, as input of `git fast-import`.
struct Generator {
    entropy: SeededEntropy,
    stream: String,
    marks: u32,
    lines: u32,
}

impl Generator {
    fn below(&self, limit: usize) -> usize {
        let mut bytes = [0; 8];
        self.entropy.fill(&mut bytes).unwrap();
        (u64::from_le_bytes(bytes) % limit as u64) as usize
    }

    /// A line; braces and blanks stand everywhere.
    fn line(&mut self) -> String {
        self.lines += 1;
        match self.below(6) {
            0 => "    }".to_owned(),
            1 => String::new(),
            _ => format!("    let value_{} = compute({});", self.lines, self.below(100)),
        }
    }

    fn commit(&mut self, subject: &str, branch: &str, parent: Option<u32>, files: &Files) -> u32 {
        self.marks += 1;
        let (mark, at) = (self.marks, 1_700_000_000 + self.marks);
        let header = format!(
            "commit refs/heads/{branch}\nmark :{mark}\ncommitter A <a@example.org> {at} +0000\ndata {}\n{subject}\n",
            subject.len()
        );
        self.stream.push_str(&header);
        parent.iter().for_each(|parent| writeln!(self.stream, "from :{parent}").unwrap());
        for (path, lines) in files {
            let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
            writeln!(self.stream, "M 100644 inline {path}\ndata {}\n{text}", text.len()).unwrap();
        }
        mark
    }

    /// Adds, replaces and removes lines of some files. A later change of a branch is often one of an earlier one's lines.
    fn change(&mut self, files: &mut Files) {
        for _ in 0..1 + self.below(3) {
            let lines = files.get_mut(&shared(self.below(SHARED))).unwrap();
            let at = self.below(lines.len() + 1);
            let removed = self.below(4).min(lines.len() - at);
            let added: Vec<String> = (0..1 + self.below(12)).map(|_| self.line()).collect();
            lines.splice(at..at + removed, added);
        }
    }

    /// One branch after another, while others work in files of their own.
    fn history(mut self, rounds: usize) -> String {
        let mut main = Files::new();
        for file in 0..SHARED {
            let lines = (0..60).map(|_| self.line()).collect();
            main.insert(shared(file), lines);
        }
        let mut head = self.commit("other", "main", None, &main);
        for round in 0..rounds {
            let (mut branch, mut tip, count) = (main.clone(), head, 2 + self.below(5));
            let mut steps = Vec::new();
            for _ in 0..count {
                self.change(&mut branch);
                tip = self.commit(&format!("part {round}"), &format!("b{round}"), Some(tip), &branch);
                steps.push(branch.clone());
            }
            // Meanwhile somebody else works elsewhere.
            let own = format!("other{}.rs", self.below(3));
            let line = self.line();
            let lines = main.entry(own.clone()).or_default();
            lines.push(line);
            let elsewhere = (own.clone(), lines.clone());
            head = self.commit("other", "main", Some(head), &main);
            let whole = round % 3 != 0;
            for mut files in if whole { steps.split_off(count - 1) } else { steps } {
                files.extend([elsewhere.clone()]);
                let subject = if whole { format!("squash {round}") } else { "picked".to_owned() };
                head = self.commit(&subject, "main", Some(head), &files);
                main = files;
            }
        }
        self.stream
    }
}

/// What each commit is, by its id.
fn subjects(git: &Git) -> HashMap<String, String> {
    let log = git.run(&["log", "--all", "--format=%H %s"], b"");
    let pair = |line: &str| line.split_once(' ').map(|(id, subject)| (id.to_owned(), subject.to_owned()));
    String::from_utf8(log).unwrap().lines().filter_map(pair).collect()
}

#[test]
fn squash_merges_are_recognised_with_their_parts() {
    for seed in 1..=2 {
        let generator =
            Generator { entropy: SeededEntropy::new(seed), stream: String::new(), marks: 0, lines: 0 };
        let folder = tempfile::tempdir().unwrap();
        let git = Git::init(folder.path());
        git.run(&["fast-import", "--quiet"], generator.history(40).as_bytes());
        let (subjects, mut objects) = (subjects(&git), git.objects());
        let keys = FingerprintKeys::of(&IndexKey::from_bytes([7; 32]));
        let mut patches = SquashedPatches::default();
        let (mut found, mut wrong, mut silent) = (0, Vec::new(), BTreeSet::new());
        let history = every_commit(&git);
        let ids: Vec<&str> = history.iter().map(|commit| commit.id.as_str()).collect();
        for (place, commit) in history.iter().enumerate() {
            let subject = &subjects[&commit.id];
            let lines = PatchLines::of(&keys, &commit.read(&mut objects));
            // Braces and blanks alone belong to nobody.
            silent.extend(lines.is_empty().then_some(place));
            let squash = patches.add(place, lines);
            let parts = squash.map(|squash| squash.parts).unwrap_or_default();
            let brought = subject.strip_prefix("squash ").map(|round| format!("part {round}"));
            let is_part =
                |place: &usize| Some(&subjects[ids[*place]]) == brought.as_ref() && !silent.contains(place);
            let expected: Vec<usize> = (0..place).filter(is_part).collect();
            let expected = if expected.len() > 1 { expected } else { Vec::new() };
            found += usize::from(!expected.is_empty() && parts == expected);
            if parts != expected {
                wrong.push((subject, parts, expected));
            }
        }
        println!("seed {seed}: {found} squash merges with all their parts, others: {wrong:?}");
        assert!(found >= 26 && wrong.is_empty(), "{wrong:?}");
    }
}
