//! The policies that can apply to one action on one type of resource.

use cedar_policy::Effect;

use super::policy::{Body, Lowered};
use super::value::Uid;

/// The candidates of an action and a resource type, by number, in the order in which they are tried: first what the machine
/// evaluates, then what Cedar does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    /// What the action is below, ordered: a question about entities that say something else gets a cell of its own.
    pub(crate) ancestors: Box<[Uid]>,
    pub(crate) forbids: Box<[u32]>,
    pub(crate) permits: Box<[u32]>,
    /// The slots that they read.
    pub(crate) slots: Box<[u32]>,
}

impl Cell {
    /// The cell of an action below these, on resources of this type.
    pub(crate) fn of(policies: &[Lowered], action: Uid, ancestors: Box<[Uid]>, resource: u32) -> Self {
        let candidates = || {
            let numbered = (0..).zip(policies);
            numbered.filter(|(_, policy)| policy.scope.covers(action, &ancestors, resource))
        };
        let with = |effect, by_cedar| {
            let these = candidates().filter(move |(_, policy)| {
                policy.effect == effect && matches!(policy.body, Body::Cedar(_)) == by_cedar
            });
            these.map(|(number, _)| number)
        };
        let mut slots = Vec::new();
        for (_, policy) in candidates() {
            if let Body::Code { conjuncts, .. } = &policy.body {
                conjuncts.iter().for_each(|conjunct| conjunct.slots(&mut slots));
            }
        }
        slots.sort_unstable();
        slots.dedup();
        let forbids = with(Effect::Forbid, false).chain(with(Effect::Forbid, true)).collect();
        let permits = with(Effect::Permit, false).chain(with(Effect::Permit, true)).collect();
        Self { forbids, permits, slots: slots.into(), ancestors }
    }
}
