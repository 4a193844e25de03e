//! Commits that are made to take long.

use prodops_classify::{Classifier, CommitInput, Extent, Fingerprinter, LineKinds, Winnowing, renames};
use prodops_core::index_key::IndexKey;
use prodops_core::source::{Change, ChangeKind, Content, Transient};

fn key() -> IndexKey {
    IndexKey::from_bytes([9; 32])
}

fn text(text: &str) -> Content {
    Content::Bytes(Transient::new(text.as_bytes().to_vec()))
}

fn change(path: String, kind: ChangeKind, old: Content, new: Content) -> Change {
    Change { path: path.into_bytes(), kind, modes: None, old, new }
}

fn classify(changes: &[Change]) -> prodops_classify::ClassifiedCommit {
    let message = Transient::new(b"m".to_vec());
    Classifier::new(&key()).classify(CommitInput {
        message: &message,
        merge: false,
        author_name: b"",
        author_email: b"",
        changes,
    })
}

#[test]
fn a_commit_of_a_hundred_thousand_files_is_read() {
    let files = (0..50_000u32).flat_map(|n| {
        let content = || text(&format!("let value_{} = {n};\n", n % 7));
        let gone = change(format!("old/{n}.rs"), ChangeKind::Deleted, content(), Content::Absent);
        [gone, change(format!("new/{n}.rs"), ChangeKind::Added, Content::Absent, content())]
    });
    let changes: Vec<Change> = files.collect();
    assert_eq!(classify(&changes).changes.len(), 100_000);
    // Every file is found by its content; pairs are not compared.
    let found = renames(&changes);
    assert_eq!(found.len(), 50_000);
    assert!(found.iter().all(|rename| rename.from + 1 == rename.to && !rename.copy));
}

#[test]
fn equal_files_and_equal_lines_in_great_numbers_are_no_work() {
    let files = (0..20_000u32).flat_map(|n| {
        let gone = change(format!("old/{n}"), ChangeKind::Deleted, text("x\n"), Content::Absent);
        [gone, change(format!("new/x{n}"), ChangeKind::Added, Content::Absent, text("x\n"))]
    });
    // One of them is renamed; of the first one the others are copies.
    let found = renames(&files.collect::<Vec<_>>());
    assert_eq!(found.iter().filter(|rename| !rename.copy).count(), 1);
    // Without a limit, each of these lines would be compared with all of the others, from every one of them on.
    let lines = "\n".repeat(4_000);
    let changes = [
        change("a".to_owned(), ChangeKind::Deleted, text(&lines), Content::Absent),
        change("b".to_owned(), ChangeKind::Added, Content::Absent, text(&lines)),
    ];
    assert_eq!(classify(&changes).kinds[1], LineKinds { added: 4_000, ..LineKinds::default() });
}

#[test]
fn what_is_too_long_is_counted_and_said_so() {
    let long = |end: &str| format!("{}{end}\n", "let a = 1;\n".repeat(1_000_000));
    let modified =
        |old: &str, new: &str| change("a.rs".to_owned(), ChangeKind::Modified, text(old), text(new));
    let found = classify(&[modified(&long("a"), &long("b")), modified("a\n", "b\n")]);
    assert_eq!((found.changes[0].added, found.changes[0].deleted), (1, 1));
    assert_eq!((found.kinds[0].updated, found.unlexed), (1, 1));
}

#[test]
fn a_line_without_end_is_one_line() {
    let text = Transient::new(vec![b'a'; 11 << 20]);
    let mut fingerprinter = Fingerprinter::new(&key(), Winnowing::default());
    let mut lines = 0;
    let cost = allocation_counter::measure(|| {
        let extent =
            fingerprinter.file(b"a.js", &text, |_| lines += 1, |_, _| panic!("it is not taken apart"));
        assert_eq!(extent, Extent::Lines);
    });
    assert_eq!(lines, 1);
    assert!(cost.bytes_max < 1 << 10, "{} bytes", cost.bytes_max);
    let mut fingerprinter = fingerprinter.with_longest(usize::MAX);
    let text = Transient::new(b"(a".repeat(200_000));
    let mut grams = 0;
    assert_eq!(fingerprinter.file(b"a.js", &text, |_| {}, |_, _| grams += 1), Extent::Whole);
    assert!(grams > 0);
    assert_eq!(
        fingerprinter.file(b"a.js", &Transient::new(b"a\0".to_vec()), |_| {}, |_, _| {}),
        Extent::Binary
    );
}
