//! Cedar as the oracle: the same request to the program and to `cedar-policy`, and what they differ in.

use std::collections::BTreeSet;
use std::fmt;

use cedar_policy::{AuthorizationError, Authorizer, Decision, Effect, Entities, PolicyId, Request};

use crate::program::{Combiner, PolicyBits, Program};

/// A decision with what it is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Under Cedar's rules.
    pub decision: Decision,
    /// The determining policies.
    pub reasons: BTreeSet<String>,
    /// The policies that failed.
    pub errors: BTreeSet<String>,
    /// Under the strict rules.
    pub strict: Decision,
}

/// The program and Cedar disagree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the program says {program}, cedar says {cedar}")]
pub struct Difference {
    /// What the program says.
    pub program: Answer,
    /// What Cedar says.
    pub cedar: Answer,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} (strict {:?}) by {:?}", self.decision, self.strict, self.reasons)?;
        write!(f, ", failed {:?}", self.errors)
    }
}

/// Asks both, and holds decision, determining policies and failed policies against each other; besides, that
/// [`decide`](crate::program::Question::decide) says under either rule what
/// [`explain`](crate::program::Question::explain) says.
///
/// # Errors
/// When anything differs.
pub fn against_cedar(
    program: &Program,
    request: &Request,
    entities: &Entities,
) -> Result<Answer, Box<Difference>> {
    let (ours, theirs) = (ask_program(program, request, entities), ask_cedar(program, request, entities));
    let question = program.ask(request, entities);
    let decided = (question.decide(Combiner::Cedar), question.decide(Combiner::Strict));
    if ours == theirs && decided == (theirs.decision, theirs.strict) {
        return Ok(ours);
    }
    let program = Answer { decision: decided.0, strict: decided.1, ..ours };
    Err(Box::new(Difference { program, cedar: theirs }))
}

fn ask_program(program: &Program, request: &Request, entities: &Entities) -> Answer {
    let mut explanation = program.explanation();
    program.ask(request, entities).explain(&mut explanation);
    let name = |number| program.policy_id(number).map(ToString::to_string);
    let names = |bits: &PolicyBits| bits.iter().filter_map(name).collect();
    Answer {
        decision: explanation.decision(Combiner::Cedar),
        reasons: names(explanation.reasons(Combiner::Cedar)),
        errors: explanation.errors().filter_map(name).collect(),
        strict: explanation.decision(Combiner::Strict),
    }
}

fn ask_cedar(program: &Program, request: &Request, entities: &Entities) -> Answer {
    let set = program.policies();
    let response = Authorizer::new().is_authorized(request, set, entities);
    let failed = response.diagnostics().errors().map(|error| match error {
        AuthorizationError::PolicyEvaluationError(error) => error.policy_id(),
    });
    let failed: Vec<&PolicyId> = failed.collect();
    let forbids = |id: &&PolicyId| set.policy(id).is_some_and(|policy| policy.effect() == Effect::Forbid);
    let strict = if failed.iter().any(forbids) { Decision::Deny } else { response.decision() };
    Answer {
        decision: response.decision(),
        reasons: response.diagnostics().reason().map(ToString::to_string).collect(),
        errors: failed.into_iter().map(ToString::to_string).collect(),
        strict,
    }
}
