//! Library crates contain no `unsafe`.

use super::finding::Finding;
use crate::source::occurrences;
use crate::workspace::Workspace;

/// Checks every file of every library crate, tests included.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let libraries = workspace.members.iter().filter(|member| member.is_library());
    let sources = libraries.flat_map(|member| workspace.sources_of(member));
    let places = sources.flat_map(|source| {
        occurrences(&source.code, "unsafe").into_iter().map(move |place| (source.path.as_str(), place.line))
    });
    let why = "secrets and tenants rest on the guarantees of the language; find a safe crate that wraps it";
    places.map(|(path, line)| Finding::new(path, line, "`unsafe` in a library crate", why)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(text: &str) -> usize {
        check(&Workspace::sample(&[("prodops-a/Cargo.toml", ""), ("prodops-a/src/lib.rs", text)])).len()
    }

    #[test]
    fn words_and_comments_pass_and_the_keyword_does_not() {
        assert_eq!(findings("#![forbid(unsafe_code)]\n// no unsafe here\nconst A: &str = \"unsafe\";"), 0);
        assert_eq!(findings("fn a() { unsafe { b() } }"), 1);
    }
}
