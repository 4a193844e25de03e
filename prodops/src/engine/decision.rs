//! The decision log: what the policies were asked and what they answered.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use prodops_core::audit::AuditObject;
use prodops_core::id::RequestId;
use prodops_core::tenancy::WorkspaceScope;
use prodops_policy::{
    Action, DecisionRecord, ListConnections, ListRepositories, ReadReport, ReadRepository, ReadWorkspace,
    resource_type,
};

use super::entry::Engine;

/// Of the allowances of ordinary actions, one in so many is told.
const SAMPLE: NonZeroU32 = NonZeroU32::MIN.saturating_add(99);

/// What everybody does all the time. Every other action is sensitive, one that is new included.
const ORDINARY: [&str; 5] = [
    ReadWorkspace::NAME,
    ReadReport::NAME,
    ListRepositories::NAME,
    ReadRepository::NAME,
    ListConnections::NAME,
];

/// Where decisions are told. It is called while the caller waits, with nothing locked.
pub trait DecisionSink: Send + Sync {
    /// Takes a decision in, and the request that it belongs to.
    fn record(&self, decision: &DecisionRecord, request: Option<RequestId>);
}

/// Tells decisions to the process log, under the target `prodops::decision`.
#[derive(Debug, Clone, Copy, Default)]
pub struct LogDecisions;

impl DecisionSink for LogDecisions {
    fn record(&self, decision: &DecisionRecord, request: Option<RequestId>) {
        let DecisionRecord { time, program, workspace, action, resource_type, allowed, .. } = decision;
        let (actor, policies, errors) = (decision.actor, &decision.policies, &decision.errors);
        let (overlay, request) =
            (decision.overlay.map(|hash| hash.to_string()), request.map(|id| id.to_string()));
        let resource = decision.resource.and_then(|key| AuditObject::from(key).id());
        let resource = resource.map(|id| format!("{:032x}", u128::from_be_bytes(id)));
        tracing::info!(
            target: "prodops::decision",
            %time, %program, overlay, %workspace, ?actor, action, resource_type, resource, allowed, ?policies, ?errors, request,
        );
    }
}

/// What is told of the decisions, and to whom.
pub(super) struct DecisionLog {
    sink: Arc<dyn DecisionSink>,
    sample: NonZeroU32,
    allowances: AtomicU64,
}

impl DecisionLog {
    pub(super) fn new(sink: Arc<dyn DecisionSink>, sample: NonZeroU32) -> Self {
        Self { sink, sample, allowances: AtomicU64::new(0) }
    }

    /// Whether it is told: every refusal, every allowance of a sensitive action, and a sample of the others.
    fn wants(&self, action: &str, allowed: bool) -> bool {
        !(allowed && ORDINARY.contains(&action)) || self.draws()
    }

    /// One in [`sample`](Self::sample), spread so that a page which always asks the same questions in the same order is not
    /// always heard at the same one: steps of the golden ratio around a circle.
    fn draws(&self) -> bool {
        const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
        let place = self.allowances.fetch_add(1, Ordering::Relaxed).wrapping_mul(GOLDEN);
        place <= u64::MAX / u64::from(self.sample.get())
    }
}

impl Default for DecisionLog {
    fn default() -> Self {
        Self::new(Arc::new(LogDecisions), SAMPLE)
    }
}

impl fmt::Debug for DecisionLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecisionLog").field("sample", &self.sample).finish_non_exhaustive()
    }
}

impl Engine {
    /// Counts a permit and tells the decision log, for which `record` makes the decision once more, with its reasons.
    pub(super) fn decided<A: Action>(
        &self,
        scope: &WorkspaceScope,
        allowed: bool,
        request: Option<RequestId>,
        record: impl FnOnce() -> DecisionRecord,
    ) {
        let parts = self.parts();
        if allowed {
            parts.permits.note(scope, A::NAME, resource_type::<A>());
        }
        if parts.decisions.wants(A::NAME, allowed) {
            parts.decisions.sink.record(&record(), request);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_and_sensitive_allowances_are_told_always_and_others_as_a_sample() {
        let log = DecisionLog::default();
        let told = |action, allowed| (0..10_000).filter(|_| log.wants(action, allowed)).count();
        assert_eq!(told("ReadReport", false), 10_000);
        assert_eq!(told("ReadAudit", true), 10_000);
        assert_eq!(told("SomethingNew", true), 10_000);
        let sampled = told("ReadReport", true);
        assert!((95..=105).contains(&sampled), "{sampled} of 10,000");
    }

    #[test]
    fn a_sample_hears_every_question_of_a_page_that_asks_the_same_ones_each_time() {
        let log = DecisionLog::default();
        let mut heard = [0; 4];
        for _ in 0..2_500 {
            for (count, action) in heard.iter_mut().zip(ORDINARY) {
                *count += usize::from(log.wants(action, true));
            }
        }
        assert!(heard.iter().all(|count| (10..=40).contains(count)), "{heard:?} of 2,500 each");
    }
}
