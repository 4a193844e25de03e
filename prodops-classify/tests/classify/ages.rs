//! Ages of lines over histories made by hand. Against `git blame` they are held in the reference server's tests, which read
//! repositories.

use std::collections::HashMap;

use prodops_classify::{AgeFile, AgeStep, LineAges, LineEditor};
use prodops_core::fact::{CommitEdits, CommitId, LineSnapshot, LineTurnover};
use prodops_core::id::PersonId;
use prodops_core::index_key::IndexKey;
use prodops_core::source::{Content, Transient};

const DAY: i64 = 86_400;

fn id(number: u8) -> CommitId {
    CommitId::Sha1([number; 20])
}

fn person(number: u8) -> PersonId {
    PersonId::derive(&[&[number]])
}

fn content(text: Option<&str>) -> Content {
    text.map_or(Content::Absent, |text| Content::Bytes(Transient::new(text.as_bytes().to_vec())))
}

fn file(path: &str, new: Option<&str>, old: &[Option<Option<&str>>]) -> AgeFile {
    AgeFile {
        path: path.as_bytes().to_vec(),
        new: content(new),
        old: old.iter().map(|old| old.map(content)).collect(),
    }
}

struct History {
    editor: LineEditor,
    ages: LineAges,
    log: Vec<(CommitEdits, u32)>,
}

impl History {
    fn empty() -> Self {
        let editor = LineEditor::new(&IndexKey::from_bytes([9; 32]));
        Self { editor, ages: LineAges::default(), log: Vec::new() }
    }

    /// Adds a commit and tells what it does to the lines of all its files together.
    fn step(
        &mut self,
        number: u8,
        parents: &[u8],
        children: u32,
        days: i64,
        files: &[AgeFile],
    ) -> LineTurnover {
        let parents: Vec<CommitId> = parents.iter().copied().map(id).collect();
        let author = Some(person(number % 2));
        let committed = days * DAY;
        let edits =
            self.editor.edits(&AgeStep { id: id(number), parents: &parents, author, committed, files });
        let mut sum = LineTurnover::default();
        for (_, one) in self.ages.take(&edits, children) {
            sum.written += one.written;
            sum.fresh += one.fresh;
            sum.rework_own += one.rework_own;
            sum.rework_others += one.rework_others;
            sum.refactored += one.refactored;
            sum.age_days += one.age_days;
        }
        self.log.push((edits, children));
        sum
    }

    /// The commit of every line.
    fn lines(&self, path: &str) -> Vec<u8> {
        let runs = self.ages.file(self.editor.key(path.as_bytes())).unwrap_or_default().iter();
        let number = |commit: CommitId| commit.as_bytes()[0];
        runs.flat_map(|run| vec![number(self.ages.commit(run).unwrap()); run.lines as usize]).collect()
    }
}

fn turnover(written: u32, fresh: u32, lost: [u32; 3], age_days: u32) -> LineTurnover {
    let [rework_own, rework_others, refactored] = lost;
    LineTurnover { written, fresh, rework_own, rework_others, refactored, age_days }
}

/// Lines by author, as a snapshot has them.
fn owners(parts: &[LineSnapshot]) -> HashMap<Option<PersonId>, u32> {
    let mut owners = HashMap::new();
    for file in parts.iter().flat_map(|part| &part.files) {
        let mut place = 0;
        for run in &file.runs {
            place += run.commit;
            let owner = parts[0].commits[place as usize].author.map(|at| parts[0].authors[at as usize]);
            *owners.entry(owner).or_default() += run.lines;
        }
    }
    owners
}

const LONG: [&str; 3] =
    ["the first line is long enough\n", "the second line is long enough\n", "the third one, too, is long\n"];

#[test]
fn lines_keep_their_commit_through_edits_moves_renames_and_white_space() {
    let mut history = History::empty();
    let [a, b, c] = LONG;
    let first = [a, b, c].concat();
    assert_eq!(history.step(1, &[], 1, 0, &[file("f", Some(&first), &[])]), turnover(3, 3, [0; 3], 0));
    let second = [a, "new\n", b, c].concat();
    let did = history.step(2, &[1], 1, 1, &[file("f", Some(&second), &[Some(Some(&first))])]);
    assert_eq!(did, turnover(1, 1, [0; 3], 0));
    let third = format!("  {a}new\n{c}{b}");
    let did = history.step(3, &[2], 1, 2, &[file("f", Some(&third), &[Some(Some(&second))])]);
    assert_eq!(did, LineTurnover::default());
    let rename =
        [file("f", None, &[Some(Some(&third))]), file("g", Some(&format!("{third}x\n")), &[Some(None)])];
    assert_eq!(history.step(4, &[3], 0, 3, &rename), turnover(1, 1, [0; 3], 0));
    assert_eq!(history.lines("g"), [1, 2, 1, 1, 4]);
    assert_eq!(history.lines("f"), [0; 0]);
    let owners = owners(&history.ages.snapshot(10));
    assert_eq!(owners, HashMap::from([(Some(person(1)), 3), (Some(person(0)), 2)]));
}

#[test]
fn lines_replaced_within_days_are_rework_of_own_or_others() {
    let mut history = History::empty();
    let [a, b, c] = LONG;
    let first = [a, b, c].concat();
    history.step(1, &[], 1, 0, &[file("f", Some(&first), &[])]);
    let second = ["x\n", b, c].concat();
    let did = history.step(3, &[1], 1, 20, &[file("f", Some(&second), &[Some(Some(&first))])]);
    assert_eq!(did, turnover(1, 0, [1, 0, 0], 20));
    let third = ["y\nz\n", c].concat();
    let did = history.step(4, &[3], 1, 22, &[file("f", Some(&third), &[Some(Some(&second))])]);
    assert_eq!(did, turnover(2, 0, [0, 1, 1], 2 + 22));
    let did = history.step(5, &[4], 0, 22, &[file("f", None, &[Some(Some(&third))])]);
    assert_eq!(did, turnover(0, 0, [0, 2, 1], 22));
}

#[test]
fn a_merge_takes_each_line_from_the_parent_that_has_it() {
    let mut history = History::empty();
    let base = "a\nb\nc\nd\n";
    history.step(1, &[], 3, 0, &[file("f", Some(base), &[]), file("g", Some("g\n"), &[])]);
    let sides = ["A\nb\nc\nd\n", "a\nb\nC\nd\n", "a\nb\nc\nD\n"];
    for (number, side) in (2..).zip(sides) {
        history.step(number, &[1], 1, 1, &[file("f", Some(side), &[Some(Some(base))])]);
    }
    let merged = "A\nb\nC\nD\nnew\n";
    let old = sides.map(|side| Some(Some(side)));
    let did = history.step(5, &[2, 3, 4], 0, 2, &[file("f", Some(merged), &old)]);
    assert_eq!(did, LineTurnover::default());
    assert_eq!(history.lines("f"), [2, 1, 3, 4, 5]);
    assert_eq!(history.lines("g"), [1]);
}

#[test]
fn who_has_the_same_file_hands_on_all_of_it() {
    let mut history = History::empty();
    history.step(1, &[], 2, 0, &[file("f", Some("a\n"), &[])]);
    history.step(2, &[1], 1, 1, &[file("f", Some("b\n"), &[Some(Some("a\n"))])]);
    history.step(3, &[1], 1, 1, &[file("f", Some("a\nc\n"), &[Some(Some("a\n"))])]);
    history.step(4, &[2, 3], 0, 2, &[file("f", None, &[Some(None), None])]);
    assert_eq!(history.lines("f"), [1, 3]);
}

#[test]
fn what_is_not_known_is_not_zero() {
    let mut history = History::empty();
    // Of what stood there before, nothing was read.
    let did = |history: &mut History, number, file: AgeFile| {
        let edits = AgeStep {
            id: id(number),
            parents: &[id(number - 1)],
            author: None,
            committed: 0,
            files: &[file],
        };
        let edits = history.editor.edits(&edits);
        history.ages.take(&edits, 1)
    };
    assert_eq!(did(&mut history, 2, file("f", Some("a\n"), &[Some(Some("b\n"))])), []);
    let mut large = file("f", Some("c\n"), &[Some(Some("a\n"))]);
    large.new = Content::TooLarge { bytes: 1 << 40 };
    assert_eq!(did(&mut history, 3, large), []);
    assert_eq!(did(&mut history, 4, file("g", Some("a\0"), &[Some(None)])), []);
    assert_eq!(did(&mut history, 5, file("g", None, &[Some(Some("a\0"))])), []);
}

/// Many small changes all over a long file.
fn written() -> History {
    let mut history = History::empty();
    let text: String = (0..500).map(|n| format!("line {n} of the file\n")).collect();
    history.step(1, &[], 1, 0, &[file("f", Some(&text), &[])]);
    let mut before = text;
    for number in 2..100u8 {
        let after = before.replace(&format!("line {number}7 "), &format!("changed {number} "));
        let files = [file("f", Some(&after), &[Some(Some(&before))])];
        history.step(number, &[number - 1], u32::from(number < 99), i64::from(number), &files);
        before = after;
    }
    history
}

#[test]
fn ages_are_kept_in_few_bytes() {
    let history = written();
    let parts = history.ages.snapshot(10);
    let runs: usize = parts.iter().flat_map(|part| &part.files).map(|file| file.runs.len()).sum();
    let commits = parts[0].commits.len();
    let bytes = postcard::to_stdvec(&parts).unwrap().len();
    assert!(runs > 80 && bytes < 6 * runs + 6 * commits + 16 * 2 + 20, "{bytes} for {runs} runs");
    // A commit that changes one line of a file costs its ids and not much more.
    let log: usize =
        history.log.iter().map(|(edits, _)| postcard::to_stdvec(&edits.lines).unwrap().len()).sum();
    assert!(log < history.log.len() * 110, "{log} for {} commits", history.log.len());
}

#[test]
fn a_history_is_followed_from_its_log() {
    let history = written();
    let mut again = LineAges::default();
    for (edits, children) in &history.log {
        again.follow(&edits.lines, *children);
    }
    assert_eq!(again.snapshot(1), history.ages.snapshot(1));
}
