//! Which backends of the store the conformance suite runs against, and with how many tests.

use std::collections::BTreeSet;

use crate::process::Step;

/// A backend, the module that runs the suite against it, and whether it needs PostgreSQL.
const TARGETS: &[(&str, &str, bool)] = &[
    ("embedded, in memory", "memory", false),
    ("embedded, one file", "file", false),
    ("PostgreSQL", "direct", true),
    ("PostgreSQL behind pgbouncer", "pooled", true),
];

/// The switch with which somebody does without PostgreSQL.
const SKIP: &str = "PRODOPS_SKIP_POSTGRES";

/// One line for each backend.
pub(crate) fn report() -> Vec<String> {
    let list = ["test", "--quiet", "--workspace", "--all-features", "--test", "store", "--test", "postgres"];
    let list = Step::cargo(&[list.as_slice(), &["--", "--list", "--format", "terse"]].concat());
    match list.capture() {
        Ok(listed) => lines(&listed, is_switched_off()),
        Err(error) => vec![format!("conformance: the tests cannot be listed: {error}")],
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "said by the person who runs the tests, as to the tests themselves"
)]
fn is_switched_off() -> bool {
    std::env::var_os(SKIP).is_some_and(|value| value == "1")
}

fn lines(listed: &str, skipped: bool) -> Vec<String> {
    let promises = tests_of(listed, "memory");
    let line = |(name, module, postgres): &(&str, &str, bool)| {
        let kept = tests_of(listed, module).intersection(&promises).count();
        let skipped = if skipped && *postgres { format!(", SKIPPED by {SKIP}=1") } else { String::new() };
        format!("conformance: {name}: {kept} of {} promises{skipped}", promises.len())
    };
    TARGETS.iter().map(line).collect()
}

/// The tests of a module. The one in memory has those of the suite and no other.
fn tests_of<'l>(listed: &'l str, module: &str) -> BTreeSet<&'l str> {
    let tests = listed.lines().filter_map(|line| line.strip_suffix(": test")?.split_once("::"));
    tests.filter(|(of, _)| *of == module).map(|(_, test)| test).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTED: &str = "direct::a: test\ndirect::b: test\nfile::a: test\nfile::only_a_file: test\nmemory::a: test\n\
                          memory::b: test\npooled::a: test\nbenches::a: bench\n";

    #[test]
    fn promises_are_counted_by_backend() {
        let lines = lines(LISTED, false);
        assert_eq!(lines[0], "conformance: embedded, in memory: 2 of 2 promises");
        assert_eq!(lines[1], "conformance: embedded, one file: 1 of 2 promises");
        assert_eq!(lines[3], "conformance: PostgreSQL behind pgbouncer: 1 of 2 promises");
    }

    #[test]
    fn what_is_skipped_says_so() {
        let lines = lines(LISTED, true);
        assert!(!lines[0].contains("SKIPPED"));
        assert!(lines[2].ends_with("2 of 2 promises, SKIPPED by PRODOPS_SKIP_POSTGRES=1"), "{}", lines[2]);
    }
}
