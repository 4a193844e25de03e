//! Memory is taken once: files after the first ones cost none, however large they are.

use prodops_classify::{Classifier, CommitInput, Fingerprinter, WfpWinnower, Winnowing};
use prodops_core::index_key::IndexKey;
use prodops_core::source::{Change, ChangeKind, Content, Transient};

fn key() -> IndexKey {
    IndexKey::from_bytes([5; 32])
}

fn text(lines: usize, seed: usize) -> Transient {
    let line =
        |n: usize| format!("    let name{} = call({}, \"text {n}\"); // note {n}\n", (n * seed) % 97, n * 3);
    Transient::new((0..lines).map(line).collect::<String>().into_bytes())
}

#[test]
fn what_reads_files_can_be_handed_to_a_thread() {
    fn sent<T: Send>() {}
    sent::<Fingerprinter>();
    sent::<Classifier>();
    sent::<WfpWinnower>();
}

#[test]
fn files_are_fingerprinted_without_an_allocation() {
    let files: Vec<(&[u8], Transient)> = vec![
        (b"a.rs", text(10, 3)),
        (b"b.py", text(500, 5)),
        (b"long/path/of/a/file.java", text(20_000, 7)),
        (b"no_language", text(300, 11)),
        (b"empty.js", text(0, 1)),
    ];
    let mut fingerprinter = Fingerprinter::new(&key(), Winnowing::default());
    let (mut lines, mut grams) = (0, 0);
    let (mut winnower, mut hashes) = (WfpWinnower::default(), 0);
    let mut run = |path: &[u8], text: &Transient| {
        fingerprinter.file(path, text, |_| lines += 1, |_, _| grams += 1);
        winnower.text(text, |_| hashes += 1);
    };
    // The first file brings the tables of its language; the longest path, the memory for it.
    files.iter().for_each(|(path, text)| run(path, text));
    let cost = allocation_counter::measure(|| files.iter().for_each(|(path, text)| run(path, text)));
    assert_eq!((cost.count_total, cost.bytes_total), (0, 0));
    assert!(
        lines > 40_000 && grams > 10_000 && hashes > 10_000,
        "{lines} lines, {grams} grams, {hashes} hashes"
    );
}

#[test]
fn a_fingerprinter_does_not_grow_with_the_file() {
    let (small, large) = (text(10, 3), text(100_000, 3));
    let mut fingerprinter = Fingerprinter::new(&key(), Winnowing::default());
    fingerprinter.file(b"a.rs", &small, |_| {}, |_, _| {});
    let cost = allocation_counter::measure(|| {
        fingerprinter.file(b"a.rs", &large, |_| {}, |_, _| {});
    });
    assert_eq!(cost.count_total, 0);
}

fn commit(files: usize) -> Vec<Change> {
    let change = |n: usize| Change {
        path: format!("src/file{n}.rs").into_bytes(),
        kind: ChangeKind::Modified,
        modes: None,
        old: Content::Bytes(text(60, 3)),
        new: Content::Bytes(text(60 + n % 7, 5)),
    };
    (0..files).map(change).collect()
}

/// What the search for differences takes for itself in a file of which some lines changed; it gives it back at once.
const OF_THE_DIFF: u64 = 5;

#[test]
fn a_file_of_a_commit_costs_what_the_diff_takes_and_no_more() {
    let (few, many) = (commit(2), commit(60));
    let mut classifier = Classifier::new(&key());
    let message = Transient::new(b"change files".to_vec());
    let mut run = |changes: &[Change]| {
        let input = CommitInput {
            message: &message,
            merge: false,
            author_name: b"Ada",
            author_email: b"a@b",
            changes,
        };
        assert_eq!(classifier.classify(input).changes.len(), changes.len());
    };
    run(&many);
    let mut count = |changes: &[Change]| allocation_counter::measure(|| run(changes)).count_total;
    let (with_few, with_many) = (count(&few), count(&many));
    assert!(with_many - with_few <= 58 * OF_THE_DIFF, "{with_few} for 2 files and {with_many} for 60");
}
