//! Ages of lines over histories made by hand. Against `git blame` they are held in the reference server's tests, which read
//! repositories.

use prodops_classify::{AgeFile, AgeStep, AgesError, LineAges, Rework};
use prodops_core::fact::CommitId;
use prodops_core::id::PersonId;
use prodops_core::index_key::IndexKey;
use prodops_core::source::{Content, Transient};
use proptest::prelude::*;
use std::sync::LazyLock;

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

fn empty() -> LineAges {
    LineAges::new(&IndexKey::from_bytes([9; 32]))
}

fn step(
    ages: &mut LineAges,
    number: u8,
    parents: &[u8],
    children: u32,
    days: i64,
    files: &[AgeFile],
) -> Rework {
    let parents: Vec<CommitId> = parents.iter().copied().map(id).collect();
    let author = Some(person(number % 2));
    let committed = days * DAY;
    ages.step(&AgeStep { id: id(number), parents: &parents, children, author, committed, files })
}

/// The commit of every line.
fn lines(ages: &LineAges, path: &str) -> Vec<u8> {
    let runs = ages.file(path.as_bytes()).unwrap_or_default().iter();
    let number = |commit: CommitId| commit.as_bytes()[0];
    runs.flat_map(|run| vec![number(ages.commit(run).unwrap()); run.lines as usize]).collect()
}

const LONG: [&str; 3] =
    ["the first line is long enough\n", "the second line is long enough\n", "the third one, too, is long\n"];

#[test]
fn lines_keep_their_commit_through_edits_moves_renames_and_white_space() {
    let mut ages = empty();
    let [a, b, c] = LONG;
    let first = [a, b, c].concat();
    step(&mut ages, 1, &[], 1, 0, &[file("f", Some(&first), &[])]);
    let second = [a, "new\n", b, c].concat();
    let rework = step(&mut ages, 2, &[1], 1, 1, &[file("f", Some(&second), &[Some(Some(&first))])]);
    assert_eq!(rework, Rework::default());
    let third = format!("  {a}new\n{c}{b}");
    step(&mut ages, 3, &[2], 1, 2, &[file("f", Some(&third), &[Some(Some(&second))])]);
    let rename =
        [file("f", None, &[Some(Some(&third))]), file("g", Some(&format!("{third}x\n")), &[Some(None)])];
    assert_eq!(step(&mut ages, 4, &[3], 0, 3, &rename), Rework::default());
    assert_eq!(lines(&ages, "g"), [1, 2, 1, 1, 4]);
    assert_eq!(ages.file(b"f"), None);
    assert_eq!(ages.surviving(0, DAY), 3);
    assert_eq!(ages.ownership(|_| true).lines, [(Some(person(1)), 3), (Some(person(0)), 2)]);
    assert_eq!(ages.ownership(|_| true).bus_factor(), 1);
}

#[test]
fn lines_replaced_within_days_are_rework_of_own_or_others() {
    let mut ages = empty();
    let [a, b, c] = LONG;
    let first = [a, b, c].concat();
    step(&mut ages, 1, &[], 1, 0, &[file("f", Some(&first), &[])]);
    let second = ["x\n", b, c].concat();
    let rework = step(&mut ages, 3, &[1], 1, 20, &[file("f", Some(&second), &[Some(Some(&first))])]);
    assert_eq!((rework.own, rework.others, rework.deleted_age), (1, 0, 20 * DAY as u64));
    let third = ["y\n", c].concat();
    let rework = step(&mut ages, 4, &[3], 1, 22, &[file("f", Some(&third), &[Some(Some(&second))])]);
    assert_eq!((rework.own, rework.others, rework.deleted), (0, 1, 2));
    let rework = step(&mut ages, 5, &[4], 0, 22, &[file("f", None, &[Some(Some(&third))])]);
    assert_eq!((rework.own, rework.others, rework.deleted), (0, 1, 2));
}

#[test]
fn a_merge_takes_each_line_from_the_parent_that_has_it() {
    let mut ages = empty();
    let base = "a\nb\nc\nd\n";
    step(&mut ages, 1, &[], 3, 0, &[file("f", Some(base), &[]), file("g", Some("g\n"), &[])]);
    let sides = ["A\nb\nc\nd\n", "a\nb\nC\nd\n", "a\nb\nc\nD\n"];
    for (number, side) in (2..).zip(sides) {
        step(&mut ages, number, &[1], 1, 1, &[file("f", Some(side), &[Some(Some(base))])]);
    }
    let merged = "A\nb\nC\nD\nnew\n";
    let old = sides.map(|side| Some(Some(side)));
    let rework = step(&mut ages, 5, &[2, 3, 4], 0, 2, &[file("f", Some(merged), &old)]);
    assert_eq!(rework, Rework::default());
    assert_eq!(lines(&ages, "f"), [2, 1, 3, 4, 5]);
    assert_eq!(lines(&ages, "g"), [1]);
}

#[test]
fn who_has_the_same_file_hands_on_all_of_it() {
    let mut ages = empty();
    step(&mut ages, 1, &[], 2, 0, &[file("f", Some("a\n"), &[])]);
    step(&mut ages, 2, &[1], 1, 1, &[file("f", Some("b\n"), &[Some(Some("a\n"))])]);
    step(&mut ages, 3, &[1], 1, 1, &[file("f", Some("a\nc\n"), &[Some(Some("a\n"))])]);
    step(&mut ages, 4, &[2, 3], 0, 2, &[file("f", None, &[Some(None), None])]);
    assert_eq!(lines(&ages, "f"), [1, 3]);
}

fn written() -> LineAges {
    let mut ages = empty();
    let text: String = (0..500).map(|n| format!("line {n} of the file\n")).collect();
    step(&mut ages, 1, &[], 1, 0, &[file("f", Some(&text), &[])]);
    let mut before = text;
    for number in 2..100u8 {
        let after = before.replace(&format!("line {}7 ", number), &format!("changed {number} "));
        let files = [file("f", Some(&after), &[Some(Some(&before))])];
        step(&mut ages, number, &[number - 1], u32::from(number < 99), i64::from(number), &files);
        before = after;
    }
    ages
}

#[test]
fn ages_are_kept_in_few_bytes_and_gone_on_from() {
    let ages = written();
    let runs = ages.file(b"f").unwrap().len();
    let bytes = ages.encode();
    let commits = 99 * (1 + 20 + 1 + 16 + 3);
    assert!(runs > 50 && bytes.len() - commits < 6 * runs, "{} for {runs}", bytes.len() - commits);
    let mut again = empty().decode(&bytes).unwrap();
    assert_eq!(again.encode(), bytes);
    assert_eq!(lines(&again, "f"), lines(&ages, "f"));
    step(&mut again, 100, &[99], 0, 100, &[file("f", Some("x\n"), &[Some(Some("y\n"))])]);
    assert_eq!(lines(&again, "f"), [100]);
    assert_eq!(empty().decode(&[2]).unwrap_err(), AgesError::Format(2));
}

static WRITTEN: LazyLock<Vec<u8>> = LazyLock::new(|| written().encode());

proptest! {
    #[test]
    fn damaged_ages_are_refused_or_are_ages(at in 0usize..5_000, byte in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = WRITTEN.clone();
        let at = at % bytes.len();
        if cut {
            bytes.truncate(at);
            prop_assert!(empty().decode(&bytes).is_err());
        } else {
            bytes[at] = byte;
            if let Ok(ages) = empty().decode(&bytes) {
                let _ = ages.ownership(|_| true);
            }
        }
    }
}
