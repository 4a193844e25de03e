//! Typed decisions, by the program, stricter than Cedar's.

use cedar_policy::{Authorizer, Decision, Entities, PolicySet, Request, Schema};

use crate::entity::{Unanswerable, Vocabulary};
use crate::error::PolicyError;
use crate::program::Program;
use crate::program::certainty::{self, Certainty};
use crate::program::gather::Slot;
use crate::program::inquiry::Inquiry;
use crate::program::machine::{Frame, Outcome as Evaluated};
use crate::program::policy::evaluate;
use crate::program::value::Terms;
use crate::program::{Explanation, PolicyBits};
use crate::question::{Asker, Question};
use crate::reading::{Known, Reading, SLOTS};
use crate::sample;
use crate::verb::Verb;
use crate::vocabulary::{ActionKind, EntityType};

/// The answer to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    Allowed,
    /// With the policies that forbade it or failed, and whether any failed.
    Denied {
        policies: Vec<String>,
        errored: bool,
    },
}

/// A decision with everything that determined it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Explained {
    pub(crate) allowed: bool,
    pub(crate) policies: Vec<String>,
    pub(crate) errors: Vec<String>,
}

/// Answers questions from one validated policy set.
pub(crate) struct Decider {
    program: Program,
    reading: Reading,
    vocabulary: Vocabulary,
    /// In the order of the schema, which is that of [`ActionKind`].
    verbs: Vec<Verb>,
}

impl Decider {
    /// For a set that the strict validator has passed.
    pub(crate) fn new(set: &PolicySet, schema: &Schema) -> Result<Self, PolicyError> {
        let program = Program::validated(schema, set).map_err(|error| mismatch(&error))?;
        Self::over(program, schema)
    }

    pub(crate) fn over(program: Program, schema: &Schema) -> Result<Self, PolicyError> {
        let vocabulary = Vocabulary::new()?;
        let groups = schema.action_entities().map_err(|error| mismatch(&error))?;
        let verbs = ActionKind::ALL.iter();
        let verbs = verbs.map(|&kind| Verb::new(kind, schema, &groups, &vocabulary, &program));
        let verbs = verbs.collect::<Result<_, _>>()?;
        Ok(Self { reading: Reading::of(&program), program, vocabulary, verbs })
    }

    pub(crate) const fn program(&self) -> &Program {
        &self.program
    }

    pub(crate) const fn set(&self) -> &PolicySet {
        self.program.policies()
    }

    pub(crate) fn verb(&self, action: ActionKind) -> Option<&Verb> {
        self.verbs.get(action as usize)
    }

    /// Decides. What cannot be asked is refused: an action on behalf of a kind of principal that it does not apply to.
    pub(crate) fn decide(&self, action: ActionKind, question: &Question<'_>) -> Outcome {
        match self.verb(action).filter(|verb| verb.applies_to(&question.asker)) {
            None => Outcome::Denied { policies: Vec::new(), errored: false },
            Some(verb) => self.inquire(verb, question, Known::Everything, |inquiry| {
                if inquiry.allows_without_failure() { Outcome::Allowed } else { self.denied(inquiry) }
            }),
        }
    }

    /// What a set that only forbids says: allowed unless something forbids it or fails.
    pub(crate) fn forbid(&self, action: ActionKind, question: &Question<'_>) -> Outcome {
        match self.verb(action).filter(|verb| verb.applies_to(&question.asker)) {
            None => Outcome::Denied { policies: Vec::new(), errored: false },
            Some(verb) => self.inquire(verb, question, Known::Everything, |inquiry| {
                if inquiry.nothing_forbids() { Outcome::Allowed } else { self.denied(inquiry) }
            }),
        }
    }

    /// What each policy of an action came to.
    pub(crate) fn explanation(&self, action: ActionKind, question: &Question<'_>) -> Option<Explanation> {
        let verb = self.verb(action).filter(|verb| verb.applies_to(&question.asker))?;
        let mut explanation = self.program.explanation();
        self.inquire(verb, question, Known::Everything, |inquiry| inquiry.explain(&mut explanation));
        Some(explanation)
    }

    /// The ids of policies, in alphabetical order.
    pub(crate) fn names(&self, policies: &PolicyBits) -> Vec<String> {
        self.names_of(policies.iter())
    }

    pub(crate) fn names_of(&self, numbers: impl Iterator<Item = u32>) -> Vec<String> {
        let ids = numbers.filter_map(|number| self.program.policy_id(number));
        let mut names: Vec<String> = ids.map(ToString::to_string).collect();
        names.sort();
        names
    }

    /// Asks the program and Cedar the same, on so many questions or a few more, evenly out of every action.
    ///
    /// # Errors
    /// [`PolicyError::Differs`], with the first question on which they differ.
    pub(crate) fn compare_with_cedar(&self, questions: usize) -> Result<(), PolicyError> {
        let mut total = 0;
        self.verbs.iter().for_each(|verb| sample::each_question(verb.kind, |_| total += 1));
        let step = (total / questions.max(1)).max(1);
        let (mut number, mut found) = (0usize, None);
        for verb in &self.verbs {
            sample::each_question(verb.kind, |question| {
                number += 1;
                if found.is_none() && number.is_multiple_of(step) && !self.agrees(verb, question) {
                    found = Some(format!("`{}` by {:?}", verb.kind.name(), question.asker));
                }
            });
        }
        found.map_or(Ok(()), |question| Err(PolicyError::Differs { question }))
    }

    fn agrees(&self, verb: &Verb, question: &Question<'_>) -> bool {
        let allowed = self.decide(verb.kind, question) == Outcome::Allowed;
        if !verb.applies_to(&question.asker) {
            return !allowed;
        }
        let Ok((request, entities)) = self.as_cedar(verb, question) else { return !allowed };
        let response = Authorizer::new().is_authorized(&request, self.set(), &entities);
        let failed = response.diagnostics().errors().next().is_some();
        allowed == (response.decision() == Decision::Allow && !failed)
    }

    /// What every policy of an action comes to when not everything of the question is known, forbids first.
    pub(crate) fn suppose(
        &self,
        verb: &Verb,
        question: &Question<'_>,
        known: Known,
    ) -> Vec<(u32, Certainty)> {
        let principal = match question.asker {
            Asker::Member(_) => EntityType::Member,
            Asker::System(_) => EntityType::System,
        };
        let types = certainty::Types {
            principal: self.reading.type_number(principal),
            resource: self.reading.type_number(verb.kind.resource()),
        };
        let candidates = verb.cell.forbids.iter().chain(&verb.cell.permits);
        self.inquire(verb, question, known, |inquiry| {
            candidates.map(|&number| (number, certainty::certainty(inquiry, types, number))).collect()
        })
    }

    /// Runs something on a question whose slots are filled.
    pub(crate) fn inquire<T>(
        &self,
        verb: &Verb,
        question: &Question<'_>,
        known: Known,
        run: impl FnOnce(&Inquiry<'_>) -> T,
    ) -> T {
        let mut slots = [Slot::Opaque; SLOTS];
        let mut terms = Terms::over(self.program.terms());
        self.reading.fill(question, known, &verb.cell.slots, &mut terms, &mut slots);
        let frame =
            Frame { slots: &slots, constants: self.program.constants(), terms: &terms, ancestors: &[] };
        let cedar = |policy: &PolicySet| self.ask_cedar(verb, question, policy).unwrap_or(Evaluated::Errored);
        run(&Inquiry { program: &self.program, cell: &verb.cell, frame, cedar: &cedar })
    }

    /// Stricter than Cedar, which skips a policy that fails: here a failed policy refuses, since it may have been a forbid.
    fn denied(&self, inquiry: &Inquiry<'_>) -> Outcome {
        let mut explanation = self.program.explanation();
        inquiry.explain(&mut explanation);
        // Permits are reasons of an allowance that a failure overrode, not of the refusal.
        let policies = self.names_of(explanation.forbids.iter().chain(explanation.errors()));
        Outcome::Denied { policies, errored: explanation.has_errors() }
    }

    /// What Cedar says of a set, on the same question as entities.
    fn ask_cedar(
        &self,
        verb: &Verb,
        question: &Question<'_>,
        set: &PolicySet,
    ) -> Result<Evaluated, Unanswerable> {
        let (request, entities) = self.as_cedar(verb, question)?;
        Ok(evaluate(set, &request, &entities))
    }

    /// The question in Cedar's form.
    pub(crate) fn as_cedar(
        &self,
        verb: &Verb,
        question: &Question<'_>,
    ) -> Result<(Request, Entities), Unanswerable> {
        let principal = self.vocabulary.principal(question)?;
        let resource = self.vocabulary.resource(question)?;
        let context = self.vocabulary.context(question)?;
        let request = Request::new(principal.uid(), verb.uid.clone(), resource.uid(), context, None)
            .map_err(|_| Unanswerable)?;
        let entities = Entities::from_entities([principal, resource, verb.entity.clone()], None)
            .map_err(|_| Unanswerable)?;
        Ok((request, entities))
    }
}

fn mismatch(error: &dyn std::error::Error) -> PolicyError {
    PolicyError::Schema { message: error.to_string() }
}

#[cfg(test)]
#[path = "decide/tests.rs"]
mod tests;
