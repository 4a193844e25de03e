//! The peers of the content report, installed from their registries into one folder where they are missing.

use std::path::Path;

use crate::process::Step;

/// A peer, or several that come together.
struct Peer {
    name: &'static str,
    /// Succeeds when it is there.
    probe: Step,
    ways: Vec<Step>,
}

/// Installs what is missing; what cannot be installed is named, and left out of the report.
pub(super) fn install(folder: &str) {
    for Peer { name, probe, ways } in peers(folder) {
        let there = probe.succeeds() || {
            let worked = ways.iter().all(|step| step.run().is_ok_and(|code| code == 0));
            worked && probe.succeeds()
        };
        if !there {
            eprintln!("xtask bench-report: {name} could not be installed");
        }
    }
}

fn peers(folder: &str) -> [Peer; 3] {
    let python = format!("{folder}/bin/python");
    let jscpd = format!("jscpd-linux-{}-gnu", if cfg!(target_arch = "aarch64") { "arm64" } else { "x64" });
    let tokei = format!("{folder}/bin/tokei");
    let environment = (!Path::new(&python).exists()).then(|| Step::new("python3", &["-m", "venv", folder]));
    let packages = Step::new(
        &python,
        &[
            &["-m", "pip", "install", "--quiet", "--disable-pip-version-check"][..],
            &["pygments", "scanoss-winnowing", "crc32c", "py-tlsh", "ppdeep", "pydriller"],
        ]
        .concat(),
    );
    [
        Peer {
            name: "Python with the packages of its peers",
            probe: Step::new(
                &python,
                &["-c", "import pygments, _winnowing, crc32c, tlsh, ppdeep, pydriller"],
            ),
            ways: environment.into_iter().chain([packages]).collect(),
        },
        Peer {
            name: "jscpd",
            probe: Step::new(&format!("{folder}/node_modules/{jscpd}/bin/jscpd"), &["--version"]),
            // The program itself: started through Node, a quarter of its time would be Node's.
            ways: vec![Step::new(
                "npm",
                &[
                    "install",
                    "--prefix",
                    folder,
                    "--no-audit",
                    "--no-fund",
                    "--ignore-scripts",
                    &format!("{jscpd}@5"),
                ],
            )],
        },
        Peer {
            name: "tokei",
            probe: Step::new(&tokei, &["--version"]),
            ways: vec![Step::cargo(&["install", "--quiet", "--locked", "--root", folder, "tokei"])],
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_installed_below_the_folder() {
        for Peer { probe, ways, .. } in peers("/peers") {
            assert!(probe.line().contains("/peers/"), "{}", probe.line());
            assert!(ways.iter().all(|step| step.line().contains("/peers")));
        }
    }
}
