//! The table of security requirements, `docs/asvs.csv`: every row is well-formed, and every test and document it names
//! exists.

mod table;

use std::collections::BTreeSet;

use table::{Row, Status};

use super::finding::Finding;
use crate::source::Outline;
use crate::workspace::Workspace;

/// Where the requirements are listed.
const TABLE: &str = "docs/asvs.csv";

/// Compares the table with itself and with the tests.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let Some(text) = workspace.text(TABLE) else {
        let why = "whoever runs this asks which requirements hold and which are theirs";
        return vec![Finding::new(TABLE, 1, "is missing", why)];
    };
    let (rows, broken) = table::parse(text);
    let why = "id, level, requirement, status, evidence; ids ascend";
    let mut findings: Vec<Finding> =
        broken.into_iter().map(|(line, what)| Finding::new(TABLE, line, what, why)).collect();
    let tests = tests(workspace);
    findings.extend(rows.iter().flat_map(|row| unknown_tests(row, &tests)));
    findings.extend(rows.iter().flat_map(|row| unknown_sections(row, workspace)));
    findings
}

fn unknown_sections<'r>(row: &'r Row, workspace: &'r Workspace) -> impl Iterator<Item = Finding> + 'r {
    let named = row.evidence.split_whitespace().filter(|_| row.status == Status::Document);
    named.filter(|section| !is_section(section, workspace)).map(|section| {
        let what = format!("{} names the section `{section}`, which does not exist", row.id);
        Finding::new(TABLE, row.line, what, "whoever follows the table must find what it names")
    })
}

/// Whether `path#anchor` leads to a heading of a document; the anchor is the heading in lower case, hyphens for blanks.
fn is_section(section: &str, workspace: &Workspace) -> bool {
    let Some((path, anchor)) = section.split_once('#') else { return false };
    let anchor_of = |line: &str| {
        let heading = line.strip_prefix('#')?.trim_start_matches('#').trim();
        Some(heading.to_lowercase().replace(' ', "-"))
    };
    workspace
        .text(path)
        .is_some_and(|text| text.lines().any(|line| anchor_of(line).is_some_and(|found| found == anchor)))
}

/// The names of all tests that run.
fn tests(workspace: &Workspace) -> BTreeSet<&str> {
    let items = workspace.sources.iter().flat_map(|source| &source.outline);
    let running = items.filter(|item| item.is_test_function() && !item.is_ignored());
    running.filter_map(Outline::function).collect()
}

fn unknown_tests<'r>(row: &'r Row, tests: &'r BTreeSet<&str>) -> impl Iterator<Item = Finding> + 'r {
    let named = row.evidence.split_whitespace().filter(|_| row.status == Status::Test);
    named.filter(|name| !tests.contains(name)).map(|name| {
        let what = format!("{} names the test `{name}`, which does not exist", row.id);
        Finding::new(
            TABLE,
            row.line,
            what,
            "a requirement holds when a test would fail without its mechanism",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(row: &str) -> Vec<String> {
        let table = format!("{}\n{row}\n", table::HEADING);
        let test = "#[test]\nfn it_holds() {}\n#[test]\n#[ignore]\nfn it_is_ignored() {}\nfn it_is_none() {}";
        let document = "# A\n\n## What it says\n";
        let workspace = Workspace::sample(&[
            (TABLE, &table),
            ("prodops-core/tests/core/main.rs", test),
            ("docs/operating.md", document),
        ]);
        check(&workspace).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_row_names_tests_that_run() {
        assert!(findings("V3.3.1,1,cookies are Secure,test,it_holds").is_empty());
        assert!(findings("V3.3.1,1,cookies are Secure,operator,it_is_none of ours").is_empty());
        for name in ["it_is_ignored", "it_is_none", "it_holds it_does_not"] {
            let found = findings(&format!("V3.3.1,1,cookies are Secure,test,{name}"));
            assert!(found.len() == 1 && found[0].contains("docs/asvs.csv:2: V3.3.1 names"), "{found:?}");
        }
    }

    #[test]
    fn a_row_names_sections_that_are_there() {
        assert!(findings("V6.1.3,2,it is documented,document,docs/operating.md#what-it-says").is_empty());
        for section in ["docs/operating.md", "docs/operating.md#what", "docs/other.md#what-it-says"] {
            let found = findings(&format!("V6.1.3,2,it is documented,document,{section}"));
            assert!(found.len() == 1 && found[0].contains("names the section"), "{found:?}");
        }
    }

    #[test]
    fn a_broken_row_and_a_missing_table_are_found() {
        assert_eq!(findings("V3.3.1,1,cookies are Secure,done,it_holds").len(), 1);
        assert_eq!(check(&Workspace::sample(&[])).len(), 1);
    }
}
