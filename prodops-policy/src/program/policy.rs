//! One policy of a program: what it is called, where it applies, and how it is evaluated.

use cedar_policy::pst::{Clause, Template};
use cedar_policy::{Authorizer, Effect, Entities, Policy, PolicyId, PolicySet, Request};

use super::depth;
use super::emit::{Code, Span};
use super::lower::{Lowering, Unsupported};
use super::machine::Outcome;
use super::node::Node;
use super::path::Paths;
use super::scope::{self, Scope};
use super::value::Terms;

/// A policy, lowered as far as it can be.
#[derive(Debug)]
pub(crate) struct Lowered {
    pub(crate) id: PolicyId,
    pub(crate) effect: Effect,
    pub(crate) scope: Scope,
    pub(crate) body: Body,
}

impl Lowered {
    /// Where its code is; `None` when Cedar evaluates it.
    pub(crate) const fn code(&self) -> Option<Span> {
        match &self.body {
            Body::Code { code, .. } => Some(*code),
            Body::Cedar(_) => None,
        }
    }
}

/// How a policy is evaluated.
#[derive(Debug)]
pub(crate) enum Body {
    /// By the machine. The conjuncts are what the code was made of.
    Code { code: Span, conjuncts: Vec<Node> },
    /// By Cedar, as a set of its own.
    Cedar(Box<PolicySet>),
}

/// Where the parts of a program are collected while it is made.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    pub(crate) terms: Terms<'static>,
    pub(crate) paths: Paths,
    pub(crate) code: Code,
}

impl Parts {
    /// Lowers a policy of the set.
    pub(crate) fn lower(&mut self, set: &PolicySet, policy: &Policy) -> Lowered {
        let lowered = depth::with_room(set, policy, || self.scope_and_body(policy));
        let (scope, body) = lowered.unwrap_or_else(|| (Scope::any(), None));
        let body = body.unwrap_or_else(|| Body::Cedar(Box::new(alone(set, policy))));
        Lowered { id: policy.id().clone(), effect: policy.effect(), scope, body }
    }

    fn scope_and_body(&mut self, policy: &Policy) -> (Scope, Option<Body>) {
        let Some(template) = resolved(policy) else { return (Scope::any(), None) };
        let mut lowering = Lowering::new(&mut self.terms, &mut self.paths);
        let scope = Scope::of(&template, &mut lowering);
        let Ok(conjuncts) = conjuncts(&template, &mut lowering) else { return (scope, None) };
        let code = self.code.policy(&conjuncts);
        (scope, code.ok().map(|code| Body::Code { code, conjuncts }))
    }
}

/// The policy's syntax, with the slots of a link filled; `None` when Cedar cannot show it.
fn resolved(policy: &Policy) -> Option<Template> {
    match policy.to_pst().ok()? {
        cedar_policy::pst::Policy::Static(policy) => Some(policy.body().clone()),
        cedar_policy::pst::Policy::Linked(policy) => Some(policy.into_static_policy().ok()?.body().clone()),
    }
}

fn conjuncts(template: &Template, lowering: &mut Lowering<'_>) -> Result<Vec<Node>, Unsupported> {
    let mut conjuncts = scope::conditions(template, lowering)?;
    for clause in template.clauses() {
        conjuncts.push(match clause {
            Clause::When(condition) => lowering.expression(condition)?,
            Clause::Unless(condition) => lowering.expression(condition)?.not(),
        });
    }
    Ok(conjuncts)
}

/// A set of this policy only, with its template when it is a link.
pub(crate) fn alone(set: &PolicySet, policy: &Policy) -> PolicySet {
    linked(set, policy).unwrap_or_else(|| {
        // INVARIANT: a static policy can be added to an empty set.
        PolicySet::from_policies([policy.clone()]).unwrap_or_default()
    })
}

fn linked(set: &PolicySet, policy: &Policy) -> Option<PolicySet> {
    let template = set.template(policy.template_id()?)?.clone();
    let (id, values) = (template.id().clone(), policy.template_links()?);
    let mut alone = PolicySet::new();
    alone.add_template(template).ok()?;
    alone.link(id, policy.id().clone(), values).ok()?;
    Some(alone)
}

/// What Cedar says of a set of one policy. An empty set, which would mean that the policy could not be taken over, fails.
pub(crate) fn evaluate(set: &PolicySet, request: &Request, entities: &Entities) -> Outcome {
    let response = Authorizer::new().is_authorized(request, set, entities);
    let diagnostics = response.diagnostics();
    if set.is_empty() || diagnostics.errors().next().is_some() {
        Outcome::Errored
    } else if diagnostics.reason().next().is_some() {
        Outcome::Satisfied
    } else {
        Outcome::Unsatisfied
    }
}
