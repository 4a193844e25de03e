//! A decision point over texts: schema, policies and entities in Cedar's own forms, requests as JSON.

mod error;
mod load;
mod request;

use cedar_policy::{
    AuthorizationError, Authorizer, Decision, Effect, Entities, PolicyId, PolicySet, Request, Schema,
};

use crate::file::PolicyFile;
use crate::program::{Combiner, PolicyBits, Program};
pub use error::{DecisionPointError, RequestError};

/// The texts of a decision point.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// The schema, in the Cedar language or as JSON. Only an unvalidated decision point goes without.
    pub schema: Option<PolicyFile<'a>>,
    /// The policies, in the Cedar language, or as JSON, which can have links of templates.
    pub policies: PolicyFile<'a>,
    /// The entities, as JSON.
    pub entities: Option<PolicyFile<'a>>,
}

/// What evaluates the policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Evaluator {
    /// The decision program.
    #[default]
    Program,
    /// `cedar-policy`, over the whole set.
    Cedar,
}

/// A decision with the policies that determined it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whether it is allowed.
    pub allowed: bool,
    /// The policies that determined it, in the order of the set: `@id` where a policy has one, else `policy0`, `policy1` …
    pub reasons: Vec<String>,
    /// The policies that failed, in the same order.
    pub errors: Vec<String>,
}

/// Policies, entities and schema, ready for requests.
#[derive(Debug)]
pub struct DecisionPoint {
    schema: Option<Schema>,
    program: Program,
    entities: Entities,
    validated: bool,
}

impl DecisionPoint {
    /// Loads a decision point whose policies, entities and requests must fit the schema.
    ///
    /// # Errors
    /// When there is no schema, a text cannot be read, or anything does not fit, with policy, line and column.
    pub fn load(sources: &Sources<'_>) -> Result<Self, DecisionPointError> {
        let schema = load::schema(&sources.schema.ok_or(DecisionPointError::NoSchema)?)?;
        let policies = load::policies(&sources.policies)?;
        let program =
            Program::compile(&schema, &policies).map_err(|error| load::unfit(&sources.policies, error))?;
        let entities = load::entities(sources.entities, Some(&schema))?;
        Ok(Self { schema: Some(schema), program, entities, validated: true })
    }

    /// Loads a decision point that takes policies, entities and requests as they are. A schema still says how entities and
    /// contexts are to be read, as long as they fit it, and which groups the actions are in.
    ///
    /// # Errors
    /// When a text cannot be read.
    pub fn unvalidated(sources: &Sources<'_>) -> Result<Self, DecisionPointError> {
        let schema = sources.schema.as_ref().map(load::schema).transpose()?;
        let policies = load::policies(&sources.policies)?;
        let program = Program::unvalidated(schema.as_ref(), &policies);
        let program = program.map_err(|error| load::unfit(&sources.policies, error))?;
        let entities = load::entities(sources.entities, schema.as_ref());
        let entities = match (&schema, entities) {
            (Some(schema), Err(_)) => load::loose_entities(sources.entities, schema)?,
            (_, entities) => entities?,
        };
        Ok(Self { schema, program, entities, validated: false })
    }

    /// Answers a request in its JSON form: `{"principal": {"type", "id"}, "action": …, "resource": …, "context": {…}}`.
    ///
    /// # Errors
    /// When it is not such an object, or does not fit the schema where it must.
    pub fn answer(
        &self,
        request: &str,
        evaluator: Evaluator,
        combiner: Combiner,
    ) -> Result<Answer, RequestError> {
        let request = request::read(request, self.schema.as_ref(), self.validated)?;
        Ok(match evaluator {
            Evaluator::Program => self.by_program(&request, combiner),
            Evaluator::Cedar => self.by_cedar(&request, combiner),
        })
    }

    /// The policies, each under its id.
    #[must_use]
    pub const fn policies(&self) -> &PolicySet {
        self.program.policies()
    }

    fn by_program(&self, request: &Request, combiner: Combiner) -> Answer {
        let mut explanation = self.program.explanation();
        self.program.ask(request, &self.entities).explain(&mut explanation);
        let name = |number| self.program.policy_id(number).map(|id| AsRef::<str>::as_ref(id).to_owned());
        let names = |bits: &PolicyBits| bits.iter().filter_map(name).collect();
        Answer {
            allowed: explanation.decision(combiner) == Decision::Allow,
            reasons: names(explanation.reasons(combiner)),
            errors: explanation.errors().filter_map(name).collect(),
        }
    }

    fn by_cedar(&self, request: &Request, combiner: Combiner) -> Answer {
        let response = Authorizer::new().is_authorized(request, self.policies(), &self.entities);
        let diagnostics = response.diagnostics();
        let failed: Vec<&PolicyId> = diagnostics.errors().map(failed_policy).collect();
        let forbids = |id: &&&PolicyId| {
            self.policies().policy(id).is_some_and(|policy| policy.effect() == Effect::Forbid)
        };
        let overruled = combiner == Combiner::Strict && failed.iter().any(|id| forbids(&id));
        let allows = response.decision() == Decision::Allow;
        // An allowance that a failed forbid overrules is a denial, and permits determine no denial.
        let reasons = diagnostics.reason().filter(|_| !(allows && overruled));
        Answer {
            allowed: allows && !overruled,
            reasons: self.in_order(reasons.collect()),
            errors: self.in_order(failed),
        }
    }

    fn in_order(&self, some: Vec<&PolicyId>) -> Vec<String> {
        let ids = self.policies().policies().map(cedar_policy::Policy::id);
        let named = ids.filter(|id| some.contains(id));
        named.map(|id| AsRef::<str>::as_ref(id).to_owned()).collect()
    }
}

fn failed_policy(error: &AuthorizationError) -> &PolicyId {
    match error {
        AuthorizationError::PolicyEvaluationError(error) => error.policy_id(),
    }
}
