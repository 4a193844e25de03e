//! Why a policy set cannot be made ready.

use std::fmt;

use cedar_policy::{PolicyId, ValidationResult};
use miette::Diagnostic;

/// What the validator says of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The policy.
    pub policy: String,
    /// Line and column where it stands, counted from one; `None` for policies that were not read from text.
    pub place: Option<(usize, usize)>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((line, column)) = self.place {
            write!(f, "{line}:{column}: ")?;
        }
        write!(f, "policy `{}`: {}", self.policy, self.message)
    }
}

/// A policy set is not made ready.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CompileError {
    /// The set does not fit the schema.
    #[error("{}", all(.findings))]
    Invalid {
        /// Everything that the validator found.
        findings: Vec<Finding>,
    },
    /// The schema's actions cannot be had.
    #[error("schema: {message}")]
    Actions {
        /// What Cedar says.
        message: String,
    },
}

fn all(findings: &[Finding]) -> String {
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// The errors of the validator, in the order of policies and places. Its warnings are no reason to refuse a set that Cedar
/// would evaluate.
pub(crate) fn findings(result: &ValidationResult) -> Vec<Finding> {
    let errors = result.validation_errors().map(|error| finding(error.policy_id(), error));
    let mut findings: Vec<Finding> = errors.collect();
    findings.sort_by(|a, b| (a.place, &a.policy).cmp(&(b.place, &b.policy)));
    findings
}

fn finding(policy: &PolicyId, said: &dyn Diagnostic) -> Finding {
    let policy = policy.to_string();
    let text = said.to_string();
    let message = text.strip_prefix(&format!("for policy `{policy}`, ")).unwrap_or(&text).to_owned();
    Finding { policy, place: place(said), message }
}

/// Line and column of the first thing that a diagnostic points at.
pub(crate) fn place(said: &dyn Diagnostic) -> Option<(usize, usize)> {
    let label = said.labels()?.next()?;
    let contents = said.source_code()?.read_span(label.inner(), 0, 0).ok()?;
    Some((contents.line() + 1, contents.column() + 1))
}
