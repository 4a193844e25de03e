//! What names and contents tell together, and linguist's own samples.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use prodops_core::fact::Language;

use super::super::path::LowerCase;
use super::content::is_undecided;
use super::tables::tables;
use super::*;

fn name_of(path: &str) -> Option<&'static str> {
    of(&LowerCase::default().parts(path.as_bytes())).map(language_name)
}

fn in_file(path: &str, text: &[u8]) -> Option<&'static str> {
    in_text(&LowerCase::default().parts(path.as_bytes()), text).map(language_name)
}

#[test]
fn every_language_is_found_by_its_name_and_in_order() {
    let tables = tables();
    assert!(tables.entries.is_sorted_by(|a, b| a.id < b.id) && tables.entries.len() > 800);
    assert!(tables.file_names.is_sorted_by(|(a, _), (b, _)| a < b) && tables.file_names.len() > 300);
    assert!(tables.endings.is_sorted() && tables.endings.len() > 1_000);
    for entry in &tables.entries {
        assert_eq!(named(entry.name.as_bytes()), Some(Language(entry.id)), "{}", entry.name);
    }
    assert_eq!(named(b"c++"), named(b"cpp"));
    assert_eq!(named(b"Emacs-Lisp"), named(b"elisp"));
}

#[test]
fn ids_are_those_of_linguist() {
    let id = |path: &str| of(&LowerCase::default().parts(path.as_bytes())).map(|language| language.0);
    for (path, expected) in [
        ("a.rs", 327),
        ("a.py", 303),
        ("a.js", 183),
        ("a.ts", 378),
        ("a.go", 132),
        ("A.java", 181),
        ("a.rb", 326),
        ("a.cs", 42),
        ("a.cpp", 43),
        ("a.c", 41),
    ] {
        assert_eq!(id(path), Some(expected), "{path}");
    }
}

#[test]
fn names_come_before_endings_and_long_endings_before_short() {
    assert_eq!(name_of("x/CMakeLists.txt"), Some("CMake"));
    assert_eq!(name_of("x/notes.TXT"), Some("Text"));
    assert_eq!(name_of("Dockerfile"), Some("Dockerfile"));
    assert_eq!(name_of("views/a.blade.php"), Some("Blade"));
    assert_eq!(name_of("tsconfig.json"), Some("JSON with Comments"));
    assert_eq!(name_of("a.unheard-of"), None);
    assert_eq!(language_name(Language(u32::MAX)), "unknown");
}

#[test]
fn content_tells_what_names_leave_open() {
    for (path, text, expected) in [
        // Rules for shared endings.
        ("a.h", "#include <vector>\nclass A {};\n", Some("C++")),
        ("a.h", "@interface A\n@end\n", Some("Objective-C")),
        ("a.h", "int f(void);\n", Some("C")),
        ("a.pl", "use strict;\n", Some("Perl")),
        ("a.pl", "a(X) :- b(X).\n", Some("Prolog")),
        ("a.m", "% a matrix\n", Some("MATLAB")),
        ("a.rs", "fn main() {}\n", Some("Rust")),
        ("a.ts", "<?xml?><TS version=\"2\">", Some("XML")),
        ("a.sql", "CREATE TABLE a (b int);\n", Some("SQL")),
        ("a.sql", "BEGIN TRY\nGO\n", Some("TSQL")),
        ("a.md", "# Title\n", Some("Markdown")),
        // No rule fits: the most common one.
        ("a.cs", "x", Some("C#")),
        ("a.v", "x", Some("Verilog")),
        ("a.inc", "x", None),
        // Interpreters, mode lines and XML.
        ("script", "#!/usr/bin/env python3\n", Some("Python")),
        ("a.pl", "#!/usr/bin/perl\n", Some("Perl")),
        ("script", "#!/bin/bash\n", Some("Shell")),
        ("a.conf", "# vim: ft=nginx\n", Some("Nginx")),
        ("strange", "<?xml version=\"1.0\"?>\n", Some("XML")),
        ("ls.1", ".TH LS 1\n.SH NAME\n", Some("Roff Manpage")),
        ("ls.1", "plain\n", Some("Text")),
        ("strange", "text\n", None),
    ] {
        assert_eq!(in_file(path, text.as_bytes()), expected, "{path}: {text}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_have_a_language_or_none(
        path in "[a-z]{1,4}\\.(h|m|pl|inc|1|txt|sql|md|xyz)",
        text in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200),
    ) {
        in_file(&path, &text);
        in_file(&path, &[b"#!", &text[..]].concat());
        in_file(&path, &[b"-*- ", &text[..], b" -*- vim: ft="].concat());
    }
}

/// The folder of a checkout of linguist.
fn linguist() -> PathBuf {
    let Some(folder) = option_env!("PRODOPS_TEST_LINGUIST") else { panic!("set PRODOPS_TEST_LINGUIST") };
    folder.into()
}

/// Files of linguist's samples, with the language whose folder they lie in.
fn samples(folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = |folder: &Path| -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths
    };
    let mut samples = Vec::new();
    for language in entries(folder) {
        let name = language.file_name().unwrap().to_str().unwrap().to_owned();
        // Files with a name of their own lie in a folder for them.
        let files = entries(&language)
            .into_iter()
            .flat_map(|path| if path.is_dir() { entries(&path) } else { vec![path] });
        samples.extend(files.map(|file| (name.clone(), file)));
    }
    samples
}

/// `PRODOPS_TEST_LINGUIST=<linguist> cargo test -p prodops-classify --lib -- --ignored --nocapture linguists_samples`
#[test]
#[ignore = "reads the samples of linguist, in the checkout that PRODOPS_TEST_LINGUIST names"]
fn linguists_samples_have_their_languages() {
    let (mut files, mut same, mut undecided, mut met) = (0, 0, 0, 0);
    let mut other = BTreeMap::<(String, &str), usize>::new();
    for (language, path) in samples(&linguist().join("samples")) {
        let (name, text) = (path.file_name().unwrap().to_str().unwrap(), fs::read(&path).unwrap());
        let found = in_file(name, &text).unwrap_or("none");
        // Folders cannot be called as some languages are.
        let is_same = found.replace('/', "-") == language.replace('/', "-");
        if is_undecided(&LowerCase::default().parts(name.as_bytes()), &text) {
            undecided += 1;
            met += usize::from(is_same);
            continue;
        }
        files += 1;
        if is_same {
            same += 1;
        } else {
            *other.entry((language, found)).or_default() += 1;
        }
    }
    let mut classes: Vec<_> = other.into_iter().collect();
    classes.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    println!("{same} of {files} files that name or content tell; {met} of {undecided} others");
    println!("most frequent others: {:#?}", classes.iter().take(25).collect::<Vec<_>>());
    assert!(same * 100 >= files * 95, "{same} of {files}");
}
