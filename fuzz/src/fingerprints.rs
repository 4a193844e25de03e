//! Lexer and winnowing, in every family of languages.

use std::cell::RefCell;

use prodops_classify::{Extent, Fingerprinter, View, Winnowing};
use prodops_core::index_key::IndexKey;
use prodops_core::source::Transient;

/// Files of every family that the lexer knows, and one that it does not.
const PATHS: [&str; 16] = [
    "a.rs",
    "a.py",
    "a.sh",
    "a.sql",
    "a.html",
    "a.lisp",
    "a.lua",
    "a.hs",
    "a.js",
    "a.cpp",
    "a.yaml",
    "Makefile",
    "a.rb",
    "a.php",
    "a.go",
    "a.unknown",
];

/// Lines, and grams with their offsets.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    lines: Vec<u64>,
    grams: [Vec<(u64, u32, u32)>; 2],
}

fn fingerprinter() -> Fingerprinter {
    Fingerprinter::new(&IndexKey::from_bytes([7; 32]), Winnowing::new(5, 3).expect("small numbers"))
}

thread_local! {
    /// One that has seen all inputs before.
    static USED: RefCell<Fingerprinter> = RefCell::new(fingerprinter());
}

fn found(fingerprinter: &mut Fingerprinter, path: &str, text: &[u8]) -> (Extent, Found) {
    let mut found = Found::default();
    let Found { lines, grams: [exact, abstracted] } = &mut found;
    let text = Transient::new(text.to_vec());
    let extent = fingerprinter.file(
        path.as_bytes(),
        &text,
        |line| lines.push(line),
        |view, gram| {
            let grams = if view == View::Exact { &mut *exact } else { &mut *abstracted };
            grams.push((gram.value, gram.offset, gram.line));
        },
    );
    (extent, found)
}

/// The first byte says which language; the rest is the text.
pub fn fingerprints(data: &[u8]) {
    let Some((first, text)) = data.split_first() else { return };
    let path = PATHS[usize::from(*first) % PATHS.len()];
    let fresh = found(&mut fingerprinter(), path, text);
    let used = USED.with_borrow_mut(|used| found(used, path, text));
    assert_eq!(fresh, used, "what was read before changes nothing");
    let (extent, Found { lines, grams }) = fresh;
    if extent == Extent::Binary {
        assert!(lines.is_empty() && grams.iter().all(Vec::is_empty));
        return;
    }
    assert_eq!(lines.len(), text.split_inclusive(|byte| *byte == b'\n').count());
    for grams in grams {
        assert!(grams.is_sorted_by_key(|(_, offset, _)| *offset), "in the order of the text");
        assert!(
            grams
                .iter()
                .all(|(_, offset, line)| (*offset as usize) < text.len() && *line as usize <= lines.len())
        );
    }
}
