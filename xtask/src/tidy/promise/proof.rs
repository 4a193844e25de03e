//! The tests that prove promises.

use crate::source::{Outline, RustSource};

/// A test that names a promise, or any test among the guarantees whose name starts like one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Proof {
    /// File of the test.
    pub(super) path: String,
    /// Line of the test.
    pub(super) line: usize,
    /// Name of the test.
    pub(super) name: String,
    /// The promise it names; `None` if the name only looks like one.
    pub(super) promise: Option<String>,
    /// Whether it lies in a folder `guarantees`.
    pub(super) is_guarantee: bool,
}

/// Every test in a `tests` folder that runs and whose name starts with `p` and a digit.
pub(super) fn proofs(sources: &[RustSource]) -> Vec<Proof> {
    let in_tests = |source: &&RustSource| source.path.split('/').any(|part| part == "tests");
    sources.iter().filter(in_tests).flat_map(proofs_of).collect()
}

fn proofs_of(source: &RustSource) -> Vec<Proof> {
    let running = source.outline.iter().filter(|item| item.is_test_function() && !item.is_ignored());
    let named = running.filter_map(|item| Some((item, item.function()?)));
    let claims = named.filter(|(_, name)| claims_promise(name));
    let proof = |(item, name): (&Outline, &str)| Proof {
        path: source.path.clone(),
        line: item.first_line,
        name: name.to_owned(),
        promise: promise_of(name),
        is_guarantee: source.path.split('/').any(|part| part == "guarantees"),
    };
    claims.map(proof).collect()
}

fn claims_promise(name: &str) -> bool {
    name.strip_prefix('p').is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
}

/// `p5_2_workspace_comes_from_the_membership` names P5.2.
fn promise_of(name: &str) -> Option<String> {
    let mut parts = name.strip_prefix('p')?.splitn(3, '_');
    let (section, number, what) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |part: &str| !part.is_empty() && part.chars().all(|digit| digit.is_ascii_digit());
    (digits(section) && digits(number) && !what.is_empty()).then(|| format!("P{section}.{number}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_promise() {
        assert_eq!(promise_of("p5_2_workspace_comes_from_the_membership").as_deref(), Some("P5.2"));
        assert_eq!(promise_of("p10_3_erased").as_deref(), Some("P10.3"));
        for other in ["p5_2", "p5_2_", "p5_workspace", "q5_2_a", "p_2_a"] {
            assert_eq!(promise_of(other), None, "{other}");
        }
    }

    #[test]
    fn property_tests_count_and_other_names_do_not() {
        let text = "proptest! {\n    #[test]\n    fn p1_2_sums(x in 0..9) {}\n}\n#[test]\nfn plain() {}\nfn p1_1_a() {}";
        let source = RustSource::parse("prodops/tests/guarantees/a.rs", text).unwrap();
        let found = proofs(&[source]);
        assert!(
            matches!(&found[..], [one] if one.name == "p1_2_sums" && one.line == 2 && one.is_guarantee),
            "{found:?}"
        );
    }
}
