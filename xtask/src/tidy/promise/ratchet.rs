//! The list of open promises may only shrink.

use super::list::{self, Promise};
use crate::process::Step;
use crate::tidy::finding::Finding;

/// The list at the last commit, at the one before, and where this branch left the main one.
///
/// Commits that do not exist, or lack the list, are skipped: a fresh clone or a source archive has nothing to compare.
pub(super) fn former_lists(path: &str) -> Vec<Vec<Promise>> {
    let branch_point = |main| Step::new("git", &["merge-base", "HEAD", main]).capture().ok();
    let branch_point = branch_point("origin/main").or_else(|| branch_point("main")).unwrap_or_default();
    let commits = ["HEAD", "HEAD~1", branch_point.trim()];
    let known = commits.into_iter().filter(|commit| !commit.is_empty());
    known.filter_map(|commit| former_list(commit, path)).collect()
}

fn former_list(commit: &str, path: &str) -> Option<Vec<Promise>> {
    let text = Step::new("git", &["show", &format!("{commit}:{path}")]).capture().ok()?;
    list::parse(&text).ok()
}

/// Whatever was kept before must still be kept, and no promise disappears.
pub(super) fn check(path: &str, former: &[Promise], now: &[Promise]) -> Vec<Finding> {
    let why = "people rely on it; repair the mechanism instead";
    let lost = |was: &Promise| match now.iter().find(|promise| promise.id == was.id) {
        None => Some(Finding::new(path, 1, format!("promise {} disappeared", was.id), why)),
        Some(is) if was.open.is_none() && is.open.is_some() => {
            Some(Finding::new(path, is.line, format!("promise {} was kept and is open again", is.id), why))
        }
        Some(_) => None,
    };
    former.iter().filter_map(lost).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn promise(id: &str, open: bool) -> Promise {
        Promise { id: id.to_owned(), text: "a".to_owned(), open: open.then(|| "b".to_owned()), line: 1 }
    }

    #[test]
    fn closing_and_adding_pass() {
        let now = [promise("P1.1", false), promise("P1.2", true)];
        assert!(check("list", &[promise("P1.1", true)], &now).is_empty());
        assert!(check("list", &now, &now).is_empty());
    }

    #[test]
    fn reopening_and_dropping_are_found() {
        assert_eq!(check("list", &[promise("P1.1", false)], &[promise("P1.1", true)]).len(), 1);
        assert_eq!(check("list", &[promise("P1.1", true)], &[promise("P1.2", true)]).len(), 1);
    }

    #[test]
    fn a_commit_that_does_not_exist_is_skipped() {
        assert!(former_list("no-such-commit", "list").is_none());
    }
}
