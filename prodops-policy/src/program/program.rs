//! A policy set made ready: cells, code, and what both refer to.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use cedar_policy::{
    Entities, EntityTypeName, EntityUid, PolicyId, PolicySet, Request, Schema, ValidationMode, Validator,
};

use super::cell::Cell;
use super::emit::Span;
use super::error::{CompileError, findings};
use super::gather;
use super::inquiry::Inquiry;
use super::machine::{Outcome, run};
use super::path::Paths;
use super::policy::{Body, Lowered, Parts, alone};
use super::question::{Question, ancestors};
use super::value::{Terms, Uid, Value};
use super::verdict::Explanation;

/// A policy set that decides without allocating and without walking the whole set.
///
/// Its decisions, determining policies and failed policies are those of `cedar-policy` on the same set, request and entities.
/// What a condition asks beyond the instructions of the program (`like`, tags, `ip` and `decimal` functions) is evaluated by
/// Cedar, one policy at a time and only where that policy can apply.
pub struct Program {
    parts: Parts,
    policies: Vec<Lowered>,
    /// Where the code of each policy is that has some: close together, since decisions look at little else.
    code: Box<[Option<Span>]>,
    cells: HashMap<(Uid, u32), Cell>,
    empty_set: Value,
    set: PolicySet,
    /// Whether the strict validator has nothing to say of it.
    validated: bool,
}

impl Program {
    /// Validates a policy set strictly and makes it ready.
    ///
    /// # Errors
    /// When the validator finds anything, with policy, line and column; when the actions of the schema cannot be had.
    pub fn compile(schema: &Schema, policies: &PolicySet) -> Result<Self, CompileError> {
        let result = Validator::new(schema.clone()).validate(policies, ValidationMode::Strict);
        let findings = findings(&result);
        if !findings.is_empty() {
            return Err(CompileError::Invalid { findings });
        }
        Self::validated(schema, policies)
    }

    /// Makes a policy set ready that somebody else has validated strictly.
    pub(crate) fn validated(schema: &Schema, policies: &PolicySet) -> Result<Self, CompileError> {
        Ok(Self { validated: true, ..Self::unvalidated(Some(schema), policies)? })
    }

    /// Makes a policy set ready as it is. The schema only says which cells to prepare; other requests get one when they are
    /// asked.
    ///
    /// # Errors
    /// When the actions of the schema cannot be had.
    pub fn unvalidated(schema: Option<&Schema>, policies: &PolicySet) -> Result<Self, CompileError> {
        let mut parts = Parts::default();
        // Every program has it, so that reading an empty set allocates nothing.
        let empty_set = parts.terms.set(Vec::new());
        let lowered: Vec<Lowered> = policies.policies().map(|policy| parts.lower(policies, policy)).collect();
        let mut program = Self {
            parts,
            code: lowered.iter().map(Lowered::code).collect(),
            policies: lowered,
            cells: HashMap::new(),
            empty_set,
            set: policies.clone(),
            validated: false,
        };
        if let Some(schema) = schema {
            program.prepare(schema)?;
        }
        Ok(program)
    }

    fn prepare(&mut self, schema: &Schema) -> Result<(), CompileError> {
        let actions = schema.action_entities();
        let actions = actions.map_err(|error| CompileError::Actions { message: error.to_string() })?;
        // All of them first: what an action is below is only compared as far as it has a number.
        for action in schema.actions() {
            gather::uid(&mut self.parts.terms, action);
        }
        for action in schema.actions() {
            let uid = gather::uid(&mut self.parts.terms, action);
            let above = ancestors(&self.parts.terms, &actions, action);
            for ty in schema.resources_for_action(action).into_iter().flatten() {
                let ty = self.parts.terms.text(&ty.to_string());
                let cell = Cell::of(&self.policies, uid, above.clone(), ty);
                self.cells.insert((uid, ty), cell);
            }
        }
        Ok(())
    }

    /// Reads everything that a decision on this request will look at.
    #[must_use]
    pub fn ask<'a>(&'a self, request: &'a Request, entities: &'a Entities) -> Question<'a> {
        Question::new(self, request, entities)
    }

    /// Room for explanations of this program.
    #[must_use]
    pub fn explanation(&self) -> Explanation {
        Explanation::for_policies(self.policies.len())
    }

    /// The id of the policy with a number.
    #[must_use]
    pub fn policy_id(&self, policy: u32) -> Option<&PolicyId> {
        self.policies.get(policy as usize).map(|policy| &policy.id)
    }

    /// The policy set that it was made of.
    #[must_use]
    pub const fn policies(&self) -> &PolicySet {
        &self.set
    }

    /// The ids of the policies that are left to Cedar.
    pub fn left_to_cedar(&self) -> impl Iterator<Item = &PolicyId> {
        let left = self.policies.iter().filter(|policy| matches!(policy.body, Body::Cedar(_)));
        left.map(|policy| &policy.id)
    }

    /// How many instructions the condition of each policy takes; those left to Cedar take none.
    pub(crate) fn sizes(&self) -> impl Iterator<Item = (&PolicyId, usize)> {
        self.policies.iter().map(|policy| match &policy.body {
            Body::Code { code, .. } => (&policy.id, code.len()),
            Body::Cedar(_) => (&policy.id, 0),
        })
    }

    pub(crate) const fn terms(&self) -> &Terms<'static> {
        &self.parts.terms
    }

    pub(crate) const fn paths(&self) -> &Paths {
        &self.parts.paths
    }

    pub(crate) const fn empty_set(&self) -> Value {
        self.empty_set
    }

    pub(crate) fn constants(&self) -> &[Value] {
        self.parts.code.constants()
    }

    /// The cell of a request: a prepared one when the entities say of the action what the schema said.
    pub(crate) fn cell(
        &self,
        terms: &mut Terms<'_>,
        request: &Request,
        entities: &Entities,
    ) -> Cow<'_, Cell> {
        let (Some(action), Some(resource)) = (request.action(), request.resource()) else {
            return Cow::Owned(Cell::of(&[], Uid { ty: 0, id: 0 }, Box::default(), 0));
        };
        let uid = gather::uid(terms, action);
        let ty = terms.text(&resource.type_name().to_string());
        let above = ancestors(&self.parts.terms, entities, action);
        match self.cells.get(&(uid, ty)) {
            Some(cell) if cell.ancestors == above => Cow::Borrowed(cell),
            _ => Cow::Owned(Cell::of(&self.policies, uid, above, ty)),
        }
    }

    /// Whether the strict validator has nothing to say of the set.
    pub(crate) const fn is_validated(&self) -> bool {
        self.validated
    }

    /// The prepared cells, with the action and the type of resource of each.
    pub(crate) fn cells(&self) -> impl Iterator<Item = (Uid, u32, &Cell)> {
        self.cells.iter().map(|(&(action, resource), cell)| (action, resource, cell))
    }

    /// The prepared cell of an action on a resource type.
    pub(crate) fn prepared(&self, action: &EntityUid, resource: &EntityTypeName) -> Option<&Cell> {
        let action = gather::find(self.terms(), action)?;
        self.cells.get(&(action, self.terms().find(&resource.to_string())?))
    }

    /// How a policy is evaluated.
    pub(crate) fn body(&self, number: u32) -> Option<&Body> {
        self.policies.get(number as usize).map(|policy| &policy.body)
    }

    /// What a policy comes to.
    #[inline]
    pub(crate) fn outcome(&self, number: u32, inquiry: &Inquiry<'_>) -> Outcome {
        if let Some(Some(code)) = self.code.get(number as usize) {
            let outcome = run(self.parts.code.ops(code), &inquiry.frame);
            if outcome != Outcome::Opaque {
                return outcome;
            }
        }
        self.by_cedar(number, inquiry)
    }

    #[cold]
    fn by_cedar(&self, number: u32, inquiry: &Inquiry<'_>) -> Outcome {
        let Some(policy) = self.policies.get(number as usize) else { return Outcome::Errored };
        match (&policy.body, self.set.policy(&policy.id)) {
            (Body::Cedar(set), _) => (inquiry.cedar)(set),
            (Body::Code { .. }, Some(policy)) => (inquiry.cedar)(&alone(&self.set, policy)),
            (Body::Code { .. }, None) => Outcome::Errored,
        }
    }
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Program")
            .field("policies", &self.policies.len())
            .field("cells", &self.cells.len())
            .finish_non_exhaustive()
    }
}
