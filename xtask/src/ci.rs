//! `cargo xtask ci`: the lint gate.

use crate::error::Result;
use crate::process::Step;
use crate::{fuzz, prove, tidy};

/// Runs every gate, goes on after a failure and lists the failed ones at the end.
pub(crate) fn run() -> Result<u8> {
    let mut failed = Vec::new();
    for gate in gates() {
        if gate.run()? != 0 {
            failed.push(gate.line());
        }
    }
    if !tidy::run(false)? {
        failed.push("cargo xtask tidy".to_owned());
    }
    if Step::cargo(&["deny", "--version"]).succeeds() {
        let deny = Step::cargo(&["deny", "check"]);
        if deny.run()? != 0 {
            failed.push(deny.line());
        }
    } else {
        eprintln!("skipped: cargo deny check (not installed: `cargo install --locked cargo-deny`)");
    }
    for line in &failed {
        eprintln!("failed: {line}");
    }
    eprintln!(
        "xtask ci: {}",
        if failed.is_empty() { "every gate passed" } else { "at least one gate failed" }
    );
    Ok(u8::from(!failed.is_empty()))
}

fn gates() -> [Step; 6] {
    [
        Step::cargo(&["fmt", "--all", "--check"]),
        Step::cargo(&["fmt", "--manifest-path", prove::PACKAGE, "--check"]),
        Step::cargo(&["fmt", "--manifest-path", fuzz::PACKAGE, "--check"]),
        Step::cargo(&["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"]),
        clippy_of_the_prover(),
        Step::cargo(&["doc", "--workspace", "--no-deps"]).with_env("RUSTDOCFLAGS", "-D warnings"),
    ]
}

/// The prover is a workspace of its own, built beside the other one.
fn clippy_of_the_prover() -> Step {
    let own = ["--locked", "--manifest-path", prove::PACKAGE, "--target-dir", "target"];
    Step::cargo(&[&["clippy"], &own[..], &["--all-targets", "--", "-D", "warnings"]].concat())
}
