//! `cargo xtask test`: the one test command of the README.

use crate::error::Result;
use crate::process::Step;
use crate::{conformance, provision, tidy};

/// Runs tidy, installs what tests need, then runs the unit and integration tests with `extra` arguments, then the documentation tests.
///
/// A failure does not stop what follows, so that one run tells everything. The exit code is the runner's own: the
/// first one that is not zero, tests before documentation tests before tidy.
pub(crate) fn run(extra: &[String]) -> Result<u8> {
    let tidy = if tidy::run(false)? { 0 } else { 1 };
    // What could not be installed is told by the test that needs it.
    provision::run()?;
    let nextest = Step::cargo(&["nextest", "--version"]).succeeds();
    let tests = runner(nextest, extra).run()?;
    let doctests = Step::cargo(&["test", "--workspace", "--all-features", "--doc"]).run()?;
    conformance::report().iter().for_each(|line| eprintln!("{line}"));
    let steps = [("tests", tests), ("documentation tests", doctests), ("tidy", tidy)];
    let failed: Vec<&str> = steps.iter().filter(|(_, code)| *code != 0).map(|(name, _)| *name).collect();
    if !failed.is_empty() {
        eprintln!("xtask test: failed: {}", failed.join(", "));
    }
    Ok(first_failure(&steps.map(|(_, code)| code)))
}

/// nextest isolates each test in a process; `cargo test` needs nothing but the toolchain.
fn runner(nextest: bool, extra: &[String]) -> Step {
    let step = if nextest {
        Step::cargo(&["nextest", "run", "--workspace", "--all-features"])
    } else {
        Step::cargo(&["test", "--workspace", "--all-features", "--lib", "--bins", "--tests"])
    };
    step.with_args(extra)
}

fn first_failure(codes: &[u8]) -> u8 {
    codes.iter().copied().find(|code| *code != 0).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runner_falls_back_to_cargo_test() {
        assert!(runner(true, &[]).line().starts_with("cargo nextest run"));
        let fallback = runner(false, &["p5_2".into()]).line();
        assert!(fallback.starts_with("cargo test --workspace") && fallback.ends_with(" p5_2"), "{fallback}");
    }

    #[test]
    fn the_exit_code_of_a_runner_wins_over_tidy() {
        assert_eq!(first_failure(&[0, 0, 0]), 0);
        assert_eq!(first_failure(&[100, 0, 1]), 100);
        assert_eq!(first_failure(&[0, 0, 1]), 1);
    }
}
