//! `cargo xtask soak`: the long form of tests that run shortly elsewhere.

use crate::error::Result;
use crate::process::Step;
use crate::provision;

/// Test binaries with ignored tests called `soak_…`.
const SOAKS: &[(&str, &str)] = &[
    ("prodops-core", "core"),
    ("prodops-policy", "policy"),
    ("prodops-store", "postgres"),
    ("prodops", "shared"),
];

/// Runs every soak with optimisation and overflow checks, goes on after a failure and answers the first exit code that
/// is not zero.
pub(crate) fn run() -> Result<u8> {
    provision::run()?;
    let mut result = 0;
    for (package, binary) in SOAKS {
        let code = soak(package, binary).run()?;
        result = if result == 0 { code } else { result };
    }
    Ok(result)
}

fn soak(package: &str, binary: &str) -> Step {
    let build = ["test", "--release", "--package", package, "--all-features", "--test", binary];
    let run = ["--", "--ignored", "--nocapture", "soak_"];
    let step = Step::cargo(&[build.as_slice(), &run].concat());
    step.with_env("CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS", "true")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_soak_runs_the_ignored_tests_of_one_binary() {
        let line = soak("prodops-core", "core").line();
        assert!(line.contains("--test core -- --ignored") && line.ends_with("soak_"), "{line}");
    }
}
