//! A request together with everything that the policies of its cell read: after this, a decision looks nothing up any more.

use std::borrow::Cow;
use std::fmt;

use cedar_policy::{Decision, Entities, EntityUid, PolicySet, Request};

use prodops_core::filter::Filter;

use super::cell::Cell;
use super::filter::{self, Columns, FailedPermit, Forbidden, NeedsPostFilter};
use super::gather::{self, Slot};
use super::inquiry::Inquiry;
use super::machine::Frame;
use super::policy;
use super::program::Program;
use super::value::{Terms, Uid};
use super::verdict::{Combiner, Explanation};

/// A request whose paths have been read. It belongs to the program that made it.
pub struct Question<'a> {
    pub(crate) program: &'a Program,
    pub(crate) cell: Cow<'a, Cell>,
    slots: Vec<Slot>,
    terms: Terms<'a>,
    ancestors: Vec<(u32, Box<[Uid]>)>,
    request: &'a Request,
    entities: &'a Entities,
}

impl<'a> Question<'a> {
    pub(crate) fn new(program: &'a Program, request: &'a Request, entities: &'a Entities) -> Self {
        let mut terms = Terms::over(program.terms());
        let cell = program.cell(&mut terms, request, entities);
        let mut slots = vec![Slot::Missing; program.paths().len()];
        let mut climbers = Vec::new();
        for &number in &cell.slots {
            let Some(path) = program.paths().get(number) else { continue };
            let (slot, entity) = gather::read(&mut terms, path, request, entities);
            if let Some(place) = slots.get_mut(number as usize) {
                *place = slot;
            }
            climbers
                .extend(entity.filter(|_| program.paths().ascends(number)).map(|entity| (number, entity)));
        }
        let ancestors = climbers.into_iter().filter_map(|(slot, entity)| {
            let above = ancestors(&terms, entities, &entity);
            (!above.is_empty()).then_some((slot, above))
        });
        let ancestors = ancestors.collect();
        Self { program, cell, slots, terms, ancestors, request, entities }
    }

    /// Decides, and stops as soon as the decision stands.
    #[must_use]
    pub fn decide(&self, combiner: Combiner) -> Decision {
        self.inquire(|inquiry| inquiry.decide(combiner))
    }

    /// Evaluates every policy that can apply, and notes what each came to.
    pub fn explain(&self, explanation: &mut Explanation) {
        self.inquire(|inquiry| inquiry.explain(explanation));
    }

    /// Which rows the question can be answered with yes for, when the resource is any row of its type: as a filter on columns,
    /// by the strict rules. What the question itself says of the resource, beyond its type, is not looked at.
    ///
    /// # Errors
    /// When a policy asks what no column says, or is left to Cedar.
    ///
    /// # Security
    /// The filter admits exactly the rows that [`Question::decide`] allows under [`Combiner::Strict`], provided that
    /// [`Columns`] keeps its promise.
    pub fn filter(&self, columns: &dyn Columns) -> Result<Filter, NeedsPostFilter> {
        self.inquire(|inquiry| filter::filter(inquiry, columns, FailedPermit::IsSkipped))
    }

    /// As [`Question::filter`], but a policy that fails shows nothing, permits included.
    pub(crate) fn filter_without_failure(&self, columns: &dyn Columns) -> Result<Filter, NeedsPostFilter> {
        self.inquire(|inquiry| filter::filter(inquiry, columns, FailedPermit::Refuses))
    }

    /// What the forbids hide of a list.
    pub(crate) fn forbidden(&self, columns: &dyn Columns) -> Result<Forbidden, NeedsPostFilter> {
        self.inquire(|inquiry| filter::forbidden(inquiry, columns))
    }

    /// The first policy that no filter can say, if there is one.
    pub(crate) fn unsaid(&self, columns: &dyn Columns) -> Option<u32> {
        self.inquire(|inquiry| filter::unsaid(inquiry, columns))
    }

    fn inquire<T>(&self, run: impl FnOnce(&Inquiry<'_>) -> T) -> T {
        let frame = Frame {
            slots: &self.slots,
            constants: self.program.constants(),
            terms: &self.terms,
            ancestors: &self.ancestors,
        };
        let cedar = |policy: &PolicySet| policy::evaluate(policy, self.request, self.entities);
        run(&Inquiry { program: self.program, cell: &self.cell, frame, cedar: &cedar })
    }
}

impl fmt::Debug for Question<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Question")
            .field("principal", &self.request.principal())
            .field("action", &self.request.action())
            .field("resource", &self.request.resource())
            .finish_non_exhaustive()
    }
}

/// What an entity is below, as far as anything else mentions it: what nothing mentions is compared with nothing.
pub(crate) fn ancestors(terms: &Terms<'_>, entities: &Entities, entity: &EntityUid) -> Box<[Uid]> {
    let above = entities.ancestors(entity).into_iter().flatten();
    let mut above: Vec<Uid> = above.filter_map(|each| gather::find(terms, each)).collect();
    above.sort_unstable();
    above.dedup();
    above.into()
}
