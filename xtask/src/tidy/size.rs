//! Budgets for files and functions: small enough to read in one sitting.

mod measure;
mod statistic;

use std::fmt::Write as _;

use measure::{FileSize, FunctionSize, Sizes};
use statistic::{median, percentile_90};

use super::finding::Finding;
use crate::workspace::{Member, Workspace};

const FILE_MAX: usize = 500;
const FILE_MEDIAN: usize = 200;
const FUNCTION_MAX: usize = 60;
const FUNCTION_P90: usize = 30;

/// Checks the budgets of every member.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let check_one = |member| check_member(member, &measure::measure(workspace, member));
    workspace.members.iter().flat_map(check_one).collect()
}

fn check_member(member: &Member, sizes: &Sizes) -> Vec<Finding> {
    let mut findings = Vec::new();
    for FileSize { path, lines } in sizes.files.iter().filter(|file| file.lines > FILE_MAX) {
        let what = format!("{lines} lines of production code, budget {FILE_MAX}");
        findings.push(Finding::new(path, 1, what, "one concept per file; split it by concept"));
    }
    for FunctionSize { path, line, name, lines } in
        sizes.functions.iter().filter(|one| one.lines > FUNCTION_MAX)
    {
        let what = format!("`{name}` has {lines} lines, budget {FUNCTION_MAX}");
        findings.push(Finding::new(path, *line, what, "a function is read at a glance; name its steps"));
    }
    let files = sizes.file_lines();
    if median(&files) > FILE_MEDIAN {
        let what =
            format!("median file of `{}` has {} lines, budget {FILE_MEDIAN}", member.name, median(&files));
        findings.push(Finding::new(
            &member.manifest(),
            1,
            what,
            "one concept per file; split the longest ones",
        ));
    }
    let functions = sizes.function_lines();
    if percentile_90(&functions) > FUNCTION_P90 {
        let p90 = percentile_90(&functions);
        let longest = sizes.functions.iter().max_by_key(|one| one.lines).map_or("", |one| &one.name);
        let what = format!(
            "nine of ten functions of `{}` have up to {p90} lines, budget {FUNCTION_P90}",
            member.name
        );
        let why = format!("long functions must stay rare; start with `{longest}`");
        findings.push(Finding::new(&member.manifest(), 1, what, why));
    }
    findings
}

/// The measured sizes per member, for people.
pub(super) fn table(workspace: &Workspace) -> String {
    let mut out = format!(
        "{:<20} {:>6} {:>7} {:>5} {:>5} {:>10} {:>7} {:>5} {:>5}\n",
        "crate", "files", "median", "p90", "max", "functions", "median", "p90", "max"
    );
    for member in &workspace.members {
        let sizes = measure::measure(workspace, member);
        let (files, functions) = (sizes.file_lines(), sizes.function_lines());
        let max = |values: &[usize]| values.iter().copied().max().unwrap_or(0);
        let _ = writeln!(
            out,
            "{:<20} {:>6} {:>7} {:>5} {:>5} {:>10} {:>7} {:>5} {:>5}",
            member.name,
            files.len(),
            median(&files),
            percentile_90(&files),
            max(&files),
            functions.len(),
            median(&functions),
            percentile_90(&functions),
            max(&functions),
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(text: &str) -> Vec<String> {
        let workspace = Workspace::sample(&[("a/Cargo.toml", ""), ("a/src/lib.rs", text)]);
        check(&workspace).iter().map(ToString::to_string).collect()
    }

    fn function(lines: usize) -> String {
        format!("fn a() {{\n{}}}\n", "    b();\n".repeat(lines - 2))
    }

    #[test]
    fn sizes_within_the_budgets_pass() {
        assert!(findings(&"// a\n".repeat(FILE_MEDIAN)).is_empty());
        assert!(findings(&function(FUNCTION_P90)).is_empty());
    }

    #[test]
    fn each_budget_is_checked() {
        let median = findings(&"// a\n".repeat(FILE_MEDIAN + 1));
        assert!(matches!(&median[..], [one] if one.contains("median")), "{median:?}");
        let long = findings(&"// a\n".repeat(FILE_MAX + 1));
        assert!(long.iter().any(|one| one.contains("501 lines of production code")), "{long:?}");
        let p90 = findings(&function(FUNCTION_P90 + 1));
        assert!(matches!(&p90[..], [one] if one.contains("nine of ten")), "{p90:?}");
        let long = findings(&function(FUNCTION_MAX + 1));
        assert!(long.iter().any(|one| one.contains("`a` has 61 lines")), "{long:?}");
    }

    #[test]
    fn the_table_has_a_row_per_member() {
        let workspace = Workspace::sample(&[("a/Cargo.toml", ""), ("a/src/lib.rs", "fn a() {}\n")]);
        assert_eq!(table(&workspace).lines().count(), 2);
    }
}
