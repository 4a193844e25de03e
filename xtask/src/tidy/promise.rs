//! No promise without a test, no test that names an unknown promise.

mod list;
mod proof;
mod ratchet;

use std::collections::BTreeSet;

use list::Promise;
use proof::Proof;

use super::finding::Finding;
use crate::workspace::Workspace;

/// Where the promises are listed.
const LIST: &str = "prodops/tests/guarantees/promises.toml";

/// What the check of the promises found.
pub(super) struct Outcome {
    /// Broken rules.
    pub(super) findings: Vec<Finding>,
    /// Every promise; empty when the list cannot be read.
    pub(super) promises: Vec<Promise>,
}

/// Compares the list of promises with the tests, and with what git knows of the list.
pub(super) fn check(workspace: &Workspace) -> Outcome {
    let list = workspace.text(LIST).ok_or_else(|| "is missing".to_owned());
    let promises = match list.and_then(list::parse) {
        Ok(promises) => promises,
        Err(what) => {
            let finding = Finding::new(
                LIST,
                1,
                what,
                "the promises are the contract with the people whose data is held",
            );
            return Outcome { findings: vec![finding], promises: Vec::new() };
        }
    };
    let mut findings = check_proofs(&promises, &proof::proofs(&workspace.sources));
    for former in ratchet::former_lists(LIST) {
        findings.extend(ratchet::check(LIST, &former, &promises));
    }
    Outcome { findings, promises }
}

fn check_proofs(promises: &[Promise], proofs: &[Proof]) -> Vec<Finding> {
    let proven: BTreeSet<&str> = proofs.iter().filter_map(|proof| proof.promise.as_deref()).collect();
    let unproven =
        promises.iter().filter(|promise| promise.open.is_none() && !proven.contains(promise.id.as_str()));
    let unproven = unproven.map(|promise| {
        let what = format!("promise {} has no test named `{}…`", promise.id, promise.test_prefix());
        Finding::new(
            LIST,
            promise.line,
            what,
            "a promise is kept when a test would fail without its mechanism",
        )
    });
    let wrong =
        proofs.iter().filter(|proof| proof.is_guarantee).filter_map(|proof| wrong_name(promises, proof));
    unproven.chain(wrong).collect()
}

/// What is wrong with the name of a test among the guarantees, if anything is.
fn wrong_name(promises: &[Promise], proof: &Proof) -> Option<Finding> {
    let finding = |what: String, why| Some(Finding::new(&proof.path, proof.line, what, why));
    let Some(id) = &proof.promise else {
        let what = format!("`{}` does not name a promise", proof.name);
        return finding(what, "a guarantee is named `p<section>_<number>_<what is shown>` after its promise");
    };
    match promises.iter().find(|promise| promise.id == *id) {
        None => finding(
            format!("`{}` names the unknown promise {id}", proof.name),
            "name a promise of promises.toml",
        ),
        Some(promise) if promise.open.is_some() => finding(
            format!("`{}` proves {id}, which is listed as open", proof.name),
            "remove `open` from its entry",
        ),
        Some(_) => None,
    }
}

/// How many promises are claimed as kept, and the open ones with their reasons, for people.
pub(super) fn summary(promises: &[Promise]) -> String {
    let reasons = promises.iter().filter_map(|promise| Some((promise, promise.open.as_deref()?)));
    let lines: Vec<String> = reasons
        .map(|(promise, reason)| format!("  {:<6} {} ({reason})\n", promise.id, promise.text))
        .collect();
    let kept = promises.len() - lines.len();
    format!("tidy: promises: {kept} kept, {} open\n{}", lines.len(), lines.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLOSED: &str = "[[promise]]\nid = \"P1.1\"\ntext = \"kept\"\n";
    const OPEN: &str = "[[promise]]\nid = \"P1.1\"\ntext = \"kept\"\nopen = \"arrives later\"\n";
    const GUARANTEE: &str = "prodops/tests/guarantees/one.rs";

    fn findings(list: &str, path: &str, test: &str) -> Vec<String> {
        let workspace = Workspace::sample(&[(LIST, list), (path, test)]);
        let promises = list::parse(list).unwrap();
        let found = check_proofs(&promises, &proof::proofs(&workspace.sources));
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_promise_with_a_test_and_an_open_one_without_pass() {
        assert!(findings(CLOSED, GUARANTEE, "#[test]\nfn p1_1_is_kept() {}").is_empty());
        assert!(
            findings(CLOSED, "prodops-core/tests/core/main.rs", "#[test]\nfn p1_1_is_kept() {}").is_empty()
        );
        assert!(findings(OPEN, GUARANTEE, "#[test]\nfn sound() {}").is_empty());
    }

    #[test]
    fn a_promise_without_a_running_test_is_found() {
        for test in [
            "",
            "fn p1_1_is_kept() {}",
            "#[test]\n#[ignore]\nfn p1_1_is_kept() {}",
            "#[test]\nfn p1_11_is_kept() {}",
        ] {
            assert!(
                findings(CLOSED, "prodops-core/tests/main.rs", test).concat().contains("P1.1 has no test"),
                "{test}"
            );
        }
        let in_source = findings(CLOSED, "prodops-core/src/lib.rs", "#[test]\nfn p1_1_is_kept() {}");
        assert_eq!(in_source.len(), 1);
    }

    #[test]
    fn a_guarantee_with_a_wrong_name_is_found() {
        let names = [("p9_9_is_kept", "unknown promise P9.9"), ("p1_is_kept", "does not name a promise")];
        for (name, what) in names {
            let found = findings(OPEN, GUARANTEE, &format!("#[test]\nfn {name}() {{}}"));
            assert!(matches!(&found[..], [one] if one.contains(what)), "{found:?}");
        }
        let server = "examples/reference-server/tests/guarantees/one.rs";
        let found = findings(OPEN, server, "#[test]\nfn p1_1_is_kept() {}");
        assert!(matches!(&found[..], [one] if one.contains("listed as open")), "{found:?}");
    }

    #[test]
    fn a_missing_or_broken_list_is_found() {
        assert_eq!(check(&Workspace::sample(&[])).findings.len(), 1);
        assert_eq!(check(&Workspace::sample(&[(LIST, "[[promise]]\nid = 1\n")])).findings.len(), 1);
    }

    #[test]
    fn the_summary_names_open_promises_with_their_reason() {
        let open = summary(&list::parse(OPEN).unwrap());
        assert_eq!(open, "tidy: promises: 0 kept, 1 open\n  P1.1   kept (arrives later)\n");
        let closed = summary(&list::parse(CLOSED).unwrap());
        assert_eq!(closed, "tidy: promises: 1 kept, 0 open\n");
    }
}
