//! Who may depend on whom.

mod graph;
mod rules;

use std::collections::BTreeSet;

use rules::{RULES, Rule};

use super::finding::Finding;
use crate::error::Result;
use crate::workspace::{Member, Workspace};

/// Checks the resolved normal dependencies of each member against the table of rules.
pub(super) fn check_graph(workspace: &Workspace) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for member in workspace.members.iter().filter(|member| RULES.iter().any(|rule| rule.applies_to(member))) {
        let resolved = graph::resolved(&member.path)?;
        findings.extend(check_member(workspace, member, &resolved));
    }
    Ok(findings)
}

fn check_member(workspace: &Workspace, member: &Member, resolved: &BTreeSet<String>) -> Vec<Finding> {
    let broken = |rule: &'static Rule| {
        let banned = rule.banned.iter().filter(|name| **name != member.name && resolved.contains(**name));
        banned.map(move |name| (*name, rule.reason))
    };
    let rules = RULES.iter().filter(|rule| rule.applies_to(member));
    let finding = |(name, reason): (&str, &str)| {
        let (manifest, line) = place(workspace, member, name);
        let what = format!(
            "`{}` reaches `{name}` (`cargo tree -p {} -e normal -i {name}`)",
            member.name, member.name
        );
        Finding::new(&manifest, line, what, reason)
    };
    rules.flat_map(broken).map(finding).collect()
}

/// Nothing depends on the ends of the graph, not even in tests.
pub(super) fn check_endpoints(workspace: &Workspace) -> Vec<Finding> {
    let is_endpoint =
        |name: &&String| workspace.members.iter().any(|member| member.is_endpoint() && member.name == **name);
    let finding = |member: &Member, name: &String| {
        let (manifest, line) = place(workspace, member, name);
        let what = format!("`{}` depends on `{name}`", member.name);
        Finding::new(
            &manifest,
            line,
            what,
            "examples, benches and xtask use the crates and are used by none; move what is shared into a crate",
        )
    };
    let findings =
        |member| Member::dependencies_where(member, is_endpoint).map(|name| finding(member, name)).collect();
    workspace.members.iter().flat_map(|member: &Member| -> Vec<Finding> { findings(member) }).collect()
}

/// The line that declares the dependency, or that opens the table when it comes from further away.
fn place(workspace: &Workspace, member: &Member, dependency: &str) -> (String, usize) {
    let manifest = member.manifest();
    let text = workspace.text(&manifest).unwrap_or_default();
    let line_starting = |start: &str| text.lines().position(|line| line.starts_with(start));
    let direct =
        line_starting(&format!("{dependency}.")).or_else(|| line_starting(&format!("{dependency} ")));
    let line = direct.or_else(|| line_starting("[dependencies]")).unwrap_or(0) + 1;
    (manifest, line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(folder: &str, resolved: &[&str]) -> Vec<String> {
        let manifest = format!("{folder}/Cargo.toml");
        let workspace = Workspace::sample(&[(&manifest, "[dependencies]\nhyper.workspace = true\n")]);
        let resolved = resolved.iter().map(ToString::to_string).collect();
        let member = workspace.members.first().unwrap();
        check_member(&workspace, member, &resolved).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_rule_lets_the_allowed_graph_pass() {
        assert!(broken("prodops-core", &["prodops-core", "jiff", "async-trait"]).is_empty());
        assert!(broken("prodops-policy", &["prodops-core", "cedar-policy", "async-trait"]).is_empty());
        assert!(broken("prodops-store", &["prodops-core", "prodops-store", "redb", "tokio"]).is_empty());
        assert!(broken("examples/reference-server", &["prodops", "axum", "tokio"]).is_empty());
    }

    #[test]
    fn every_banned_edge_of_the_table_is_found() {
        for rule in RULES {
            for name in rule.banned {
                let folders = [
                    "prodops-core",
                    "prodops-store",
                    "prodops-classify",
                    "prodops-policy",
                    "prodops-metrics",
                ];
                let applies = folders
                    .iter()
                    .filter(|folder| **folder != *name && rule.applies_to(&Member::sample(folder, "")));
                for folder in applies {
                    assert!(!broken(folder, &[name]).is_empty(), "{folder} → {name}");
                }
            }
        }
    }

    #[test]
    fn the_finding_points_at_the_declaration() {
        let line = broken("prodops-core", &["hyper"]).concat();
        assert!(line.starts_with("prodops-core/Cargo.toml:2: `prodops-core` reaches `hyper`"), "{line}");
        let leaf = broken("prodops-store", &["prodops-classify"]).concat();
        assert!(leaf.starts_with("prodops-store/Cargo.toml:1:"), "{leaf}");
    }

    #[test]
    fn axum_stays_in_the_examples() {
        assert_eq!(broken("prodops", &["axum"]).len(), 1);
        assert_eq!(broken("benches", &["axum"]).len(), 1);
    }

    #[test]
    fn nothing_depends_on_the_ends_of_the_graph() {
        let server = ("examples/server/Cargo.toml", "[dependencies]\nprodops.workspace = true\n");
        let library = ("prodops/Cargo.toml", "");
        assert!(check_endpoints(&Workspace::sample(&[server, library])).is_empty());
        let library = ("prodops/Cargo.toml", "[dev-dependencies]\nserver.workspace = true\n");
        assert_eq!(check_endpoints(&Workspace::sample(&[server, library])).len(), 1);
    }
}
