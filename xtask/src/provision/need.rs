//! What is needed, as data: how to see that it is there, and how it can be installed.

use std::path::Path;

use crate::process::Step;

/// Something that a test needs.
pub(super) struct Need {
    /// What it is.
    pub(super) name: &'static str,
    /// Which test needs it and why, for the message.
    pub(super) reason: &'static str,
    /// Its folder below `target/provision`.
    pub(super) folder: &'static str,
    /// Succeeds when it is there.
    pub(super) probe: fn(&Path) -> Step,
    /// Ways to install it, the most modest first; each is a list of commands.
    pub(super) ways: fn(&Path) -> Vec<Vec<Step>>,
}

/// The table.
pub(super) const NEEDS: &[Need] = &[
    Need {
        name: "Python with `cryptography` of at least version 50",
        reason: "prodops-core compares sealed records with an independent implementation",
        folder: "python",
        probe: python_probe,
        ways: python_ways,
    },
    Need {
        name: "Node with the package `oidc-provider`",
        reason: "prodops signs people in at a provider that others wrote",
        folder: "oidc-provider",
        probe: oidc_provider_probe,
        ways: oidc_provider_ways,
    },
    Need {
        name: "the server programs of PostgreSQL",
        reason: "prodops-store keeps its promises in a database of its own for each test",
        folder: "postgres",
        probe: |_| shell("ls /usr/lib/postgresql/*/bin/initdb || command -v initdb"),
        ways: |_| vec![vec![], debian("postgresql")],
    },
    Need {
        name: "pgbouncer",
        reason: "prodops-store keeps its promises behind a pooler in transaction mode",
        folder: "pgbouncer",
        probe: |_| shell("PATH=$PATH:/usr/sbin command -v pgbouncer"),
        ways: |_| vec![vec![], debian("pgbouncer")],
    },
];

/// What the proof needs, and no test: installed when something is to be proved.
pub(super) const SOLVER: Need = Need {
    name: "Python with the package `cvc5`",
    reason: "a solver proves that the shipped policies keep workspaces apart",
    folder: "cvc5",
    probe: |folder| Step::new(&folder.join("bin/python").to_string_lossy(), &["-c", "import cvc5"]),
    ways: solver_ways,
};

fn shell(line: &str) -> Step {
    Step::new("sh", &["-c", line])
}

/// Debian may start a server with it. Tests start their own, and leave that one alone.
fn debian(package: &str) -> Vec<Step> {
    vec![
        Step::new("apt-get", &["update", "--quiet"]),
        Step::new("apt-get", &["install", "--yes", "--quiet", "--no-install-recommends", package]),
    ]
}

/// The tests start Python in the same way: the folder's own interpreter if it has one, and its packages in any case.
fn python_probe(folder: &Path) -> Step {
    let own = folder.join("bin/python");
    let python = if own.exists() { own.to_string_lossy().into_owned() } else { "python3".to_owned() };
    let probe = "from cryptography.cobblestone import Cobblestone256Encryptor";
    Step::new(&python, &["-c", probe]).with_env("PYTHONPATH", &folder.to_string_lossy())
}

/// An environment of its own; where Debian leaves that module out, a plain folder; where there is no Python, the
/// system's package manager first.
fn python_ways(folder: &Path) -> Vec<Vec<Step>> {
    let [environment, system] = environments(folder, "cryptography>=50");
    let path = folder.to_string_lossy();
    vec![environment, vec![pip("python3", &["--target", &path, "cryptography>=50"])], system]
}

/// The newest that was tried; its wheels bring the solver along.
fn solver_ways(folder: &Path) -> Vec<Vec<Step>> {
    environments(folder, "cvc5>=1.3.1,<1.5").into()
}

/// An environment of its own with a package; and the same after the system's package manager brought Python.
fn environments(folder: &Path, package: &str) -> [Vec<Step>; 2] {
    let path = folder.to_string_lossy();
    let python = format!("{path}/bin/python");
    let own = || vec![Step::new("python3", &["-m", "venv", "--clear", &path]), pip(&python, &[package])];
    let mut system = vec![
        Step::new("apt-get", &["update", "--quiet"]),
        Step::new(
            "apt-get",
            &["install", "--yes", "--quiet", "--no-install-recommends", "python3", "python3-venv"],
        ),
    ];
    system.extend(own());
    [own(), system]
}

fn pip(python: &str, what: &[&str]) -> Step {
    let fixed = ["-m", "pip", "install", "--quiet", "--no-cache-dir", "--disable-pip-version-check"];
    Step::new(python, &[&fixed, what].concat())
}

/// Imports it as the test does; a package that was cut short in installing does not import.
fn oidc_provider_probe(folder: &Path) -> Step {
    let module = folder.join("node_modules/oidc-provider/lib/index.js");
    let script = "import(require('node:url').pathToFileURL(require('node:path').resolve(process.argv[1])))";
    Step::new("node", &["--input-type=commonjs", "-e", script, &module.to_string_lossy()])
}

/// The package below its folder; where there is no Node, the system's package manager first. Scripts of packages are
/// not run.
fn oidc_provider_ways(folder: &Path) -> Vec<Vec<Step>> {
    let path = folder.to_string_lossy();
    let quiet = ["--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--loglevel=error"];
    let install = || {
        Step::new("npm", &[&["install", "--prefix", &path], &quiet[..], &["oidc-provider@9.13.3"]].concat())
    };
    let system = vec![
        Step::new("apt-get", &["update", "--quiet"]),
        Step::new("apt-get", &["install", "--yes", "--quiet", "--no-install-recommends", "nodejs", "npm"]),
        install(),
    ];
    vec![vec![install()], system]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_stays_below_its_folder_and_keeps_no_cache() {
        let lines = |need: &Need| -> Vec<String> {
            let ways = (need.ways)(Path::new("target/provision/x"));
            ways.iter().flatten().map(Step::line).collect()
        };
        for line in NEEDS.iter().chain([&SOLVER]).flat_map(lines) {
            let installs = line.contains("pip install");
            assert!(!installs || line.contains("--no-cache-dir"), "{line}");
            assert!(!installs || line.contains("target/provision/x"), "{line}");
        }
    }

    #[test]
    fn the_modest_ways_come_before_the_system() {
        for need in NEEDS.iter().chain([&SOLVER]) {
            let ways = (need.ways)(Path::new("x"));
            assert!(ways.len() > 1 && ways[0].iter().all(|step| !step.line().contains("apt-get")));
        }
    }

    #[test]
    fn folders_do_not_meet() {
        let all = || NEEDS.iter().chain([&SOLVER]);
        let folders: std::collections::BTreeSet<_> = all().map(|need| need.folder).collect();
        assert_eq!(folders.len(), all().count());
    }
}
