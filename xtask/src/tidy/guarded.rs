//! Calls that may stand in a few named places only, because types alone cannot say it across crates.

mod literal;
mod table;

use table::{GUARDS, Guard, Pattern, Where};

use super::finding::Finding;
use crate::source::{Place, RustSource, occurrences};
use crate::workspace::Workspace;

/// Checks every guard of the table.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    GUARDS.iter().flat_map(|guard| check_guard(guard, &workspace.sources)).collect()
}

fn check_guard(guard: &Guard, sources: &[RustSource]) -> Vec<Finding> {
    match guard.allowed {
        Where::Paths { paths, tests } => {
            let outside =
                sources.iter().filter(|source| !paths.iter().any(|path| covers(path, &source.path)));
            let places = outside
                .flat_map(|source| places(guard, source).into_iter().map(move |place| (source, place)));
            let wrong = places.filter(|(source, place)| !(tests && source.is_test_at(place.offset)));
            wrong.map(|(source, place)| finding(guard, source, place)).collect()
        }
        Where::OneFile => {
            let holders = sources.iter().filter_map(|source| Some((source, *places(guard, source).first()?)));
            holders.skip(1).map(|(source, place)| finding(guard, source, place)).collect()
        }
    }
}

fn places(guard: &Guard, source: &RustSource) -> Vec<Place> {
    let found = |pattern: &Pattern| match pattern {
        Pattern::Text(text) => occurrences(&source.code, text),
        Pattern::Literal(name) => literal::places(&source.tree, name),
    };
    guard.patterns.iter().flat_map(found).collect()
}

fn finding(guard: &Guard, source: &RustSource, place: Place) -> Finding {
    Finding::new(&source.path, place.line, guard.what, guard.reason)
}

/// `a/b` covers `a/b.rs` and everything below `a/b/`; `a/b.rs` covers itself.
fn covers(allowed: &str, path: &str) -> bool {
    path.strip_prefix(allowed).is_some_and(|rest| rest.is_empty() || rest == ".rs" || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(files: &[(&str, &str)]) -> usize {
        check(&Workspace::sample(files)).len()
    }

    /// Source text that every guard with this pattern must see.
    fn offence(pattern: &Pattern) -> String {
        match pattern {
            Pattern::Literal(name) => format!("fn a() {{ {name} {{ a: 1 }}; }}"),
            Pattern::Text(text) if text.starts_with('.') => format!("fn a() {{ x{text}b); }}"),
            Pattern::Text(text) if text.ends_with('(') => format!("fn a() {{ {text}); }}"),
            Pattern::Text(text) if text.ends_with("::") => format!("fn a() {{ {text}b(); }}"),
            Pattern::Text(text) => format!("fn a() {{ {text}; }}"),
        }
    }

    #[test]
    fn each_guard_finds_each_of_its_patterns_and_lets_the_named_places_pass() {
        for guard in GUARDS {
            for pattern in guard.patterns {
                let text = offence(pattern);
                match guard.allowed {
                    Where::Paths { paths, tests } => {
                        assert_eq!(findings(&[("prodops/src/other.rs", &text)]), 1, "{text}");
                        assert_eq!(
                            findings(&[("prodops/tests/other.rs", &text)]),
                            usize::from(!tests),
                            "{text}"
                        );
                        for path in paths {
                            let path = format!("{}.rs", path.trim_end_matches(".rs"));
                            assert_eq!(findings(&[(&path, &text)]), 0, "{text} in {path}");
                        }
                    }
                    Where::OneFile => {
                        assert_eq!(findings(&[("a/src/x.rs", &text)]), 0, "{text}");
                        assert_eq!(findings(&[("a/src/x.rs", &text), ("a/src/y.rs", &text)]), 1, "{text}");
                    }
                }
            }
        }
    }

    #[test]
    fn comments_and_strings_are_not_calls() {
        let text = "// source.with_bytes(f)\nconst A: &str = \"Filter::all(x)\";";
        assert_eq!(findings(&[("prodops/src/other.rs", text)]), 0);
    }

    #[test]
    fn unit_tests_may_call_what_tests_may_call() {
        let text = "#[cfg(test)]\nmod tests { fn a() { Filter::all(x); } }";
        assert_eq!(findings(&[("prodops/src/other.rs", text)]), 0);
    }

    #[test]
    fn a_folder_covers_its_files_only() {
        assert!(covers("a/b", "a/b.rs") && covers("a/b", "a/b/c.rs") && covers("a/b.rs", "a/b.rs"));
        assert!(!covers("a/b", "a/bc.rs") && !covers("a/b.rs", "a/b/c.rs"));
    }
}
